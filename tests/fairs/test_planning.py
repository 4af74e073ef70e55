"""A station plans a fair, changes it, opens it, cancels it."""

import asyncio
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from PIL import Image
from sqlalchemy import text

from app.core import clock
from app.stations.models import Role
from tests.fairs.planned import FAIRS, accepted, draft, invited, opened, plan, shows, with_booth
from tests.world import Actor, Json, World, ok, refused, tomorrow

CITY, COUNTY, TOWNSHIP, OTHER = "1410", "141002", "141002101", "141081"
LICENCE = "(晋)人服证字〔2024〕第0100000123号"


@pytest.fixture
async def manager(world: World) -> Actor:
    return await world.staff(COUNTY, Role.MANAGER)


def picture() -> dict[str, Any]:
    made = io.BytesIO()
    Image.new("RGB", (640, 360), "red").save(made, "PNG")
    return {"files": {"file": ("cover.png", made.getvalue(), "image/png")}}


async def test_a_fair_is_planned_opened_and_cancelled(world: World, manager: Actor) -> None:
    fair = await plan(manager, key_group="graduate", trade="0301", host_id=str(manager.id), text="欢迎")
    path = f"{FAIRS}/{fair['id']}"
    assert (fair["state"], fair["division"], fair["host_name"]) == ("planned", COUNTY, "张工")
    assert (fair["version"], fair["sequence"], fair["reservations"], fair["clashes"]) == (1, 0, 0, [])

    fair = ok(await manager.post(f"{path}/open"))
    assert (fair["state"], fair["version"]) == ("bookable", 2)
    refused(await manager.post(f"{path}/open"), 409, "fair_state")

    fair = ok(await manager.post(f"{path}/cancel", {"reason": "停电"}))
    assert (fair["state"], fair["cancelled_because"], fair["sequence"]) == ("cancelled", "停电", 1)
    refused(await manager.post(f"{path}/cancel", {"reason": "停电"}), 409, "fair_state")
    refused(await manager.patch(path, {"title": "又"}), 409, "fair_state")
    assert await world.count("events", "kind = 'FairCancelled'") == 1
    auditor = await world.staff(COUNTY, Role.AUDITOR)
    noted = ok(await auditor.get(f"/admin/v1/ledger?object_id={fair['id']}"))["items"]
    assert [one["action"] for one in noted] == ["fair.cancel", "fair.open", "fair.plan"]
    assert noted[0]["reason"] == "停电"


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"ends_at": "2026-01-01T08:00:00+08:00"}, "/ends_at", "fair_times"),
        ({"starts_at": "2026-01-01T08:00:00+08:00"}, "/starts_at", "fair_in_the_past"),
        ({"days": 400}, "/starts_at", "fair_too_far"),
        ({"hours": 25}, "/ends_at", "fair_too_long"),
        ({"mode": "hall"}, "/venue", "venue_missing"),
        ({"trade": "9999"}, "/trade", "trade_unknown"),
        ({"division": OTHER}, "/division", "division_out_of_reach"),
        ({"host_id": "0193a3c0-0000-7000-8000-000000000000"}, "/host_id", "host_out_of_reach"),
        ({"organiser": "agency", "agency_name": "某公司"}, "/licence_no", "licence_missing"),
        ({"organiser": "agency", "licence_no": LICENCE}, "/agency_name", "licence_missing"),
        ({"organiser": "agency", "agency_name": "某公司", "licence_no": "无此证!"}, "/licence_no", None),
        ({"title": "一\x00二"}, "/title", None),
    ],
)
async def test_bad_input_plans_nothing(
    world: World, manager: Actor, wrong: Json, pointer: str, code: str | None
) -> None:
    answer = await manager.post(FAIRS, draft(**wrong))
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert pointer in [fault["pointer"] for fault in problem["errors"]], problem
    if code:
        assert code in [problem["code"], *(fault["code"] for fault in problem["errors"])]
    assert await world.count("fairs") == 0
    assert await world.count("ledger", "object_kind = 'fair'") == 0


