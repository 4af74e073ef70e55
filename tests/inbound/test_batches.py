"""Batches: ten thousand lines, bad ones among them, cut off, too large, at the same time."""

import asyncio
import json
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from app.inbound import batches
from app.sync.models import Scope
from tests.inbound.vacancies import Json, batch, line, vacancy
from tests.world import Province, World, refused

_VERSIONS = text("SELECT version, count(*) FROM province_vacancies GROUP BY version")
PATH = "/sync/v1/inbound/batches"
NDJSON = {"Content-Type": "application/x-ndjson"}


def lines_of(numbers: range, version: int = 1, **changes: object) -> list[bytes]:
    """Return lines that differ in their ids alone."""
    body = json.dumps(vacancy(version=version, **changes), ensure_ascii=False)
    return [f'{{"source_id": "SX-{n:05}", "version": {version}, "job": {body}}}'.encode() for n in numbers]


async def _sent(province: Province, body: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    return await province.call("POST", PATH, content=body, headers=NDJSON | headers)


async def test_ten_thousand_lines_with_bad_ones_among_them(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    lines = lines_of(range(10_000))
    bad = {
        7: b'{"source_id": "SX-00007", "version": 1, "job": {"title": 3}}',
        4_000: b"\xff\xfe not utf-8",
        5_000: b'{"source_id": "SX-05000", "version": 1e400, "closed": true}',
        6_000: b"[" * 5_000,
        7_000: b'{"source_id": "SX\\u0000", "version": 1, "closed": true}',
        8_000: b'{"source_id": "SX-08000", "version": ' + b"9" * 5_000 + b', "closed": true}',
        9_000: b'{"source_id": "\\ud800", "version": 1, "closed": true}',
        9_500: b'"' + b"x" * batches.LONGEST_LINE + b'"',
    }
    for n, spoilt in bad.items():
        lines[n] = spoilt

    answer = await _sent(province, b"\n".join(lines))

    told = [json.loads(one) for one in answer.text.splitlines()]
    assert [one["line"] for one in told] == list(range(1, 10_001))
    assert Counter(one["status"] for one in told) == {"stored": 10_000 - len(bad), "invalid": len(bad)}
    assert {one["line"] - 1 for one in told if one["status"] == "invalid"} == set(bad)
    assert await world.count("province_vacancies") == 10_000 - len(bad)
    again = await _sent(province, b"\n".join(lines))
    assert Counter(json.loads(one)["status"] for one in again.text.splitlines())["unchanged"] == 9_992


async def test_the_line_after_the_last_is_told_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_LINES", 3)
    province = await world.province(Scope.WRITE_JOB)

    told = await batch(province, *lines_of(range(5)))

    assert [one["status"] for one in told] == ["stored"] * 3 + ["invalid"]
    assert told[-1]["errors"][0]["code"] == "too_many_lines"
    assert await world.count("province_vacancies") == 3


async def test_what_is_no_batch_is_refused_before_anything_is_done(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    body = b"\n".join(lines_of(range(2)))

    plain = await province.call("POST", PATH, content=body, headers={"Content-Type": "application/json"})
    refused(plain, 415, "wrong_media_type")
    announced = {"Content-Length": str(batches.LARGEST + 1)}
    refused(await _sent(province, body, **announced), 413, "too_large")
    other = await world.province(Scope.READ_JOB)
    refused(await _sent(other, body), 403, "insufficient_scope")
    assert await world.count("province_vacancies") == 0
    assert (await _sent(province, b"")).text == ""


async def test_a_cut_connection_leaves_whole_chunks_and_sending_again_is_harmless(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    lines = lines_of(range(1_200))

    async def cut() -> AsyncIterator[bytes]:
        yield b"\n".join(lines[:1_100])
        raise ConnectionError

    assert (await _sent(province, cut())).status_code >= 400

    assert await world.count("province_vacancies") == 1_000
    statuses = Counter(one["status"] for one in await batch(province, *lines))
    assert statuses.total() == 1_200
    assert set(statuses) <= {"stored", "unchanged"}
    assert await world.count("province_vacancies") == 1_200


async def test_batches_at_the_same_time_leave_the_highest_versions(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    backwards = [lines_of(range(600), version)[:: (-1) ** version] for version in range(1, 7)]

    told = await asyncio.gather(*(batch(province, *lines) for lines in backwards))

    assert {one["status"] for answers in told for one in answers} <= {"stored", "stale"}
    async with world.session() as session:
        versions = await session.execute(_VERSIONS)
        assert versions.all() == [(6, 600)]


async def test_a_batch_is_never_held_as_a_whole(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    long = lines_of(range(1), description="卸" * 4_000)[0]
    number = 2_000

    async def sent() -> AsyncIterator[bytes]:
        for n in range(number):
            yield long.replace(b"SX-00000", f"SX-{n:05}".encode()) + b"\n"

    tracemalloc.start()
    try:
        answer = await _sent(province, sent())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(answer.text.splitlines()) == number
    assert len(long) * number > 24_000_000
    assert peak < 18_000_000, peak


def _errors(told: list[Json]) -> list[str]:
    return [fault["code"] for one in told for fault in one["errors"]]


async def test_a_version_is_said_once(world: World) -> None:
    province = await world.province(Scope.WRITE_JOB)
    within = line("SX-1", 4)
    del within["version"]

    another = line("SX-2", 3) | {"version": 5}
    told = await batch(province, within, another, {"source_id": "SX-3", "closed": True})

    assert [one["status"] for one in told] == ["stored", "invalid", "invalid"]
    assert _errors(told) == ["version_required", "version_required"]
