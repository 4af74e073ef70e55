"""Cursors over time: pruned after thirty days, and what a restored database does to them."""

from datetime import timedelta

import time_machine
from sqlalchemy import text

from app.core import clock
from app.feed import checking
from app.feed.keeping import KEPT, prune
from tests.feed.following import START, Reader, kinds
from tests.world import World, ok, refused

PATH = "/sync/v1/changes"
FEED = ("province_changes", "province_records")


async def test_changes_are_kept_for_thirty_days_and_the_last_for_ever(world: World) -> None:
    province = await world.province()
    employer = await world.employer()
    jobs = [await employer.posts_job() for _ in range(2)]
    await world.publish()
    reader = Reader(province)
    first, *_, last = [item["cursor"] for item in await reader.follow()]

    with time_machine.travel(clock.now() + KEPT - timedelta(minutes=1), tick=True):
        await prune(world.database)
        assert await world.count("province_changes") == 3
    with time_machine.travel(clock.now() + KEPT + timedelta(minutes=1), tick=True):
        await prune(world.database)
    assert await world.count("province_changes") == 1

    for cursor in (START, first):
        problem = refused(await province.get(f"{PATH}?after={cursor}"), 410, "cursor_expired")
        assert problem["snapshot"] == "/sync/v1/snapshot"
    assert ok(await province.get(f"{PATH}?after={last}"))["items"] == []
    # The numbers go on from the last one, which is why it stays.
    ok(await employer.post(f"/v1/jobs/{jobs[0]['id']}/close"))
    await world.publish()
    (told,) = await reader.follow()
    assert told["version"] == 4


async def test_after_a_restore_a_cursor_goes_on_exactly_or_says_so(world: World) -> None:
    """Put the database back to an earlier state, and let it live on differently from there."""
    province = await world.province()
    employer = await world.employer()
    early = Reader(province)
    await employer.posts_job(title="恢复之前")
    await world.publish()
    await early.follow()
    async with world.session() as session:
        kept = {
            name: (await session.execute(text(f"SELECT * FROM {name}"))).mappings().all()  # noqa: S608
            for name in FEED
        }

    late = Reader(province, cursor=early.cursor)
    lost = await employer.posts_job(title="恢复时丢失")
    await world.publish()
    await late.follow()

    async with world.session() as session:
        await session.execute(text(f"DELETE FROM jobs WHERE id = '{lost['id']}'"))  # noqa: S608
        for name in ("province_touched", *FEED):
            await session.execute(text(f"DELETE FROM {name}"))  # noqa: S608
        for name, rows in kept.items():
            columns = [str(column) for column in rows[0]]
            values = ", ".join(f":{column}" for column in columns)
            await session.execute(
                text(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({values})"),  # noqa: S608
                [dict(row) for row in rows],
            )
    refused(await province.get(f"{PATH}?after={late.cursor}"), 410, "cursor_expired")

    again = await employer.posts_job(title="恢复之后")
    await world.publish()
    # Another change has the lost one's number now, and is not taken for it.
    refused(await province.get(f"{PATH}?after={late.cursor}"), 410, "cursor_expired")
    assert kinds(told := await early.follow()) == [("job", "created", None)]
    assert told[0]["id"] == again["id"]
    assert int(early.cursor.split("-")[0], 16) == int(late.cursor.split("-")[0], 16)


async def test_checking_finds_what_is_not_as_it_should_be_and_looking_again_mends_it(world: World) -> None:
    employer = await world.employer()
    for _ in range(3):
        await employer.posts_job()
    on_its_way = {one.kind async for one in checking.check(world.database)}
    assert on_its_way == {"station"}, "the stations alone are touched no more: they were there before"
    await world.publish()
    assert {one.kind async for one in checking.check(world.database)} == {"station"}
    await checking.republish(world.database)
    await world.publish()
    assert [one async for one in checking.check(world.database)] == []

    first = "(SELECT min(entity_id::text)::uuid FROM province_records WHERE kind = 'job')"
    await world.look(f"DELETE FROM province_records WHERE entity_id = {first} RETURNING 1")  # noqa: S608
    await world.look("UPDATE province_records SET data = '{}' WHERE kind = 'employer' RETURNING 1")
    await world.look(
        "INSERT INTO province_records SELECT kind, gen_random_uuid(), division, day, data, hash, version"
        " FROM province_records WHERE kind = 'job' LIMIT 1 RETURNING 1"
    )
    found = sorted([(one.kind.value, one.how) async for one in checking.check(world.database)])
    assert found == [("employer", "other"), ("job", "absent"), ("job", "too many")]


async def test_the_figures_say_how_far_behind_the_feed_is(world: World) -> None:
    async def lag_s() -> float:
        text_ = (await world.http.get("/metrics")).text
        return float(text_.partition("\nprovince_lag_seconds ")[2].partition("\n")[0])

    assert await lag_s() == 0
    await world.employer()
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=True):
        assert 299 < await lag_s() < 330
    await world.publish()
    assert await lag_s() == 0
