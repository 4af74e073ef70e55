"""What who reserved a fair is told, and when: each thing once, whatever dies or moves in between."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update

from app.core import clock
from app.core.events import emit
from app.core.types import new_id
from app.fairs import reservations as reserving
from app.fairs.audience import Question, QuestionState
from app.fairs.events import (
    BoothApplied,
    BoothChanged,
    BoothEnded,
    BoothInvited,
    FairCancelled,
    FairMoved,
    FairOpened,
    QuestionAnswered,
)
from app.fairs.models import Booth, BoothState, Fair, FairMode, FairState
from app.notifications import fairs as telling
from app.notifications.actions import tell_all
from tests.fairs import past
from tests.world import Actor, World, ok, refused, tomorrow

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


async def opened(world: World, **given: Any) -> UUID:
    """Return a fair that was opened just now."""
    fair_id = await past.fair(world, FairState.BOOKABLE, **given)
    async with world.session() as session:
        await emit(session, FairOpened(fair_id))
    return fair_id


async def moved(world: World, fair_id: UUID, **values: Any) -> None:
    async with world.session() as session:
        values |= {"sequence": Fair.sequence + 1, "changed_at": clock.now()}
        await session.execute(update(Fair).where(Fair.id == fair_id).values(**values))
        await emit(session, FairMoved(fair_id))


async def cancelled(world: World, fair_id: UUID) -> None:
    async with world.session() as session:
        await session.execute(
            update(Fair)
            .where(Fair.id == fair_id)
            .values(
                state=FairState.CANCELLED,
                cancelled_at=clock.now(),
                opened_at=clock.now(),
                cancelled_because="场地停电",
                sequence=Fair.sequence + 1,
            )
        )
        await session.execute(
            update(Booth).where(Booth.fair_id == fair_id).values(state=BoothState.CANCELLED)
        )
        await emit(session, FairCancelled(fair_id))


async def reserves(actor: Actor, fair_id: UUID) -> None:
    headers = {"Authorization": f"Bearer {await actor.world.fresh_token(actor)}"}
    ok(await actor.put(f"/v1/fairs/{fair_id}/reservation", headers=headers))


async def due(world: World) -> None:
    """Do what is promised by the present time, which a test moved and PostgreSQL does not know of."""
    async with world.session() as session:
        await session.execute(
            text(
                "UPDATE procrastinate_jobs SET scheduled_at = now() - interval '1 second'"
                " WHERE status = 'todo' AND scheduled_at <= :now AND task_name = 'fairs.tell'"
            ),
            {"now": clock.now()},
        )
    await world.deliver()


async def told(world: World, actor: Actor) -> list[str]:
    """Return the kinds in the inbox about fairs, the oldest first."""
    found = await world.look(
        "SELECT coalesce(array_agg(kind ORDER BY number), '{}') FROM notifications"
        " WHERE account_id = $1 AND kind LIKE 'fair%'",
        actor.id,
    )
    return list(found)


async def test_reminders_come_a_day_and_a_quarter_before_each_once(world: World, time_machine: Any) -> None:
    early, late = await world.person(), await world.person()
    starts_at = tomorrow(14, days=3)
    fair_id = await opened(world, starts_at=starts_at)
    await reserves(early, fair_id)
    await due(world)
    assert await told(world, early) == []
    time_machine.move_to(starts_at - DAY + MINUTE)
    for _ in range(2):
        await due(world)
    assert await told(world, early) == ["fair_tomorrow"]
    time_machine.move_to(starts_at - 3 * HOUR)
    await reserves(late, fair_id)
    await due(world)
    assert await told(world, late) == []
    time_machine.move_to(starts_at - 14 * MINUTE)
    for _ in range(2):
        await due(world)
    assert await told(world, early) == ["fair_tomorrow", "fair_soon"]
    assert await told(world, late) == ["fair_soon"]
    [sms] = [one for one in await early.texts() if "直播带岗专场" in one]
    assert "14:00" in sms


async def test_who_gave_it_back_is_not_reminded(world: World, time_machine: Any) -> None:
    person = await world.person()
    starts_at = tomorrow(14, days=3)
    fair_id = await opened(world, starts_at=starts_at)
    await reserves(person, fair_id)
    ok(await person.delete(f"/v1/fairs/{fair_id}/reservation"), 204)
    time_machine.move_to(starts_at - DAY + MINUTE)
    await due(world)
    assert await told(world, person) == []


async def test_a_moved_fair_reminds_of_its_new_time_alone(world: World, time_machine: Any) -> None:
    person = await world.person()
    before, after = tomorrow(14, days=3), tomorrow(9, days=5)
    fair_id = await opened(world, starts_at=before)
    await reserves(person, fair_id)
    await moved(world, fair_id, starts_at=after, ends_at=after + HOUR)
    for _ in range(2):
        await due(world)
    assert await told(world, person) == ["fair_moved"]
    assert await world.look("SELECT text LIKE '%09:00%' FROM notifications WHERE kind = 'fair_moved'")
    time_machine.move_to(before - 10 * MINUTE)
    await due(world)
    assert await told(world, person) == ["fair_moved"]
    time_machine.move_to(after - 10 * MINUTE)  # the worker was away since before the day's reminder
    await due(world)
    assert await told(world, person) == ["fair_moved", "fair_soon"]


async def test_who_comes_to_a_stream_that_is_on_early_is_reminded_of_the_hour(
    world: World, time_machine: Any
) -> None:
    person = await world.person()
    starts_at = tomorrow(14, days=3)
    fair_id = await opened(world, starts_at=starts_at)
    await reserves(person, fair_id)
    await past.turn(world, fair_id, FairState.LIVE)
    time_machine.move_to(starts_at - 14 * MINUTE)
    await due(world)
    assert await told(world, person) == ["fair_soon"]
    late = await world.person()
    headers = {"Authorization": f"Bearer {await world.fresh_token(late)}"}
    refused(await late.put(f"/v1/fairs/{fair_id}/reservation", headers=headers), 409, "fair_state")


async def test_of_two_quick_moves_the_last_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second comes while the first is still being told."""
    monkeypatch.setattr(telling, "SLICE", 2)
    people = [await world.person() for _ in range(4)]
    fair_id = await opened(world, starts_at=tomorrow(14, days=3))
    for person in people:
        await reserves(person, fair_id)
    await moved(world, fair_id, starts_at=tomorrow(9, days=5), ends_at=tomorrow(10, days=5))
    await moved(world, fair_id, starts_at=tomorrow(10, days=5), ends_at=tomorrow(11, days=5))
    await telling.tell_who_reserved(
        world.database, fair_id=str(fair_id), kind="fair_moved", key="1", after=None
    )
    await past.turn(world, fair_id, FairState.LIVE)  # it begins before all are told
    await world.deliver()
    assert [await told(world, person) for person in people] == [["fair_moved"]] * len(people)
    assert await world.look(
        "SELECT bool_and(text LIKE '%10:00%') FROM notifications WHERE kind = 'fair_moved'"
    )


