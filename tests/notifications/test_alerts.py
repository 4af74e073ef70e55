"""What stations are told to look at, and who sees and clears it."""

from sqlalchemy import select, text

from app.disputes.events import DisputeOpened
from app.disputes.models import DisputeKind
from app.engagements.models import Engagement
from app.notifications.disputes import tell_of_the_complaint
from app.stations.models import Role
from tests.disputes.cases import CITY, OTHER_COUNTY, Scene, scene
from tests.notifications.every import Everything
from tests.world import Actor, World, ok, refused


async def seen_by(actor: Actor, **given: object) -> list[str]:
    query = "&".join(f"{name}={value}" for name, value in given.items())
    return [one["kind"] for one in ok(await actor.get(f"/admin/v1/alerts?{query}"))["items"]]


async def injury(world: World, at: Scene) -> None:
    ok(await at.worker.post("/v1/disputes", at.draft("injury", text="手指砸伤")), 201)
    await world.deliver()


async def test_an_injury_stands_before_township_and_county_at_once(world: World) -> None:
    at = await scene(world)
    await injury(world, at)
    assert await seen_by(await world.staff(at.division)) == ["injury"]
    county = await world.staff(at.division[:6])
    assert await seen_by(county) == ["injury", "injury"]
    # The county's own first.
    items = ok(await county.get("/admin/v1/alerts"))["items"]
    assert items[1]["station_id"] == at.station_id
    assert "砸伤" not in str(items)
    assert await seen_by(await world.staff(OTHER_COUNTY)) == []


async def test_clearing_the_own_list_leaves_the_townships_alone(world: World) -> None:
    at = await scene(world)
    await injury(world, at)
    township, county = await world.staff(at.division), await world.staff(at.division[:6])
    assert ok(await county.post("/admin/v1/alerts/seen", {}))["marked"] == 1
    assert await seen_by(township, unseen="true") == ["injury"]
    assert await seen_by(county, unseen="true") == ["injury"]
    (left,) = ok(await county.get("/admin/v1/alerts?unseen=true"))["items"]
    elsewhere = await world.staff(OTHER_COUNTY)
    assert ok(await elsewhere.post("/admin/v1/alerts/seen", {"ids": [left["id"]]}))["marked"] == 0
    for marked in (1, 0):
        assert ok(await county.post("/admin/v1/alerts/seen", {"ids": [left["id"]]}))["marked"] == marked
    assert await seen_by(township, unseen="true") == []
    assert await seen_by(township, unseen="false") == ["injury"]
    assert await world.count("alerts", "seen_by IS NOT NULL") == 2


async def test_pages_go_on_over_the_own_and_the_others(world: World) -> None:
    at = await scene(world)
    await injury(world, at)
    county = await world.staff(at.division[:6])
    found, cursor = [], ""
    while cursor is not None:
        page = ok(await county.get(f"/admin/v1/alerts?limit=1{cursor and f'&cursor={cursor}'}"))
        found += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    whole = [one["id"] for one in ok(await county.get("/admin/v1/alerts"))["items"]]
    assert found == whole
    assert len(set(found)) == 2


async def test_told_twice_it_stands_there_once(world: World) -> None:
    at = await scene(world)
    async with world.session() as session:
        engagement = (await session.scalars(select(Engagement))).one()
        everything = Everything(session, engagement, at.employer.id, at.employer.id)
        dispute = await everything.dispute(DisputeKind.INJURY)
        for _ in range(2):
            await tell_of_the_complaint(session, DisputeOpened(dispute.id))
    assert await world.count("alerts") == 2


async def test_an_auditor_has_no_such_door(world: World) -> None:
    refused(await (await world.staff(CITY, Role.AUDITOR)).get("/admin/v1/alerts"), 404, "not_found")
    refused(await world.nobody.get("/admin/v1/alerts"), 401, "unauthenticated")


async def test_the_employer_is_never_told_of_who_blows_the_whistle(world: World) -> None:
    at = await scene(world)
    before = await at.employer.inbox(), await at.employer.texts()
    for kind in ("fraud", "fee", "discrimination"):
        ok(await at.worker.post("/v1/disputes", at.draft(kind)), 201)
    mediator = await at.mediator()
    await world.deliver()
    for one in ok(await at.worker.get("/v1/me/disputes"))["items"]:
        ok(await mediator.post(f"/admin/v1/disputes/{one['id']}/accept", {}))
        ok(
            await mediator.post(
                f"/admin/v1/disputes/{one['id']}/messages", {"text": "请补充", "to": "complainant"}
            )
        )
        ending = {"outcome": "for_worker", "text": "属实,已责令改正"}
        ok(await mediator.post(f"/admin/v1/disputes/{one['id']}/resolve", ending))
    await world.deliver()
    hiring = {"worker_withdrew", "applied", "job_published", "employer_verified"}
    assert set(await at.employer.inbox()) <= hiring
    assert [one for one in await at.employer.texts() if one not in before[1] and "核验" not in one] == []
    told = await at.worker.inbox()
    assert [told.count(f"dispute_{step}") for step in ("opened", "accepted", "message", "resolved")] == [
        3
    ] * 4


async def test_neither_inbox_nor_sms_says_what_was_complained_of(world: World) -> None:
    at = await scene(world)
    ok(await at.worker.post("/v1/disputes", at.draft("other", text="腰病犯了还让扛水泥")), 201)
    await world.deliver()
    assert "dispute_against" in await at.employer.inbox()
    async with world.session() as session:
        kept = [
            str(row) for row in await session.execute(text("SELECT title, text, data FROM notifications"))
        ]
        kept += [str(row) for row in await session.execute(text("SELECT * FROM alerts"))]
        kept += [str(row) for row in await session.execute(text("SELECT args FROM procrastinate_jobs"))]
    texts = [*await at.worker.texts(), *await at.employer.texts()]
    assert not [one for one in kept + texts if "腰病" in one]
