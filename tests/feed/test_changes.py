"""GET /sync/v1/changes: what a reader of the province sees."""

import pytest
from pydantic import TypeAdapter
from sqlalchemy import event

from app.feed import queries
from app.feed.models import Kind
from app.feed.schemas import ChangesPage
from app.sync.models import Scope
from tests.feed.following import START, Reader, kinds
from tests.world import World, ok, refused, shift

PATH = "/sync/v1/changes"


async def test_a_reader_is_told_each_change_once_and_goes_on_from_there(world: World) -> None:
    reader = Reader(await world.province())
    employer = await world.employer()
    job = await employer.posts_job()
    await world.publish()

    assert kinds(await reader.follow()) == [("employer", "created", None), ("job", "created", None)]
    assert await reader.follow() == []

    ok(await employer.post(f"/v1/jobs/{job['id']}/close"))
    await world.publish()
    (told,) = await reader.follow()
    assert kinds([told]) == [("job", "removed", "withdrawn")]
    assert (told["id"], told["data"]) == (job["id"], None)


async def test_what_is_told_is_what_the_contract_says(world: World) -> None:
    reader = Reader(await world.province())
    employer = await world.employer()
    job = await employer.posts_job(shifts=[shift(8), shift(18, 4)])
    worker = await world.worker(key_groups=["veteran"])
    ok(await worker.put("/v1/me/consents", {"province": True}))
    ok(await worker.applies(job, 0), 201)
    await world.look("UPDATE stations SET name = name WHERE division IN ('1410', '141002') RETURNING 1")
    await world.publish()

    page = await reader.page()
    TypeAdapter(ChangesPage).validate_python(page)
    data = {item["type"]: item["data"] for item in page["items"]}
    assert set(data) == {"employer", "job", "engagement", "station"}
    assert data["engagement"]["worker"] == {
        "id": str(worker.id), "name_masked": "李**", "key_groups": ["veteran"]
    }  # fmt: skip
    assert data["job"]["shifts"][0]["hired"] == 1
    assert data["job"]["place"] == {
        "lng": 111.519, "lat": 36.0889, "datum": "wgs84", "address": "鼓楼北大街 1 号"
    }  # fmt: skip


async def test_an_old_change_shows_what_is_there_now(world: World) -> None:
    """Who reads late sees nothing that was withdrawn since, and ends with the same."""
    employer = await world.employer()
    job = await employer.posts_job()
    await world.publish()
    ok(await employer.post(f"/v1/jobs/{job['id']}/close"))
    await world.publish()

    told = await Reader(await world.province(), query="&types=job").follow()
    assert kinds(told) == [("job", "removed", None), ("job", "removed", "withdrawn")]
    assert [item["version"] for item in told] == [int(item["cursor"].split("-")[0], 16) for item in told]
    assert all(item["data"] is None for item in told)

    last = await Reader(await world.province(), query="&types=job&compact=true").follow()
    assert kinds(last) == [("job", "removed", "withdrawn")]


async def test_pages_are_cut_at_the_limit_and_join(world: World) -> None:
    employer = await world.employer()
    for _ in range(5):
        await employer.posts_job()
    await world.publish()
    whole = await Reader(await world.province()).follow()
    for limit in (1, 2, 6, 7):
        assert await Reader(await world.province(), limit=limit).follow() == whole


async def test_a_compacted_page_looks_through_a_stretch_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    province, employer = await world.province(), await world.employer()
    jobs = [await employer.posts_job() for _ in range(3)]
    await world.publish()
    for number in range(4):
        await world.look(f"UPDATE jobs SET title = '卸货 {number}' RETURNING 1")  # noqa: S608
        await world.publish()
    monkeypatch.setattr(queries, "STRETCH", 2)
    told, cursor, pages, more = [], START, 0, True
    while more:
        page = ok(await province.get(f"{PATH}?types=job&compact=true&after={cursor}"))
        told += [item["id"] for item in page["items"]]
        cursor, more, pages = page["next_cursor"], page["has_more"], pages + 1
    assert sorted(told) == sorted(job["id"] for job in jobs)
    assert pages == 8, "sixteen changes"
    assert cursor == ok(await province.get(PATH))["next_cursor"]


async def test_a_type_that_is_not_asked_for_moves_the_cursor_all_the_same(world: World) -> None:
    reader = Reader(await world.province(), query="&types=fair")
    await world.employer()
    await world.publish()
    assert await reader.follow() == []
    assert reader.cursor != START
    assert reader.cursor == (await reader.page())["next_cursor"]


async def test_nothing_new_is_304(world: World) -> None:
    province = await world.province()
    employer = await world.employer()
    await world.publish()
    first = await province.get(f"{PATH}?after={START}")
    again = await province.get(f"{PATH}?after={START}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    await employer.posts_job()
    await world.publish()
    again = await province.get(f"{PATH}?after={START}", headers={"If-None-Match": first.headers["ETag"]})
    assert len(ok(again)["items"]) == 2


async def test_a_type_beyond_the_scopes_is_refused(world: World) -> None:
    province = await world.province(Scope.READ_JOB)
    employer = await world.employer()
    await employer.posts_job()
    await world.publish()
    assert {item["type"] for item in ok(await province.get(PATH))["items"]} == {"job"}
    refused(await province.get(f"{PATH}?types=job,employer"), 403, "insufficient_scope")
    refused(await (await world.province(Scope.PUSH)).get(PATH), 403, "insufficient_scope")
    refused(await world.nobody.get(PATH), 401, "unauthenticated")
    refused(await employer.get(PATH), 401, "unauthenticated")


@pytest.mark.parametrize(
    "query",
    ["after=", "after=1", "after=0-00000000000g", "after=ffffffffffffffff-000000000000", "limit=0",
     "limit=1001", "types=cat", "types=job,", "compact=maybe", "after=1-0000000000000"],
)  # fmt: skip
async def test_nonsense_is_422(world: World, query: str) -> None:
    answer = await (await world.province()).get(f"{PATH}?{query}")
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "cursor", [START.replace("0", "1"), "fffffffffffffff-4d73347e56ca", "0-000000000001"]
)
async def test_a_cursor_of_another_history_says_the_way_back(world: World, cursor: str) -> None:
    problem = refused(await (await world.province()).get(f"{PATH}?after={cursor}"), 410, "cursor_expired")
    assert problem["snapshot"] == "/sync/v1/snapshot"


async def test_a_page_is_one_statement(world: World) -> None:
    """However many changes and types there are, and whether they are compacted or not."""
    province = await world.province()
    employer = await world.employer()
    for _ in range(3):
        await employer.posts_job()
    await world.publish()
    said: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if "province_" in statement and "province_clients" not in statement:
            said.append(statement)

    engine = world.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for query in ("limit=1", "limit=1000", "compact=true", f"types={','.join(Kind)}"):
            said.clear()
            ok(await province.get(f"{PATH}?{query}"))
            assert sum("province_changes" in one for one in said) == 1, said
    finally:
        event.remove(engine, "before_cursor_execute", note)