async def test_all_that_is_wrong_is_told_at_once(manager: Actor) -> None:
    problem = refused(await manager.post(FAIRS, draft(hours=30, mode="both", trade="9999")), 422, "invalid")
    assert {one["pointer"] for one in problem["errors"]} == {"/ends_at", "/venue", "/trade"}


async def test_an_agency_plans_with_its_licence(manager: Actor) -> None:
    fair = await plan(manager, organiser="agency", agency_name="平阳人力", licence_no=LICENCE)
    assert (fair["organiser"], fair["licence_no"]) == ("agency", LICENCE)
    refused(await manager.patch(f"{FAIRS}/{fair['id']}", {"licence_no": None}), 422, "licence_missing")


async def test_what_moves_raises_the_sequence_and_is_told(world: World, manager: Actor) -> None:
    fair = await plan(manager)
    path = f"{FAIRS}/{fair['id']}"
    later = {"starts_at": tomorrow(14, days=3).isoformat(), "ends_at": tomorrow(16, days=3).isoformat()}

    fair = ok(await manager.patch(path, {"text": "欢迎"}, headers={"If-Match": '"1"'}))
    assert (fair["version"], fair["sequence"]) == (2, 0)
    refused(await manager.patch(path, later, headers={"If-Match": '"1"'}), 412, "stale")
    fair = ok(await manager.patch(path, later))
    assert (fair["version"], fair["sequence"]) == (3, 1)
    assert await world.count("events", "kind = 'FairMoved'") == 1  # for the employers who were invited

    ok(await manager.post(f"{path}/open"))
    ok(await manager.patch(path, {"venue": "鼓楼北大街 1 号"}))
    fair = ok(await manager.patch(path, {"title": "周三专场"}))
    assert fair["sequence"] == 3
    assert await world.count("events", "kind = 'FairMoved'") == 2
    fair = ok(await manager.patch(path, {"title": "周三专场"}))
    assert (fair["sequence"], fair["version"]) == (3, 6)  # nothing is another


async def test_booths_and_minutes_move_along(world: World) -> None:
    manager, fair, employer, jobs = await with_booth(world)
    booth = fair["booths"][0]
    await shows(manager, booth, *jobs, at=[tomorrow(10, days=3).isoformat()])

    moved = {"starts_at": tomorrow(9, days=4).isoformat(), "ends_at": tomorrow(11, days=4).isoformat()}
    fair = ok(await manager.patch(f"{FAIRS}/{fair['id']}", moved))

    assert _at(fair["booths"][0]["starts_at"]) == _at(fair["starts_at"])
    own = ok(await employer.get(f"/v1/employers/{employer.employer_id}/booths/{booth['id']}"))
    assert clock.day_of(_at(own["jobs"][0]["planned_at"])) == clock.day_of(tomorrow(10, days=4))
    assert await world.count("events", "kind = 'BoothChanged'") == 1


async def test_a_shorter_fair_must_still_hold_its_booths(world: World) -> None:
    manager, fair, _, jobs = await with_booth(world)
    path, whole = f"{FAIRS}/{fair['id']}", fair["booths"][0]
    part = await invited(manager, fair, await world.employer(), starts_at=tomorrow(10, days=3).isoformat())
    half = {"ends_at": tomorrow(10, days=3).isoformat()}

    problem = refused(await manager.patch(path, half), 422, "booth_times")
    assert [one["code"] for one in problem["errors"]] == ["booth_outside"]
    assert "第 2 个展位" in problem["errors"][0]["message"]
    ok(await manager.post(f"{path}/booths/{part['id']}/withdraw", {"reason": "缩短"}))
    await shows(manager, whole, *jobs, at=[tomorrow(10, days=3).isoformat()])
    problem = refused(await manager.patch(path, half), 422, "booth_times")
    assert [one["code"] for one in problem["errors"]] == ["job_outside"]
    assert ok(await manager.get(path))["ends_at"] == fair["ends_at"]

    await shows(manager, whole, *jobs)
    fair = ok(await manager.patch(path, half))
    assert _at(fair["booths"][0]["ends_at"]) == _at(fair["ends_at"])


