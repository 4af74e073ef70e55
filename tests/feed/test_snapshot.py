"""The whole as one file: consistent, resumed by range, cut off where one can see it, and never for long."""

import asyncio
import gzip
import json
import os
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import time_machine

from app.core import clock
from app.feed import snapshots, whole
from app.feed.models import Kind
from app.feed.snapshots import KEPT, SnapshotBroken, Snapshots
from app.sync.models import Scope
from tests.processes import serving
from tests.world import HOUMA, Actor, World, ok, refused

Json = dict[str, Any]
GZIP = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


def lines_of(answer: httpx.Response) -> list[Json]:
    """Return the lines; fail unless the last one is there and counts the others."""
    lines = [json.loads(line) for line in answer.content.splitlines()]
    assert lines[-1].keys() == {"cursor", "count"}
    assert lines[-1]["count"] == len(lines) - 1
    return lines


async def raw(actor: Actor, path: str = "/sync/v1/snapshot", **headers: str) -> tuple[httpx.Response, bytes]:
    """Return the answer with its bytes as they came."""
    headers = GZIP | {name.replace("_", "-"): value for name, value in headers.items()}
    headers["Authorization"] = f"Bearer {actor.token}"
    async with actor.world.http.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([piece async for piece in answer.aiter_raw()])


@pytest.fixture
async def city(world: World) -> World:
    """Return a city with something to tell, published."""
    employer = await world.employer(trusted=True)
    await employer.posts_job(title='卸"瓷砖"\\与沙子')
    await employer.posts_job(place=HOUMA)
    await world.publish()
    return world


async def test_a_snapshot_has_every_record_as_it_is_and_the_cursor_to_go_on_from(city: World) -> None:
    province = await city.province()
    lines = lines_of(await province.get("/sync/v1/snapshot", headers=PLAIN))

    kept = json.loads(
        await city.look(
            "SELECT json_agg(json_build_object('type', kind, 'id', entity_id, 'version', version,"
            " 'data', data::json)) FROM province_records"
        )
    )
    assert sorted(lines[:-1], key=lambda one: one["id"]) == sorted(kept, key=lambda one: one["id"])
    assert {one["type"] for one in kept} >= {"job", "employer"}
    newest = await city.look(
        "SELECT to_hex(id) || '-' || mark FROM province_changes ORDER BY id DESC LIMIT 1"
    )
    assert lines[-1]["cursor"] == newest


