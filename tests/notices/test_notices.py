"""What stations announce, and who reads it when."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.core import clock
from app.stations.models import Role
from tests.world import Actor, Json, World, ok, refused

CITY, COUNTY, TOWNSHIP, OTHER = "1410", "141002", "141002101", "141081"


async def draft(manager: Actor, **given: Any) -> Json:
    body = {"kind": "training", "title": "焊工培训", "text": "报名请到就近服务站。"} | given
    notice: Json = ok(await manager.post("/admin/v1/notices", body), 201)
    return notice


async def published(manager: Actor, **given: Any) -> Json:
    notice = await draft(manager, **given)
    shown: Json = ok(await manager.post(f"/admin/v1/notices/{notice['id']}/publish"))
    return shown


async def titles(anybody: Actor, **params: Any) -> list[str]:
    return [one["title"] for one in ok(await anybody.get("/v1/notices", params=params))["items"]]


@pytest.fixture
async def manager(world: World) -> Actor:
    return await world.staff(COUNTY, Role.MANAGER)


async def test_a_notice_is_read_by_all_once_published_and_until_withdrawn(
    world: World, manager: Actor
) -> None:
    notice = await draft(manager)
    path = f"/admin/v1/notices/{notice['id']}"
    assert (notice["state"], notice["division"]) == ("draft", COUNTY)
    assert await titles(world.nobody) == []
    refused(await world.nobody.get(f"/v1/notices/{notice['id']}"), 404, "not_found")

    ok(await manager.post(f"{path}/publish"))
    assert await titles(world.nobody) == ["焊工培训"]
    read = ok(await world.nobody.get(f"/v1/notices/{notice['id']}"))
    assert read["text"] == "报名请到就近服务站。"
    assert "state" not in read

    ok(await manager.post(f"{path}/withdraw", {"reason": "日期有误"}))
    assert await titles(world.nobody) == []
    refused(await manager.post(f"{path}/publish"), 409, "notice_state")
    refused(await manager.patch(path, {"title": "又"}), 409, "notice_state")


async def test_a_place_reads_its_own_notices_and_those_from_above(world: World) -> None:
    for division in (CITY, COUNTY, TOWNSHIP, OTHER):
        manager = await world.staff(division, Role.MANAGER)
        await published(manager, title=division)
    assert await titles(world.nobody, division=TOWNSHIP) == [TOWNSHIP, COUNTY, CITY]
    assert await titles(world.nobody, division=COUNTY) == [COUNTY, CITY]
    assert await titles(world.nobody, division=OTHER) == [OTHER, CITY]
    assert await titles(world.nobody) == [OTHER, TOWNSHIP, COUNTY, CITY]
    assert await titles(world.nobody, kind="policy") == []


async def test_a_notice_waits_for_its_time_and_ends_at_its_end(world: World, manager: Actor) -> None:
    begins = clock.now() + timedelta(hours=2)
    ends = begins + timedelta(days=1)
    await published(manager, publish_at=begins.isoformat(), until=ends.isoformat())
    assert await titles(world.nobody) == []
    with time_machine.travel(begins + timedelta(minutes=1), tick=False):
        assert await titles(world.nobody) == ["焊工培训"]
    with time_machine.travel(ends, tick=False):
        assert await titles(world.nobody) == []


async def test_pinned_notices_come_first_page_by_page(world: World, manager: Actor) -> None:
    for number in range(5):
        await published(manager, title=f"第 {number} 则", pinned=number in (1, 3))
    seen, cursor = [], None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = ok(await world.nobody.get("/v1/notices", params=params))
        seen += [one["title"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"第 {number} 则" for number in (3, 1, 4, 2, 0)]


async def test_two_managers_do_not_write_over_each_other(manager: Actor) -> None:
    notice = await draft(manager)
    path = f"/admin/v1/notices/{notice['id']}"
    seen = (await manager.get(path)).headers["ETag"]
    ok(await manager.patch(path, {"title": "先改的"}, headers={"If-Match": seen}))
    refused(await manager.patch(path, {"title": "后改的"}, headers={"If-Match": seen}), 412, "stale")
    assert ok(await manager.get(path))["title"] == "先改的"


async def test_a_notice_is_for_what_the_station_serves_alone(world: World, manager: Actor) -> None:
    body = {"kind": "notice", "title": "通知", "text": "正文", "division": TOWNSHIP}
    ok(await manager.post("/admin/v1/notices", body), 201)
    for division in (CITY, OTHER, "141002999"):
        answer = await manager.post("/admin/v1/notices", body | {"division": division})
        assert refused(answer, 422, "invalid")["errors"][0]["code"] == "division_out_of_reach"
    elsewhere = await world.staff(OTHER, Role.MANAGER)
    notice = await published(manager)
    path = f"/admin/v1/notices/{notice['id']}"
    refused(await elsewhere.get(path), 404, "not_found")
    refused(await elsewhere.post(f"{path}/withdraw", {"reason": "x"}), 404, "not_found")
    clerk = await world.staff(COUNTY, Role.CLERK)
    assert len(ok(await clerk.get("/admin/v1/notices"))["items"]) == 2
    refused(await clerk.post("/admin/v1/notices", body), 404, "not_found")


async def test_a_notice_ends_after_it_begins_and_after_now(manager: Actor) -> None:
    now = clock.now()
    body = {"kind": "notice", "title": "通知", "text": "正文", "until": (now - timedelta(1)).isoformat()}
    refused(await manager.post("/admin/v1/notices", body), 422, "notice_over")
    times = {
        "publish_at": (now + timedelta(days=3)).isoformat(),
        "until": (now + timedelta(days=2)).isoformat(),
    }
    refused(await manager.post("/admin/v1/notices", body | times), 422, "notice_over")
    notice = await draft(manager, until=(now + timedelta(hours=1)).isoformat())
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        manager.token = (await manager.world.staff(COUNTY, Role.MANAGER)).token
        answer = await manager.post(f"/admin/v1/notices/{notice['id']}/publish")
    refused(answer, 422, "notice_over")


async def test_what_was_announced_is_in_the_ledger(world: World, manager: Actor) -> None:
    notice = await published(manager)
    ok(await manager.post(f"/admin/v1/notices/{notice['id']}/withdraw", {"reason": "日期有误"}))
    auditor = await world.staff(COUNTY, Role.AUDITOR)
    params = {"object_id": notice["id"]}
    found = ok(await auditor.get("/admin/v1/ledger", params=params))["items"]
    assert [one["action"] for one in found] == ["notice.withdraw", "notice.publish", "notice.draft"]
    assert found[0]["reason"] == "日期有误"
