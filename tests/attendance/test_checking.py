"""Checking in and out: where, when, by whom, and each thing once."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app.attendance import keeping
from app.stations.models import Role
from tests.attendance.gate import ENDS, HERE, gate, metres_north
from tests.world import World, ok, refused

MINUTE, HOUR, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)


async def test_a_day_from_coming_to_going(world: World) -> None:
    at = await gate(world)
    async with at.at(-10 * MINUTE):
        came = ok(await at.comes())
        assert came["state"] == "checked_in"
    async with at.at(ENDS + 5 * MINUTE):
        assert ok(await at.goes())["state"] == "checked_out"
        notes = await at.notes()
    assert [(n["kind"], n["method"], n["distance_m"], n["late"], n["doubtful"]) for n in notes] == [
        ("check_in", "geofence", 0, False, False),
        ("check_out", "geofence", 0, False, False),
    ]
    assert not {"point", "lng", "lat", "place"} & set(notes[0])


async def test_what_has_not_begun_cant_end_and_each_happens_once(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR):
        problem = refused(await at.goes(), 409, "engagement_state")
        assert (problem["state"], problem["allowed"]) == ("agreed", ["checked_in"])
        ok(await at.comes())
        assert ok(await at.comes())["state"] == "checked_in"
        refused(await at.employer.post(f"{at.path}/check-in", {}), 409, "engagement_state")
        assert len(await at.notes()) == 1


@pytest.mark.parametrize(
    ("metres", "accuracy", "doubtful"),
    [
        (0, 5, False),
        (299, 5, False),
        (301, 5, True),
        (1200, 950, True),
        (100, 2000, True),
        (1250, 9000, True),
    ],
)
async def test_weak_gps_is_no_reason_to_refuse(
    world: World, metres: float, accuracy: float, doubtful: bool
) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        ok(await at.comes(metres_north(metres, accuracy)))
        note = (await at.notes())[0]
    assert (note["distance_m"], note["accuracy_m"], note["doubtful"]) == (metres, accuracy, doubtful)


@pytest.mark.parametrize(("metres", "accuracy"), [(301, None), (310, 5), (1305, 100_000)])
async def test_outside_one_is_told_how_far_and_what_else_can_be_done(
    world: World, metres: float, accuracy: float | None
) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        problem = refused(await at.comes(metres_north(metres, accuracy)), 409, "outside_the_site")
        assert (problem["distance_m"], problem["radius_m"]) == (metres, 300)
        assert "签到码" in problem["detail"]
        assert await at.notes() == []
    async with at.at(-HOUR):
        far = metres_north(0) | {"lng": -69.0, "lat": -36.0}
        assert refused(await at.comes(far), 409, "outside_the_site")["distance_m"] > 19_000_000


async def test_the_radius_is_the_jobs(world: World) -> None:
    at = await gate(world, check_in_radius_m=2000)
    async with at.at(-HOUR):
        refused(await at.comes(metres_north(2100, 50)), 409, "outside_the_site")
        ok(await at.comes(metres_north(1900, 50)))


async def test_without_consent_a_position_is_neither_used_nor_kept(world: World) -> None:
    at = await gate(world, consents=False)
    async with at.at(-HOUR):
        problem = refused(await at.comes(), 409, "consent_missing")
        assert problem["purpose"] == "position"
        assert "签到码" in problem["detail"]
        code = ok(await at.employer.post(f"/v1/jobs/{at.job['id']}/site-code", {"mode": "fixed"}), 201)
        body = {"place": HERE, "site_code": code["code"]}
        ok(await at.worker.post(f"{at.path}/check-in", body))
        note = (await at.notes())[0]
    assert (note["method"], note["distance_m"]) == ("site_code", None)
    assert await world.count("attendance", "point IS NOT NULL") == 0


async def test_a_worker_says_where_or_gives_the_code(world: World) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        problem = refused(await at.comes(None), 422, "place_or_code_missing")
        assert problem["errors"][0]["pointer"] == "/place"


async def test_the_employers_word_is_enough_and_keeps_no_position(world: World) -> None:
    at = await gate(world)
    other = await world.employer()
    async with at.at(HOUR, other):
        refused(await other.post(f"{at.path}/check-in", {}), 404, "not_found")
        refused(await other.get(f"{at.path}/attendance"), 404, "not_found")
        ok(await at.employer.post(f"{at.path}/check-in", {"place": HERE}))
        assert (await at.notes())[0]["method"] == "employer"
    assert await world.count("attendance", "point IS NOT NULL") == 0


async def test_coming_is_taken_from_two_hours_before_until_the_end(world: World) -> None:
    at = await gate(world)
    async with at.at(-2 * HOUR - SECOND):
        problem = refused(await at.comes(), 409, "too_early")
        assert datetime.fromisoformat(problem["opens_at"]) == at.moment(-2 * HOUR)
        assert datetime.fromisoformat(problem["closes_at"]) == at.moment(ENDS)
    async with at.at(ENDS + SECOND):
        refused(await at.comes(), 409, "too_late")
        ok(await at.comes(at=at.moment(ENDS).isoformat()))
    before = await gate(world)
    async with before.at(-2 * HOUR):
        ok(await before.comes())


async def test_going_is_taken_until_twelve_hours_after_the_end_and_never_before_coming(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR):
        ok(await at.comes())
        refused(await at.goes(at=at.moment(HOUR - SECOND).isoformat()), 409, "too_early")
    async with at.at(ENDS + 12 * HOUR + SECOND):
        refused(await at.goes(), 409, "too_late")
    async with at.at(ENDS + 12 * HOUR):
        assert ok(await at.goes())["state"] == "checked_out"


async def test_a_phones_clock_may_be_two_minutes_fast(world: World) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        late = at.moment(-HOUR + 2 * MINUTE + SECOND).isoformat()
        assert refused(await at.comes(at=late), 422, "invalid")["errors"][0]["pointer"] == "/at"
        ok(await at.comes(at=at.moment(-HOUR + 2 * MINUTE).isoformat()))
        ok(await at.goes())


async def test_what_comes_late_is_taken_and_marked(world: World) -> None:
    at = await gate(world)
    async with at.at(10 * MINUTE):
        ok(await at.comes(at=at.moment(timedelta()).isoformat()))
    async with at.at(ENDS + 10 * MINUTE + SECOND):
        ok(await at.goes(at=at.moment(ENDS).isoformat()))
        notes = await at.notes()
    assert [(n["late"], n["signed"]) for n in notes] == [(False, False), (True, False)]


async def test_uploads_are_taken_for_three_days_after_the_end(world: World) -> None:
    at, other = await gate(world), await gate(world)
    came = at.moment(timedelta()).isoformat()
    async with at.at(ENDS + 72 * HOUR + SECOND):
        refused(await at.comes(at=came), 409, "too_late")
    async with other.at(ENDS + 72 * HOUR):
        assert ok(await other.comes(at=came))["state"] == "checked_in"
        assert ok(await other.goes(at=other.moment(ENDS).isoformat()))["state"] == "checked_out"


async def test_who_forgets_to_check_out_is_checked_out_at_the_end_and_can_put_it_right(world: World) -> None:
    at = await gate(world)
    async with at.at(timedelta()):
        ok(await at.comes())
    async with at.at(ENDS + 12 * HOUR - SECOND):
        await keeping.check_out_who_forgot(world.database)
        assert await at.state() == "checked_in"
    async with at.at(ENDS + 12 * HOUR):
        for _ in range(2):
            await keeping.check_out_who_forgot(world.database)
        assert await at.state() == "checked_out"
        note = (await at.notes())[-1]
        assert (note["method"], note["at"]) == ("system", (await at.engagement())["shift"]["ends_at"])
    async with at.at(ENDS + 20 * HOUR):
        ok(await at.goes(at=at.moment(ENDS + 2 * HOUR).isoformat()))
        assert [n["method"] for n in await at.notes()] == ["geofence", "system", "geofence"]
    assert await world.count("engagements", "checked_out_at = ends_at + interval '2 hours'") == 1


async def test_an_offline_event_that_comes_after_the_employers_word_is_kept_as_evidence(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR):
        ok(await at.employer.post(f"{at.path}/check-in", {}))
    async with at.at(3 * HOUR):
        assert ok(await at.comes(at=at.moment(timedelta()).isoformat()))["state"] == "checked_in"
        assert [(n["method"], n["late"]) for n in await at.notes()] == [
            ("employer", False),
            ("geofence", True),
        ]
    assert await world.count("engagements", "checked_in_at = starts_at + interval '1 hour'") == 1


async def test_twenty_identical_check_ins_at_once_are_one(world: World) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        answers = await asyncio.gather(*(at.comes() for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
        assert len(await at.notes()) == 1
    assert await world.count("events", "kind = 'CheckedIn'") == 1


async def test_staff_check_in_at_the_counter_within_their_reach(world: World) -> None:
    at = await gate(world)
    path = f"/admin/v1/engagements/{at.id}"
    async with at.at(HOUR):
        for division, role in (("141081", Role.CLERK), ("1410", Role.AUDITOR), ("1410", Role.OPERATOR)):
            stranger = await world.staff(division, role)
            refused(await stranger.post(f"{path}/check-in", {"reason": "不相干"}), 404, "not_found")
        stranger = await world.staff("141081", Role.CLERK)
        refused(await stranger.get(f"{path}/attendance"), 404, "not_found")
        clerk = await world.staff("141002", Role.CLERK)
        refused(await clerk.post(f"{path}/check-in", {}), 422, "invalid")
        for _ in range(2):
            said = {"at": at.moment(5 * MINUTE).isoformat(), "reason": "到站说明,已电话核实"}
            seen = ok(await clerk.post(f"{path}/check-in", said))
        assert [(n["method"], n["late"]) for n in seen["items"]] == [("staff", True)]
        refused(await clerk.post(f"{path}/check-in", {"reason": "再来一次"}), 409, "engagement_state")
        ok(await clerk.post(f"{path}/check-out", {"reason": "到站说明"}))
        assert await at.state() == "checked_out"
        assert len(ok(await clerk.get(f"{path}/attendance"))["items"]) == 2
        auditor = await world.staff("1410", Role.AUDITOR)
        entries = ok(await auditor.get("/admin/v1/ledger"))["items"]
    kept = [e for e in entries if e["action"].startswith("attendance.")]
    assert [e["action"] for e in kept] == ["attendance.check_out", "attendance.check_in"]
    assert kept[1]["before"] == {"state": "agreed"}
    assert kept[1]["reason"] == "到站说明,已电话核实"


async def test_positions_are_rounded_after_thirty_days_and_gone_with_the_account(world: World) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        ok(await at.comes())
    async with at.at(-HOUR + timedelta(days=30) - SECOND):
        await keeping.round_positions(world.database)
        assert await world.count("attendance", "NOT rounded AND point IS NOT NULL") == 1
    async with at.at(-HOUR + timedelta(days=30)):
        for _ in range(2):
            await keeping.round_positions(world.database)
        to_two = "ST_AsText(point) = 'POINT(111.52 36.09)' AND rounded"
        assert await world.count("attendance", to_two) == 1
        async with world.session() as session:
            await session.execute(
                text("UPDATE engagements SET state = 'paid', minutes = 480, confirmed_at = now()")
            )
        ok(await at.worker.delete("/v1/me"), 204)
    assert await world.count("attendance", "point IS NULL") == 1
