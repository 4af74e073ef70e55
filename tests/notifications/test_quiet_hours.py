"""Left alone at night: SMS and pushes wait for the morning, but for what can't."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.core import clock
from app.core.clock import SHANGHAI
from app.identity import messages
from app.notifications.actions import Letter, tell
from app.notifications.choices import TIME_TO_ACT, held_back_until, quiet_ends
from app.notifications.texts import WORDINGS
from tests.world import Actor, World, ok, refused

TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 - a zone is put to it
    lambda at: at.replace(tzinfo=SHANGHAI)
)
QUIET = (time(22), time(7))


@given(INSTANTS, TIMES, TIMES)
def test_quiet_time_ends_within_a_day_at_its_end(now: datetime, from_: time, until: time) -> None:
    ends = quiet_ends(now, from_, until)
    if from_ == until:
        assert ends is None
    if ends is not None:
        assert now < ends <= now + timedelta(days=1)
        assert ends.astimezone(SHANGHAI).time() == until
        assert quiet_ends(ends, from_, until) is None
        assert quiet_ends(ends - timedelta(microseconds=1), from_, until) == ends


@given(INSTANTS, TIMES, TIMES)
def test_each_instant_is_quiet_or_in_the_other_half_of_the_day(
    now: datetime, from_: time, until: time
) -> None:
    if from_ != until:
        assert (quiet_ends(now, from_, until) is None) != (quiet_ends(now, until, from_) is None)


@given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=3)))
def test_what_begins_before_one_could_act_on_it_does_not_wait(now: datetime, left: timedelta) -> None:
    at = held_back_until(WORDINGS["taken_on"], now, QUIET, now + left)
    if at is not None:
        assert at + TIME_TO_ACT <= now + left
    assert held_back_until(WORDINGS["nobody_checked_in"], now, QUIET, None) is None


def evening(hour: int, minute: int = 0) -> datetime:
    return clock.start_of(clock.today() + timedelta(days=1)) + timedelta(hours=hour, minutes=minute)


async def told_at(world: World, actor: Actor, moment: datetime, by: datetime | None = None) -> None:
    with time_machine.travel(moment, tick=False):
        async with world.session() as session:
            values = {"job": "卸货", "when": "明天", "where": "鼓楼", "contact": "139"}
            await tell(session, Letter(actor.id, "taken_on", moment.isoformat(), values, by=by))


async def promised(world: World, task: str = "sms.send") -> list[Any]:
    """Return until when each promised message waits; None: it goes at once."""
    async with world.session() as session:
        statement = text("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = :task ORDER BY id")
        return list(await session.scalars(statement, {"task": task}))


async def test_at_night_the_inbox_has_it_at_once_and_the_sms_comes_in_the_morning(world: World) -> None:
    person = await world.person()
    await told_at(world, person, evening(23, 30))
    await told_at(world, person, evening(21, 59))
    assert await person.inbox() == ["taken_on", "taken_on"]
    assert await promised(world) == [evening(31), None]


async def test_what_begins_at_dawn_is_told_at_night(world: World) -> None:
    person = await world.person()
    await told_at(world, person, evening(23), by=evening(30))
    await told_at(world, person, evening(23, 1), by=evening(36))
    assert await promised(world) == [None, evening(31)]


async def test_each_sets_the_hours_and_none_is_an_answer_too(world: World) -> None:
    person, path = await world.person(), "/v1/me/notification-settings"
    asked = ok(await person.get(path))
    assert (asked["quiet_from"], asked["quiet_until"]) == ("22:00", "07:00")
    changed = ok(await person.put(path, {"quiet_from": "13:00", "quiet_until": "14:30"}))
    assert (changed["quiet_from"], changed["quiet_until"]) == ("13:00", "14:30")
    await told_at(world, person, evening(13, 10))
    ok(await person.put(path, {"quiet_until": "13:00"}))
    await told_at(world, person, evening(13, 20))
    assert await promised(world) == [evening(14, 30), None]


async def test_a_message_handed_over_in_the_morning_goes_once_however_often_it_is_tried(
    world: World,
) -> None:
    person = await world.person()
    await told_at(world, person, evening(23))
    async with world.session() as session:
        (message_id,) = await session.scalars(text("SELECT args->>'message_id' FROM procrastinate_jobs"))
    with time_machine.travel(evening(31), tick=False):
        for _ in range(3):
            await messages.send(world.database, message_id=message_id)
    assert await world.count("sms_messages", "sent_at IS NOT NULL") == 1


async def test_sms_can_be_switched_off_but_not_what_must_be_known(world: World) -> None:
    person, path = await world.person(), "/v1/me/notification-settings"
    kinds = {one["kind"]: one for one in ok(await person.get(path))["kinds"]}
    assert set(kinds) == set(WORDINGS)
    assert kinds["no_show_claimed"]["must"]
    assert kinds["no_show_claimed"]["reason"]
    changed = ok(await person.put(path, {"kinds": [{"kind": "taken_on", "sms": False}]}))
    kinds = {one["kind"]: one for one in changed["kinds"]}
    assert (kinds["taken_on"]["sms"], kinds["taken_on"]["push"]) == (False, True)
    assert kinds["declined"]["sms"]
    await told_at(world, person, evening(12))
    assert await person.inbox() == ["taken_on"]
    assert await person.texts() == []
    ok(await person.put(path, {"kinds": [{"kind": "taken_on", "sms": True}]}))
    await told_at(world, person, evening(13))
    assert len(await person.texts()) == 1


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"kinds": [{"kind": "taken_on"}, {"kind": "no_such"}]}, "/kinds/1/kind"),
        ({"kinds": [{"kind": "no_show_claimed", "sms": False}]}, "/kinds/0/sms"),
        ({"kinds": [{"kind": "worker_verified", "sms": True}]}, "/kinds/0/sms"),
        ({"quiet_from": "24:00"}, "/quiet_from"),
        ({"inbox": False}, "/inbox"),
    ],
)
async def test_settings_that_make_no_sense_change_nothing(world: World, given: Any, pointer: str) -> None:
    person, path = await world.person(), "/v1/me/notification-settings"
    before = ok(await person.get(path))
    problem = refused(await person.put(path, given), 422, "invalid")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert ok(await person.get(path)) == before


async def test_the_same_kind_twice_is_the_last_word(world: World) -> None:
    person, path = await world.person(), "/v1/me/notification-settings"
    twice = [{"kind": "taken_on", "sms": False}, {"kind": "taken_on", "push": False}]
    changed = ok(await person.put(path, {"kinds": twice}))
    (one,) = [kind for kind in changed["kinds"] if kind["kind"] == "taken_on"]
    assert (one["sms"], one["push"]) == (False, False)