async def test_a_day_s_reminder_of_a_time_that_was_told_already_is_told_anew_after_a_move(
    world: World, time_machine: Any
) -> None:
    person = await world.person()
    before = tomorrow(14, days=2)
    fair_id = await opened(world, starts_at=before)
    await reserves(person, fair_id)
    time_machine.move_to(before - DAY + MINUTE)
    await due(world)
    await moved(world, fair_id, starts_at=before + 2 * DAY, ends_at=before + 2 * DAY + HOUR)
    await due(world)
    time_machine.move_to(before + DAY + MINUTE)
    await due(world)
    assert await told(world, person) == ["fair_tomorrow", "fair_moved", "fair_tomorrow"]


async def test_a_cancelled_fair_tells_everyone_who_reserved_once_though_the_worker_dies(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SLICE", 3)
    people = [await world.person() for _ in range(8)]
    employer, outsider = await world.employer(), await world.person()
    fair_id = await opened(world, starts_at=tomorrow(14, days=3))
    await past.booth(world, fair_id, employer, await employer.posts_job())
    for person in people:
        await reserves(person, fair_id)
    await cancelled(world, fair_id)
    dies_at = Counter[str]()

    async def dies(session: Any, letters: Any) -> None:
        await tell_all(session, letters)
        dies_at["calls"] += 1
        if dies_at["calls"] in (3, 4):  # the employers, a slice, then after the second one was written
            raise ConnectionError

    monkeypatch.setattr("app.notifications.fairs.tell_all", dies)
    for _ in range(4):
        await _again(world)
        await world.deliver()
    assert dies_at["calls"] == 6
    monkeypatch.setattr("app.notifications.fairs.tell_all", tell_all)
    # A worker that died after its commit: the whole is delivered again, the reaction too.
    arguments = await world.look(
        "SELECT json_agg(args) FROM procrastinate_jobs"
        " WHERE task_name = 'fairs.tell' AND status = 'succeeded'"
    )
    for one in json.loads(arguments):
        await telling.tell_who_reserved(world.database, **one)
    await world.deliver()
    assert [await told(world, person) for person in people] == [["fair_cancelled"]] * len(people)
    assert await told(world, outsider) == []
    assert (await employer.inbox()).count("booth_fair_cancelled") == 1
    assert "场地停电" in (await people[0].texts())[0]
    assert await world.look("SELECT bool_and(n = 1) FROM (SELECT count(*) n FROM sms_messages"
                            " WHERE template = 'fair_cancelled' GROUP BY phone_index) each")  # fmt: skip


async def _again(world: World) -> None:
    """Let what failed be tried now, and not when its patience says."""
    async with world.session() as session:
        await session.execute(
            text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' AND attempts > 0")
        )


async def test_a_cancellation_waits_for_the_reservation_that_was_there_first(world: World) -> None:
    person = await world.person()
    fair_id = await opened(world, starts_at=tomorrow(14, days=3))
    async with world.session() as session:
        await reserving.reserve(session, person.id, fair_id)
        cancelling = asyncio.create_task(cancelled(world, fair_id))
        assert not (await asyncio.wait([cancelling], timeout=0.3))[0]
    await cancelling
    await world.deliver()
    assert await told(world, person) == ["fair_cancelled"]
    refused(await (await world.person()).put(f"/v1/fairs/{fair_id}/reservation"), 409, "fair_state")


async def test_a_late_worker_reminds_of_the_day_only_who_reserved_before_it(
    world: World, time_machine: Any
) -> None:
    early, late = await world.person(), await world.person()
    starts_at = tomorrow(14, days=3)
    fair_id = await opened(world, starts_at=starts_at)
    await reserves(early, fair_id)
    time_machine.move_to(starts_at - 3 * HOUR)
    await reserves(late, fair_id)
    await due(world)
    assert (await told(world, early), await told(world, late)) == (["fair_tomorrow"], [])


async def test_employers_and_the_station_are_told_of_booths(world: World) -> None:
    employer = await world.employer()
    place = {"mode": FairMode.BOTH, "venue": "滨河西路 8 号", "room": "二楼"}
    fair_id = await opened(world, starts_at=tomorrow(14, days=3), **place)
    booth_id = await past.booth(world, fair_id, employer, await employer.posts_job())

    async def becomes(state: BoothState, happened: Any) -> None:
        async with world.session() as session:
            booth = await session.get_one(Booth, booth_id)
            booth.state, booth.reason = state, "展位已满" if state is BoothState.REJECTED else None
            await emit(session, happened)
        await world.deliver()

    await becomes(BoothState.INVITED, BoothInvited(booth_id))
    assert (await employer.inbox()).count("booth_invited") == 1
    assert any("滨河西路 8 号 二楼,线上同步直播" in one for one in await employer.texts())
    await becomes(BoothState.APPLIED, BoothApplied(booth_id))
    assert await world.count("alerts", "kind = 'booth_applied'") == 1
    await becomes(BoothState.REJECTED, BoothEnded(booth_id, by_station=True))
    assert "展位已满" in (await employer.texts())[0]
    await becomes(BoothState.WITHDRAWN, BoothEnded(booth_id, by_station=False))
    assert await world.count("alerts", "kind = 'booth_given_up'") == 1
    await becomes(BoothState.ACCEPTED, BoothChanged(booth_id))
    assert (await employer.inbox()).count("booth_changed") == 1


async def test_a_move_is_told_to_an_employer_once_though_its_booth_moves_too(world: World) -> None:
    employer = await world.employer()
    fair_id = await opened(world, starts_at=tomorrow(14, days=3))
    booth_id = await past.booth(world, fair_id, employer, await employer.posts_job())
    async with world.session() as session:
        await emit(session, BoothChanged(booth_id))
        await emit(session, FairMoved(fair_id))
    await world.deliver()
    assert (await employer.inbox()).count("booth_changed") == 1
    await moved(world, fair_id, venue="新馆")
    await world.deliver()
    assert (await employer.inbox()).count("booth_changed") == 2


async def test_employers_are_told_in_the_one_order_in_which_inboxes_are_locked(world: World) -> None:
    """Else two fairs that are cancelled at once wait for each other."""
    employers = [await world.employer() for _ in range(3)]
    fair_id = await opened(world, starts_at=tomorrow(14, days=3))
    for employer in reversed(employers):
        await past.booth(world, fair_id, employer)
    await cancelled(world, fair_id)
    await world.deliver()
    told_to = await world.look(
        "SELECT array_agg(account_id ORDER BY id) FROM notifications WHERE kind = 'booth_fair_cancelled'"
    )
    assert list(told_to) == sorted(employer.id for employer in employers)


async def test_who_asked_is_told_the_answer(world: World) -> None:
    person = await world.person()
    fair_id = await opened(world, starts_at=tomorrow(14, days=3))
    async with world.session() as session:
        question = Question(
            id=new_id(),
            fair_id=fair_id,
            account_id=person.id,
            state=QuestionState.ANSWERED,
            answer="管" * 300,
            asked_at=clock.now(),
            changed_at=clock.now(),
        )
        session.add(question)
        await session.flush()
        await emit(session, QuestionAnswered(question.id))
    await world.deliver()
    assert await person.inbox() == ["question_answered"]
    assert await world.look("SELECT length(text) FROM notifications") < 260
