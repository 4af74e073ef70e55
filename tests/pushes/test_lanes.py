"""What an endpoint can't take is set apart; order is kept for each thing, and nothing else waits."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.core import clock
from app.core.types import new_id
from app.pushes import cutting
from tests.pushes.conftest import Pushed
from tests.stubs.receiver import Json, well


def refusing(thing: Any, status: int = 422) -> Callable[[Json], int]:
    """Refuse whatever tells of one thing."""
    return lambda body: status if str(thing) in {item["id"] for item in body["data"]["items"]} else 204


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_one_thing_that_is_refused_holds_up_itself_alone(pushed: Pushed, status: int) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        await pushed.subscribes()
        things = [await pushed.feed.happens(data=f'{{"n":{n}}}') for n in range(12)]
        bad = things[4]
        await pushed.feed.happens(bad, '{"n":"again"}')
        pushed.receiver.temper = refusing(bad, status)

        await pushed.push()

        assert set(pushed.receiver.held) == {str(one) for one in things} - {str(bad)}
        (apart,) = await pushed.deliveries("pending")
        assert (apart["entity_id"], apart["count"], apart["last_status"]) == (str(bad), 2, status)
        # What happens to it later waits behind it, even if it would be taken by now; the others don't wait.
        pushed.receiver.temper = well
        await pushed.feed.happens(bad, '{"n":"later"}')
        new = await pushed.feed.happens()
        await pushed.push()
        assert str(new) in pushed.receiver.held
        assert str(bad) not in pushed.receiver.held
        assert [one["entity_id"] for one in await pushed.deliveries("pending")] == [str(bad)] * 2

        traveller.shift(timedelta(minutes=1))
        await pushed.push()
        assert pushed.receiver.held[str(bad)] == {"n": "later"}
        assert pushed.receiver.backwards == []
        assert await pushed.deliveries("pending") == []


async def test_once_taken_a_thing_is_back_in_the_stream(pushed: Pushed) -> None:
    await pushed.subscribes()
    bad, other = await pushed.feed.happens(), await pushed.feed.happens()
    pushed.receiver.temper = refusing(bad)
    await pushed.push()
    pushed.receiver.temper = lambda _: 204
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        await pushed.push()
        await pushed.feed.happens(bad)
        await pushed.feed.happens(other)
        await pushed.push()
        assert [item["id"] for item in pushed.receiver.taken[-1]["data"]["items"]] == [str(bad), str(other)]
        assert (await pushed.deliveries())[-1]["entity_id"] is None


async def test_an_endpoint_that_takes_nothing_is_not_taken_to_pieces(
    pushed: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "MOST_APART", 5)
    await pushed.subscribes()
    for _ in range(40):
        await pushed.feed.happens()
    pushed.receiver.temper = lambda _: 400

    await pushed.push()

    waiting = await pushed.deliveries("pending")
    assert len([one for one in waiting if one["entity_id"]]) == 5
    assert len(pushed.receiver.ids) < 40
    assert (await pushed.shown())["failing_since"]
    pushed.receiver.temper = lambda _: 204
    with time_machine.travel(clock.now() + timedelta(hours=5)):
        await pushed.push()
        assert len(pushed.receiver.held) == 40
        assert await pushed.deliveries("pending") == []
        assert (await pushed.shown())["failing_since"] is None


@pytest.mark.parametrize("loses_answers", [False, True])
async def test_order_is_kept_whatever_the_endpoint_does(pushed: Pushed, loses_answers: bool) -> None:
    """Some six hundred changes of thirty things at an endpoint that refuses and fails.

    Where its answers get lost too, it may be told again, in order and as it is now, what it had taken: it
    ends the same.
    """
    chance = random.Random(20261123)
    bad = [500, 503, 404, -503 if loses_answers else 429]
    moment = clock.now()
    with time_machine.travel(moment, tick=False) as traveller:
        await pushed.subscribes()
        things = [new_id() for _ in range(30)]
        spoilt: set[str] = set()

        def moody(body: Json) -> int:
            if spoilt & {item["id"] for item in body["data"]["items"]}:
                return chance.choice([400, 413, 422])
            return chance.choice([204, 204, 204, 204, *bad])

        pushed.receiver.temper = moody
        said: dict[str, Any] = {}
        for round_ in range(60):
            spoilt = {str(one) for one in chance.sample(things, 2)}
            for n in range(chance.randrange(1, 20)):
                one = chance.choice(things)
                data = None if chance.random() < 0.2 else f'{{"n":[{round_},{n}]}}'
                await pushed.feed.happens(one, data)
                said[str(one)] = data
            await pushed.push()
            traveller.shift(timedelta(seconds=chance.choice([0, 1, 30])))
        pushed.receiver.temper = lambda _: 204
        for _ in range(3):
            traveller.shift(timedelta(hours=6))
            await pushed.push()
        assert await pushed.deliveries("pending") == []
        assert await pushed.deliveries("parked") == []
    told = {one: str(data).replace(" ", "") for one, data in pushed.receiver.held.items()}
    assert told == {one: data.replace('"', "'") for one, data in said.items() if data}
    assert loses_answers or pushed.receiver.backwards == []