async def test_what_is_past_is_not_opened(world: World, manager: Actor) -> None:
    fair = await plan(manager, days=1)
    with time_machine.travel(_at(fair["starts_at"]) + timedelta(seconds=1), tick=True):
        late = await world.staff(COUNTY, Role.MANAGER)
        refused(await late.post(f"{FAIRS}/{fair['id']}/open"), 409, "fair_begun")


async def test_the_list_is_of_ones_own_divisions_and_filters(world: World, manager: Actor) -> None:
    ours = await plan(manager, days=2, key_group="veteran")
    later = await opened(manager, days=5)
    city = await world.staff(CITY, Role.MANAGER)
    there = await plan(city, days=4, division=OTHER)

    async def listed(actor: Actor, **params: Any) -> list[str]:
        return [one["id"] for one in ok(await actor.get(FAIRS, params=params))["items"]]

    assert await listed(manager) == [later["id"], ours["id"]]
    assert await listed(city) == [later["id"], there["id"], ours["id"]]
    assert await listed(city, division=OTHER) == [there["id"]]
    assert await listed(city, state="bookable") == [later["id"]]
    assert await listed(city, key_group="veteran") == [ours["id"]]
    assert await listed(city, **{"from": there["starts_at"], "until": later["starts_at"]}) == [there["id"]]
    first = ok(await city.get(FAIRS, params={"limit": 2}))
    assert await listed(city, limit=2, cursor=first["next_cursor"]) == [ours["id"]]
    refused(await manager.get(f"{FAIRS}/{there['id']}"), 404, "not_found")
    refused(await manager.post(f"{FAIRS}/{there['id']}/cancel", {"reason": "不"}), 404, "not_found")
    clerk = await world.staff(TOWNSHIP, Role.CLERK)
    refused(await clerk.get(f"{FAIRS}/{ours['id']}"), 404, "not_found")
    refused(await clerk.post(FAIRS, draft()), 404, "not_found")


async def test_a_cover_is_redrawn_and_seen_by_all_once_open(world: World, manager: Actor) -> None:
    fair = await plan(manager)
    path, public = f"{FAIRS}/{fair['id']}", f"/v1/fairs/{fair['id']}/cover"
    refused(await manager.get(f"{path}/cover"), 404, "not_found")
    refused(
        await manager.put(f"{path}/cover", files={"file": ("a.png", b"x", "image/png")}),
        422,
        "picture_invalid",
    )

    shown = ok(await manager.put(f"{path}/cover", **picture()))
    assert shown["cover"] == f"{path}/cover"
    own = await manager.get(shown["cover"])
    assert (own.status_code, own.headers["content-type"], own.content[:3]) == (
        200,
        "image/jpeg",
        b"\xff\xd8\xff",
    )
    refused(await world.nobody.get(public), 404, "not_found")
    ok(await manager.post(f"{path}/open"))
    assert (await world.nobody.get(public)).content == own.content
    ok(await manager.post(f"{path}/cancel", {"reason": "停电"}))
    assert (await world.nobody.get(public)).content == own.content

    never = await plan(manager, hour=15)
    ok(await manager.put(f"{FAIRS}/{never['id']}/cover", **picture()))
    ok(await manager.post(f"{FAIRS}/{never['id']}/cancel", {"reason": "停电"}))
    refused(await world.nobody.get(f"/v1/fairs/{never['id']}/cover"), 404, "not_found")


