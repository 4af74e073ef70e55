"""No-shows and turning away: proposed, answered within a day, contested, decided, taken back."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.attendance import claims, keeping
from app.attendance.events import ClaimContested
from app.attendance.models import Claim
from app.core.events import Event
from tests.attendance.gate import ENDS, HERE, Gate, gate, metres_north
from tests.world import World, ok, refused

MINUTE, HOUR, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)
DAY = timedelta(days=1)


async def clock_strikes(world: World) -> None:
    """Let everything happen that happens each minute."""
    for do in (
        keeping.ask_who_is_missing,
        keeping.propose_no_shows,
        keeping.let_claims_stand,
        keeping.check_out_who_forgot,
    ):
        await do(world.database)


async def happened(world: World, kind: type[Event]) -> int:
    return await world.count("events", f"kind = '{kind.__name__}'")


async def states(at: Gate) -> list[str]:
    return [claim["state"] for claim in await at.claims()]


async def test_nobody_there_for_an_hour_is_asked_and_after_another_proposed(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR - SECOND):
        await clock_strikes(world)
        assert await world.count("events", "kind = 'NobodyCheckedIn'") == 0
    async with at.at(HOUR):
        for _ in range(2):
            await clock_strikes(world)
        assert await world.count("events", "kind = 'NobodyCheckedIn'") == 1
        assert await at.state() == "agreed"
    async with at.at(2 * HOUR - SECOND):
        await clock_strikes(world)
        assert await at.state() == "agreed"
    async with at.at(2 * HOUR):
        for _ in range(2):
            await clock_strikes(world)
        assert await at.state() == "no_show"
        claim = (await at.claims())[0]
    assert (claim["kind"], claim["state"], claim["by_system"]) == ("no_show", "proposed", True)


async def test_who_came_is_not_asked(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR - SECOND):
        ok(await at.comes())
    async with at.at(3 * HOUR):
        await clock_strikes(world)
        assert await at.claims() == []
    assert await world.count("events", "kind = 'NobodyCheckedIn'") == 0


async def test_running_late_postpones_both_and_the_last_word_counts(world: World) -> None:
    at = await gate(world)
    path = f"{at.path}/running-late"
    async with at.at(-6 * HOUR - SECOND):
        refused(await at.worker.post(path, {"minutes": 5}), 409, "too_early")
    async with at.at(-6 * HOUR):
        refused(await at.worker.post(path, {}), 422, "invalid")
        both = {"minutes": 5, "arrives_at": at.moment(HOUR).isoformat()}
        refused(await at.worker.post(path, both), 422, "invalid")
        beyond = {"arrives_at": at.moment(ENDS + SECOND).isoformat()}
        refused(await at.worker.post(path, beyond), 422, "invalid")
        refused(await at.employer.post(path, {"minutes": 5}), 404, "not_found")
        ok(await at.worker.post(path, {"arrives_at": at.moment(2 * HOUR).isoformat(), "text": "堵车"}))
    async with at.at(2 * HOUR - SECOND):
        await clock_strikes(world)
        assert await world.count("events", "kind = 'NobodyCheckedIn'") == 0
        said = ok(await at.worker.post(path, {"minutes": 30}))["items"][-1]
        assert (said["kind"], said["method"]) == ("running_late", "worker")
    async with at.at(2 * HOUR + 30 * MINUTE - SECOND):
        await clock_strikes(world)
        assert await world.count("events", "kind = 'NobodyCheckedIn'") == 1
    async with at.at(2 * HOUR + 45 * MINUTE):
        ok(await at.worker.post(path, {"minutes": 300}))
    async with at.at(3 * HOUR + 30 * MINUTE):
        await clock_strikes(world)
        assert await at.state() == "no_show"
    async with at.at(ENDS):
        refused(await at.worker.post(path, {"minutes": 1}), 409, "engagement_state")


async def test_no_postponing_beyond_three_hours(world: World) -> None:
    at = await gate(world)
    async with at.at(timedelta()):
        later = {"arrives_at": at.moment(7 * HOUR).isoformat()}
        ok(await at.worker.post(f"{at.path}/running-late", later))
    async with at.at(3 * HOUR - SECOND):
        await clock_strikes(world)
        assert await world.count("engagements", "asked_at IS NOT NULL") == 0
    async with at.at(3 * HOUR):
        await clock_strikes(world)
        assert await world.count("engagements", "asked_at IS NOT NULL") == 1


async def test_the_employer_may_say_so_from_half_an_hour_after_the_start_until_a_day_after(
    world: World,
) -> None:
    at, other = await gate(world), await gate(world)
    async with at.at(30 * MINUTE - SECOND):
        refused(await at.employer.post(f"{at.path}/no-show", {}), 409, "too_early")
        refused(await at.worker.post(f"{at.path}/no-show", {}), 404, "not_found")
    async with at.at(30 * MINUTE):
        seen = ok(await at.employer.post(f"{at.path}/no-show", {"text": "没来,电话不接"}))
        assert (seen["claims"][0]["text"], seen["claims"][0]["by_system"]) == ("没来,电话不接", False)
        problem = refused(await at.employer.post(f"{at.path}/no-show", {}), 409, "engagement_state")
        assert (problem["state"], problem["allowed"]) == ("no_show", ["agreed"])
    async with other.at(ENDS + DAY + SECOND):
        refused(await other.employer.post(f"{other.path}/no-show", {}), 409, "too_late")
    async with other.at(ENDS + DAY):
        ok(await other.employer.post(f"{other.path}/no-show", {}))


async def no_show(at: Gate) -> None:
    """Let the employer say that the worker did not come, an hour after the start."""
    async with at.at(HOUR):
        ok(await at.employer.post(f"{at.path}/no-show", {}))


async def test_a_no_show_stands_when_nobody_answers_for_a_day(world: World) -> None:
    at = await gate(world)
    await no_show(at)
    async with at.at(HOUR + DAY - SECOND):
        await clock_strikes(world)
        assert await states(at) == ["proposed"]
    async with at.at(HOUR + DAY):
        answer = {"agrees": False, "text": "我去了"}
        refused(await at.worker.post(f"{at.path}/claim/answer", answer), 409, "too_late")
        for _ in range(2):
            await clock_strikes(world)
        assert (await states(at), await at.state()) == (["stands"], "no_show")
    assert await world.count("events", "kind = 'ClaimStands'") == 1


async def test_contesting_a_no_show_makes_a_dispute_of_it(world: World) -> None:
    at = await gate(world)
    await no_show(at)
    async with at.at(HOUR + DAY - SECOND):
        path = f"{at.path}/claim/answer"
        refused(await at.employer.post(path, {"agrees": True}), 409, "nothing_to_answer")
        problem = refused(await at.worker.post(path, {"agrees": False}), 422, "invalid")
        assert problem["errors"][0]["pointer"] == "/text"
        file = await at.upload(at.worker)
        said = {"agrees": False, "text": "七点五十就在门口", "files": [file]}
        claim = ok(await at.worker.post(path, said))["claims"][0]
        assert (claim["state"], claim["answer"], claim["files"]) == ("contested", "七点五十就在门口", [file])
        assert await at.state() == "disputed"
        refused(await at.worker.post(path, said), 409, "nothing_to_answer")
        picture = await at.employer.get(f"{at.path}/claims/{claim['id']}/files/{file}")
        assert picture.headers["content-type"] == "image/jpeg"
        refused(await at.employer.get(f"{at.path}/claims/{at.id}/files/{file}"), 404, "not_found")
    assert await happened(world, ClaimContested) == 1
    assert await world.count("engagements", "before_dispute = 'no_show'") == 1


async def test_agreeing_to_a_no_show_lets_it_stand_for_good(world: World) -> None:
    at = await gate(world)
    await no_show(at)
    async with at.at(2 * HOUR):
        ok(await at.worker.post(f"{at.path}/claim/answer", {"agrees": True}))
        assert (await states(at), await at.state()) == (["stands"], "no_show")
        refused(await at.comes(), 409, "engagement_state")
        withdrawn = await at.employer.post(f"{at.path}/no-show/withdraw", {})
        refused(withdrawn, 409, "nothing_to_answer")


@pytest.mark.parametrize("by", ["worker", "employer"])
async def test_coming_after_all_withdraws_the_no_show(world: World, by: str) -> None:
    at = await gate(world)
    await no_show(at)
    async with at.at(2 * HOUR):
        who = at.worker if by == "worker" else at.employer
        ok(await who.post(f"{at.path}/check-in", {"place": HERE}))
        assert (await states(at), await at.state()) == (["withdrawn"], "checked_in")
    assert await world.count("events", "kind = 'ClaimEnded'") == 1


async def test_an_offline_check_in_overturns_a_no_show_that_stands_by_silence(world: World) -> None:
    at = await gate(world)
    await no_show(at)
    async with at.at(ENDS + 72 * HOUR):
        await clock_strikes(world)
        assert await states(at) == ["stands"]
        assert ok(await at.comes(at=at.moment(timedelta()).isoformat()))["state"] == "checked_in"
        assert await states(at) == ["withdrawn"]


async def test_while_it_is_disputed_an_offline_event_is_evidence_and_no_more(world: World) -> None:
    at = await gate(world)
    await no_show(at)
    async with at.at(2 * HOUR):
        ok(await at.worker.post(f"{at.path}/claim/answer", {"agrees": False, "text": "我到了"}))
        refused(await at.comes(), 409, "engagement_state")
        refused(await at.employer.post(f"{at.path}/check-in", {}), 409, "engagement_state")
        assert ok(await at.comes(at=at.moment(timedelta()).isoformat()))["state"] == "disputed"
        assert (len(await at.notes()), await states(at)) == (1, ["contested"])


async def test_the_employer_takes_a_no_show_back_while_the_shift_lasts(world: World) -> None:
    at = await gate(world)
    path = f"{at.path}/no-show/withdraw"
    async with at.at(HOUR):
        refused(await at.employer.post(path, {}), 409, "engagement_state")
        ok(await at.employer.post(f"{at.path}/no-show", {}))
        refused(await at.worker.post(path, {}), 404, "not_found")
        ok(await at.employer.post(path, {}))
        assert (await states(at), await at.state()) == (["withdrawn"], "agreed")
    async with at.at(2 * HOUR - SECOND):
        await clock_strikes(world)
        assert await at.state() == "agreed"
    async with at.at(2 * HOUR):
        await clock_strikes(world)
        assert await at.state() == "no_show", "nobody has come since"
        ok(await at.employer.post(f"{at.path}/check-in", {}))
        assert await states(at) == ["withdrawn", "withdrawn"]
    assert await world.count("events", "kind = 'NobodyCheckedIn'") == 0


@pytest.mark.parametrize(("attended", "state"), [(True, "checked_out"), (False, "cancelled")])
async def test_after_the_shift_the_employer_says_what_is_true_instead(
    world: World, attended: bool, state: str
) -> None:
    at = await gate(world)
    await no_show(at)
    async with at.at(ENDS):
        path = f"{at.path}/no-show/withdraw"
        problem = refused(await at.employer.post(path, {}), 422, "invalid")
        assert problem["errors"][0]["pointer"] == "/attended"
        assert await states(at) == ["proposed"]
        ok(await at.employer.post(path, {"attended": attended}))
        assert (await states(at), await at.state()) == (["withdrawn"], state)
        assert [n["method"] for n in await at.notes()] == ["employer", "employer"] * attended


async def contested_no_show(at: Gate) -> Claim:
    await no_show(at)
    async with at.at(2 * HOUR):
        ok(await at.worker.post(f"{at.path}/claim/answer", {"agrees": False, "text": "我到了"}))
        claim_id = UUID((await at.claims())[0]["id"])
    async with at.world.session() as session:
        return await session.get_one(Claim, claim_id)


@pytest.mark.parametrize(
    ("holds", "attended", "claim_state", "state"),
    [
        (True, False, "stands", "no_show"),
        (False, True, "overturned", "checked_out"),
        (False, False, "overturned", "cancelled"),
    ],
)
async def test_staff_decide_a_contested_no_show(
    world: World, holds: bool, attended: bool, claim_state: str, state: str
) -> None:
    at = await gate(world)
    claim = await contested_no_show(at)
    async with at.at(ENDS + DAY):
        for _ in range(2):
            async with world.session() as session:
                await claims.decide(session, claim.id, holds=holds, attended=attended)
        assert (await states(at), await at.state()) == ([claim_state], state)
        if holds:
            refused(await at.comes(at=at.moment(HOUR).isoformat()), 409, "engagement_state")
            async with world.session() as session:  # an appeal is upheld
                await claims.decide(session, claim.id, holds=False, attended=False)
            assert (await states(at), await at.state()) == (["overturned"], "cancelled")
    async with at.at(ENDS + DAY):
        left = await at.engagement()
    assert ((left["cancelled_by"], left["cancel_reason"]) == ("worker", "excused")) is not attended
    worked = "checked_in_at = starts_at AND checked_out_at = ends_at"
    assert await world.count("engagements", worked) == attended


async def test_turned_away_is_a_report_that_stands_when_the_employer_is_silent(world: World) -> None:
    at = await gate(world)
    path = f"{at.path}/turned-away"
    async with at.at(-HOUR - SECOND):
        refused(await at.worker.post(path, {"text": "不让进"}), 409, "too_early")
    async with at.at(-HOUR):
        refused(await at.worker.post(path, {}), 422, "invalid")
        refused(await at.employer.post(path, {"text": "不让进"}), 404, "not_found")
        file = await at.upload(at.worker)
        said = {"text": "不让进", "place": metres_north(900), "files": [file]}
        seen = ok(await at.worker.post(path, said))
        assert [(n["kind"], n["method"], n["distance_m"]) for n in seen["items"]] == [
            ("turned_away", "geofence", 900)
        ]
        assert [(c["kind"], c["state"], c["files"]) for c in seen["claims"]] == [
            ("turned_away", "proposed", [file])
        ]
        refused(await at.worker.post(path, {"text": "不让进"}), 409, "claim_open")
    async with at.at(HOUR):
        refused(await at.employer.post(f"{at.path}/no-show", {}), 409, "claim_open")
        refused(await at.employer.post(f"{at.path}/check-in", {}), 409, "claim_open")
        await clock_strikes(world)
    async with at.at(3 * HOUR):
        await clock_strikes(world)
        assert await at.state() == "agreed"
    async with at.at(-HOUR + DAY):
        for _ in range(2):
            await clock_strikes(world)
        assert (await states(at), await at.state()) == (["stands"], "cancelled")
        left = await at.engagement()
        assert (left["cancelled_by"], left["cancel_reason"]) == ("employer", "turned_away")


async def test_turned_away_without_consent_keeps_no_position(world: World) -> None:
    at = await gate(world, consents=False)
    async with at.at(ENDS + 12 * HOUR + SECOND):
        refused(await at.worker.post(f"{at.path}/turned-away", {"text": "不让进"}), 409, "too_late")
    async with at.at(ENDS + 12 * HOUR):
        seen = ok(await at.worker.post(f"{at.path}/turned-away", {"text": "不让进", "place": HERE}))
        assert (seen["items"][0]["method"], seen["items"][0]["distance_m"]) == ("worker", None)
    assert await world.count("attendance", "point IS NOT NULL") == 0


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (None, "cancelled"),
        ({"holds": True, "attended": False}, "cancelled"),
        ({"holds": False, "attended": False}, "agreed"),
        ({"holds": False, "attended": True}, "checked_out"),
    ],
)
async def test_the_employer_answers_a_turning_away(
    world: World, decision: dict[str, Any] | None, state: str
) -> None:
    at = await gate(world)
    async with at.at(timedelta()):
        ok(await at.worker.post(f"{at.path}/turned-away", {"text": "不让进"}))
        answer = {"agrees": decision is None, "text": "他自己走的"}
        refused(await at.worker.post(f"{at.path}/claim/answer", answer), 409, "nothing_to_answer")
        ok(await at.employer.post(f"{at.path}/claim/answer", answer))
        assert await at.state() == ("cancelled" if decision is None else "disputed")
        claim_id = UUID((await at.claims())[0]["id"])
    async with at.at(ENDS + HOUR):
        if decision:
            async with world.session() as session:
                await claims.decide(session, claim_id, **decision)
        assert await at.state() == state


async def test_let_in_after_all_the_worker_checks_in(world: World) -> None:
    at = await gate(world)
    async with at.at(timedelta()):
        ok(await at.worker.post(f"{at.path}/turned-away", {"text": "不让进"}))
        ok(await at.comes())
        assert (await states(at), await at.state()) == (["withdrawn"], "checked_in")


async def test_the_other_side_contests_a_note_within_three_days(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR):
        ok(await at.comes())
        note = (await at.notes())[0]["id"]
        path = f"{at.path}/attendance/{note}/contest"
        refused(await at.worker.post(path, {"text": "不对"}), 404, "not_found")
        refused(
            await at.employer.post(f"{at.path}/attendance/{at.id}/contest", {"text": "不"}), 404, "not_found"
        )
    async with at.at(73 * HOUR + SECOND):
        refused(await at.employer.post(path, {"text": "九点才到"}), 409, "too_late")
    async with at.at(73 * HOUR):
        seen = ok(await at.employer.post(path, {"text": "九点才到"}))["items"][0]
        assert (seen["standing"], seen["contest_text"]) == ("contested", "九点才到")
        refused(await at.employer.post(path, {"text": "九点才到"}), 409, "attendance_state")
        assert await at.state() == "checked_in"
    assert await world.count("events", "kind = 'AttendanceContested'") == 1


async def test_a_check_in_and_the_clocks_no_show_at_once_end_with_the_worker_there(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR):
        await clock_strikes(world)
    async with at.at(2 * HOUR):
        proposals = (keeping.propose_no_shows(world.database) for _ in range(3))
        twice = asyncio.gather(at.comes(), at.comes())
        (came, again), _ = await asyncio.gather(twice, asyncio.gather(*proposals))
        ok(came)
        ok(again)
        assert await at.state() == "checked_in"
        assert await states(at) in ([], ["withdrawn"])
        await clock_strikes(world)
        assert await at.state() == "checked_in"


async def test_answering_at_once_from_two_phones_is_one_answer(world: World) -> None:
    at = await gate(world)
    await no_show(at)
    async with at.at(2 * HOUR):
        said = {"agrees": False, "text": "我到了"}
        answers = await asyncio.gather(
            *(at.worker.post(f"{at.path}/claim/answer", said) for _ in range(8)),
            *(at.employer.post(f"{at.path}/no-show/withdraw", {}) for _ in range(2)),
        )
        assert sorted({a.status_code for a in answers}) == [200, 409]
        assert sum(a.status_code == 200 for a in answers) == 1
        assert await at.state() in ("disputed", "agreed")