async def test_what_is_published_while_it_is_made_is_behind_its_cursor(
    city: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = await city.province()
    employer = await city.employer(trusted=True)
    late: list[str] = []
    cursor_of = whole.cursor_of

    async def and_then_something_is_posted(connection: Any) -> str:
        cursor = await cursor_of(connection)
        late.append((await employer.posts_job())["id"])
        await city.publish()
        return cursor

    monkeypatch.setattr(whole, "cursor_of", and_then_something_is_posted)
    lines = lines_of(await province.get("/sync/v1/snapshot", headers=PLAIN))

    assert late[0] not in {line.get("id") for line in lines}
    after = ok(await province.get(f"/sync/v1/changes?after={lines[-1]['cursor']}"))["items"]
    assert late[0] in {item["id"] for item in after}


async def test_compressed_or_not_it_is_the_same(city: World) -> None:
    province = await city.province()
    plain = await province.get("/sync/v1/snapshot", headers=PLAIN)
    answer, pressed = await raw(province)

    assert gzip.decompress(pressed) == plain.content
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("weight", ["gzip;q=0", "br", "gzip; q=0.000", ""])
async def test_who_takes_no_gzip_gets_none(city: World, weight: str) -> None:
    answer, _ = await raw(await city.province(), Accept_Encoding=weight)
    assert "content-encoding" not in answer.headers


async def test_a_client_gets_the_types_that_it_may_read(city: World) -> None:
    province = await city.province(Scope.READ_JOB, Scope.READ_EMPLOYER)

    def types(answer: httpx.Response) -> set[str]:
        return {line["type"] for line in lines_of(answer)[:-1]}

    assert types(await province.get("/sync/v1/snapshot")) == {"job", "employer"}
    assert types(await province.get("/sync/v1/snapshot?types=job")) == {"job"}
    refused(await province.get("/sync/v1/snapshot?types=job,fair"), 403, "insufficient_scope")
    refused(await province.get("/sync/v1/snapshot?types=jobs"), 422, "invalid")
    pusher = await city.province(Scope.PUSH)
    refused(await pusher.get("/sync/v1/snapshot"), 403, "insufficient_scope")


async def test_what_broke_off_is_resumed_by_range(city: World) -> None:
    province = await city.province()
    answer, pressed = await raw(province)
    tag, half = answer.headers["etag"], len(pressed) // 2

    for headers in ({"If_Range": tag}, {}):
        rest, there = await raw(province, Range=f"bytes={half}-", **headers)
        assert rest.status_code == 206
        assert rest.headers["content-range"] == f"bytes {half}-{len(pressed) - 1}/{len(pressed)}"
        assert pressed[:half] + there == pressed
    outside, _ = await raw(province, Range=f"bytes={len(pressed)}-")
    assert outside.status_code == 416
    assert outside.headers["content-range"] == f"bytes */{len(pressed)}"


@pytest.mark.parametrize(
    "other", ['"0193a3c0-0000-7000-8000-000000000000"', '"*"', "Mon, 23 Nov 2026 08:00:00 GMT"]
)
async def test_the_rest_of_another_snapshot_is_never_given(city: World, other: str) -> None:
    province = await city.province()
    _, pressed = await raw(province)
    answer, there = await raw(province, Range="bytes=10-", If_Range=other)
    assert answer.status_code == 200
    assert there == pressed


async def test_a_snapshot_is_given_again_for_ten_minutes_and_resumed_for_an_hour(city: World) -> None:
    province = await city.province()
    first = (await raw(province))[0].headers["etag"]
    assert (await raw(province))[0].headers["etag"] == first
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        province.token = await city.province_token(province.client_id)
        second = (await raw(province))[0].headers["etag"]
        assert second != first
        assert (await raw(province, Range="bytes=5-", If_Range=first))[0].status_code == 206
    with time_machine.travel(clock.now() + KEPT + timedelta(minutes=1)):
        province.token = await city.province_token(province.client_id)
        assert (await raw(province, Range="bytes=5-", If_Range=first))[0].status_code == 200


async def test_a_snapshot_whose_cursor_leads_nowhere_is_made_anew(city: World) -> None:
    province = await city.province()
    first, _ = await raw(province)
    # As after a restore: the newest change is another one.
    async with city.session() as session:
        await (await session.connection()).exec_driver_sql(
            "UPDATE province_changes SET mark = 'f00f00f00f00'"
            " WHERE id = (SELECT max(id) FROM province_changes)"
        )
    again, pressed = await raw(province)
    assert again.headers["etag"] != first.headers["etag"]
    assert json.loads(gzip.decompress(pressed).splitlines()[-1])["cursor"].endswith("-f00f00f00f00")


async def test_who_says_no_stands_in_no_snapshot_that_is_given_after_it(city: World) -> None:
    province = await city.province()
    jobs_alone = "/sync/v1/snapshot?types=job"
    first, jobs = [
        (await raw(province, path))[0].headers["etag"] for path in ("/sync/v1/snapshot", jobs_alone)
    ]
    worker = await city.worker()
    ok(await worker.put("/v1/me/consents", {"province": True}))
    assert (await raw(province))[0].headers["etag"] == first
    ok(await worker.put("/v1/me/consents", {"province": False}))

    assert (await raw(province, Range="bytes=5-", If_Range=first))[0].status_code == 200
    assert (await raw(province, jobs_alone))[0].headers["etag"] == jobs  # where nobody stands


async def test_two_at_once_share_one(city: World) -> None:
    province = await city.province()
    many = await asyncio.gather(*(raw(province, "/sync/v1/snapshot?types=job,station") for _ in range(8)))
    assert len({answer.headers["etag"] for answer, _ in many}) == 1
    assert len({pressed for _, pressed in many}) == 1


@pytest.fixture
async def slow(city: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Slow":
    return Slow(city, tmp_path, monkeypatch)


class Slow:
    """Snapshots whose rows come only when they are let go."""

    def __init__(self, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.go, self.error = world, asyncio.Event(), None
        self.snapshots = Snapshots(world.database, folder)
        self.folder = folder
        monkeypatch.setattr(whole, "copy_out", self._copy_out)

    async def _copy_out(self, _connection: Any, _kinds: Any, take: Any) -> int:
        # What does not deflate, so that it is in the file at once.
        await take(os.urandom(snapshots.PIECE_BYTES * 2).hex().encode() + b"\n")
        await self.go.wait()
        if self.error:
            raise self.error
        return 1

    async def newest(self) -> snapshots.Snapshot:
        async with self.world.session() as session:
            return await self.snapshots.newest(session, [Kind.JOB])


async def test_a_reader_follows_what_is_still_made(slow: Slow) -> None:
    following = (await slow.newest()).read()
    first = await anext(following)
    assert first
    slow.go.set()
    rest = b"".join([piece async for piece in following])
    assert b'"count":1' in gzip.decompress(first + rest)


async def test_a_reader_of_what_will_never_be_whole_is_cut_off(slow: Slow) -> None:
    slow.error = asyncpg.PostgresConnectionError("gone")
    following = (await slow.newest()).read()
    await anext(following)
    slow.go.set()
    with pytest.raises(SnapshotBroken):
        await asyncio.wait_for(_exhaust(following), 20)
    assert list(slow.folder.iterdir()) == []


async def test_what_a_dead_process_left_is_not_given_and_is_removed(slow: Slow) -> None:
    left = slow.folder / "job.0-000000000000.0193a3c0-0000-7000-8000-000000000000.gz"
    left.write_bytes(b"half")
    slow.go.set()
    one = await slow.newest()
    assert b"".join([piece async for piece in one.read()]) != b"half"
    assert not left.exists()


async def test_what_another_process_is_about_to_lock_is_left_to_it(slow: Slow) -> None:
    unnamed = slow.folder / "job.0-000000000000.0193a3c0-0000-7000-8000-000000000000.new"
    unnamed.touch(0o600)
    slow.go.set()
    await _exhaust((await slow.newest()).read())
    assert unnamed.exists()
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        await _exhaust((await slow.newest()).read())
    assert not unnamed.exists()


async def test_files_are_few(slow: Slow) -> None:
    slow.go.set()
    for number in range(snapshots.MOST + 3):
        with time_machine.travel(clock.now() + timedelta(minutes=11 * number)):
            await _exhaust((await slow.newest()).read())
    assert len(list(slow.folder.iterdir())) <= snapshots.MOST


async def test_over_the_wire_the_end_is_missing_when_the_city_dies(city: World) -> None:
    async with serving(city.settings) as api, httpx.AsyncClient(base_url=api.address) as client:
        province = await city.province()
        async with city.session() as session:
            await (await session.connection()).exec_driver_sql(
                """INSERT INTO province_records (kind, entity_id, division, day, data, hash, version)
                   SELECT 'job', gen_random_uuid(), '141002', '2026-11-23',
                          '{"text":"' || repeat(md5(n::text), 40) || md5((n * 7)::text) || '"}', '', 1
                     FROM generate_series(1, 60000) n"""
            )
        headers = {"Authorization": f"Bearer {province.token}"} | GZIP
        unpack = zlib.decompressobj(31)

        async def read_while_it_dies() -> None:
            async with client.stream("GET", "/sync/v1/snapshot?types=job", headers=headers) as answer:
                async for piece in answer.aiter_raw():
                    unpack.decompress(piece)
                    if api.is_running:
                        api.kill()

        with pytest.raises(httpx.RemoteProtocolError):
            await read_while_it_dies()
        assert not unpack.eof


async def _exhaust(reading: Any) -> None:
    async for _ in reading:
        pass
