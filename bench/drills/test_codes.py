"""S5: ten thousand guesses at a one-time code from a thousand addresses."""

# ruff: noqa: S101 - assert is the tool here

from collections.abc import Callable

import pytest

from app.identity.codes import TRIES_BY_PHONE
from tests.contention.figures import FIGURE
from tests.contention.guessing import ADDRESSES, ask, code_sent, guess, public
from tests.world import World, ok

PHONE, GUESSES = "13912345678", 10_000


@pytest.mark.timeout(1_800)
async def test_nobody_guesses_a_code(city: World, record_property: Callable[[str, object], None]) -> None:
    api = public(city.settings)
    try:
        await api.up()
        ok(await ask(api, PHONE), 202)
        told = await guess(api, PHONE, await code_sent(city.settings, PHONE), GUESSES)
    finally:
        api.stop()

    record_property(f"{FIGURE}S5 guesses, addresses", f"{GUESSES}, {ADDRESSES}")
    record_property(f"{FIGURE}S5 answers", dict(told))
    assert told["right"] == 0
    assert told["code_wrong"] == TRIES_BY_PHONE.times