async def test_a_cancelled_fair_frees_its_employers_and_room(world: World, manager: Actor) -> None:
    employer = await world.employer()
    fair = await opened(manager, room="一号厅", host_name="小王")
    booth = await accepted(manager, fair, employer)
    ok(await manager.post(f"{FAIRS}/{fair['id']}/cancel", {"reason": "停电"}))

    own = ok(await employer.get(f"/v1/employers/{employer.employer_id}/booths/{booth['id']}"))
    assert (own["state"], own["fair"]["state"]) == ("cancelled", "cancelled")
    again = await opened(manager, room="一号厅", host_name="小王")
    assert (await accepted(manager, again, employer))["state"] == "accepted"
    assert await world.count("events", "kind = 'BoothEnded'") == 0


async def test_who_is_coming_hears_of_another_place_before_the_fair_is_open(
    world: World, manager: Actor
) -> None:
    employer = await world.employer()
    fair = await plan(manager, mode="hall", venue="鼓楼北大街 1 号")
    await accepted(manager, fair, employer)
    ok(await manager.patch(f"{FAIRS}/{fair['id']}", {"venue": "滨河西路 8 号"}))
    await world.deliver()
    assert (await employer.inbox()).count("booth_changed") == 1
    assert "滨河西路 8 号" in (await employer.texts())[0]


async def test_a_host_who_is_named_again_keeps_the_name(manager: Actor) -> None:
    fair = await plan(manager, host_id=str(manager.id), host_name="小张")
    path = f"{FAIRS}/{fair['id']}"
    same = ok(await manager.patch(path, {"host_id": str(manager.id), "text": "欢迎"}))
    assert same["host_name"] == "小张"
    ok(await manager.patch(path, {"host_id": None, "host_name": None}))
    assert ok(await manager.patch(path, {"host_id": str(manager.id)}))["host_name"] == "张工"


async def test_two_cancel_at_once_and_everybody_is_told_once(world: World, manager: Actor) -> None:
    fair = await opened(manager)
    path = f"{FAIRS}/{fair['id']}/cancel"
    answers = await asyncio.gather(*(manager.post(path, {"reason": "停电"}) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert await world.count("events", "kind = 'FairCancelled'") == 1


async def market_of(city: Actor) -> Json:
    market = {
        "kind": "market",
        "name": "东关零工市场",
        "division": TOWNSHIP,
        "hours": [{"weekday": 1, "from": "06:00", "until": "12:00"}],
        "services": ["job_seeking"],
        "place": {"lng": 111.519, "lat": 36.0889, "datum": "wgs84", "address": "东关"},
    }
    made: Json = ok(await city.post("/admin/v1/stations", market), 201)
    return made


async def test_a_closing_station_hands_its_fairs_over(world: World) -> None:
    city = await world.staff(CITY, Role.MANAGER)
    market = await market_of(city)
    fair = await plan(city, room="大厅")
    await world.look("UPDATE fairs SET station_id = $1 RETURNING 1", market["id"])
    ok(await city.post(f"/admin/v1/stations/{market['id']}/close", {"reason": "合署办公"}))

    seen = ok(await city.get(f"{FAIRS}/{fair['id']}"))
    assert seen["station_id"] != market["id"]
    assert seen["room"] == "东关零工市场 大厅"
    assert seen["sequence"] == 1, "calendars show the room"


async def test_a_station_that_closes_meanwhile_is_left_with_no_fair(world: World) -> None:
    city, manager = await world.staff(CITY, Role.MANAGER), await world.staff(TOWNSHIP, Role.MANAGER)
    market = await market_of(city)
    await world.look("UPDATE staff SET station_id = $2 WHERE id = $1 RETURNING 1", manager.id, market["id"])
    async with world.session() as session:
        # A station is locked so by who closes it, and everything is handed over before the commit.
        await session.execute(text("SELECT 1 FROM stations WHERE id = :id FOR UPDATE"), {"id": market["id"]})
        planning = asyncio.create_task(manager.post(FAIRS, draft()))
        assert not (await asyncio.wait([planning], timeout=0.5))[0]
        await session.execute(
            text("UPDATE stations SET closed_at = now(), successor_id = parent_id WHERE id = :id"),
            {"id": market["id"]},
        )
    refused(await planning, 401, "unauthenticated")
    assert await world.count("fairs") == 0


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
