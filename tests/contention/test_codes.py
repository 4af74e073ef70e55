"""Nobody guesses a one-time code: five tries, counted through crashes (trust.md, S5)."""

from collections.abc import AsyncIterator

import pytest

from app.identity.codes import TRIES, TRIES_BY_PHONE
from tests.contention.guessing import ask, code_sent, enter, guess, public
from tests.processes import Api
from tests.world import World, ok, refused

PHONES = [f"1391234567{n}" for n in range(3)]


@pytest.fixture
async def api(world: World) -> AsyncIterator[Api]:
    api = public(world.settings)
    try:
        await api.up()
        yield api
    finally:
        api.stop()


async def test_a_code_cannot_be_guessed_and_wrong_tries_outlive_a_crash(api: Api, world: World) -> None:
    codes = []
    for phone in PHONES:
        ok(await ask(api, phone), 202)
        codes.append(await code_sent(world.settings, phone))
    wrong = [f"{(int(code) + 1) % 10**6:06}" for code in codes]

    # Four wrong tries do no harm, five end the code.
    for _ in range(TRIES - 1):
        refused(await enter(api, PHONES[0], wrong[0]), 422, "code_wrong")
    ok(await enter(api, PHONES[0], codes[0]), 201)
    refused(await enter(api, PHONES[0], codes[0]), 422, "code_wrong")

    for _ in range(TRIES - 2):
        refused(await enter(api, PHONES[1], wrong[1]), 422, "code_wrong")
    api.kill()
    await api.up()
    for _ in range(2):
        refused(await enter(api, PHONES[1], wrong[1]), 422, "code_wrong")
    refused(await enter(api, PHONES[1], codes[1]), 422, "code_wrong")
    refused(await ask(api, PHONES[1]), 429, "too_many_requests")

    told = await guess(api, PHONES[2], codes[2], 300)
    assert told == {"code_wrong": TRIES_BY_PHONE.times, "too_many_requests": 300 - TRIES_BY_PHONE.times}
    assert await world.count("sessions") == 1
