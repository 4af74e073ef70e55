"""Files are kept under random names, and a link opens one of them for a while."""

import os
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from app.core.files import FileAbsent, Files, Links, new_key
from tests.stubs.server import serving

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
LINK_KEY = b"k" * 32
OUTSIDE = [
    "",
    "certificates",
    "certificates/",
    "../certificates/0f8fad5b-d9cb-469f-a165-70867728950e",
    "certificates/../../etc/passwd",
    "certificates/%2e%2e/passwd",
    "/etc/passwd",
    "Certificates/0f8fad5b-d9cb-469f-a165-70867728950e",
    "certificates/0f8fad5b-d9cb-469f-a165-70867728950e\n",
    "certificates/0f8fad5b-d9cb-469f-a165-70867728950e/more",
    "certificates\\0f8fad5b-d9cb-469f-a165-70867728950e",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a new folder"


@pytest.fixture
def files(folder: Path) -> Files:
    return Files(folder.as_uri())


async def test_what_was_put_is_got_until_it_is_deleted(files: Files, folder: Path) -> None:
    key = new_key("certificates")

    await files.put(key, b"picture", "image/jpeg")

    assert await files.get(key) == b"picture"
    assert (folder / key).read_bytes() == b"picture"
    await files.delete(key)
    with pytest.raises(FileAbsent):
        await files.get(key)
    await files.delete(key)


def test_keys_are_never_the_same_and_tell_nothing() -> None:
    keys = {new_key("licences") for _ in range(1000)}

    assert len(keys) == 1000
    assert all(key.startswith("licences/") for key in keys)
    with pytest.raises(FileAbsent):
        new_key("../licences")


@pytest.mark.parametrize("key", OUTSIDE)
async def test_nothing_but_a_key_reaches_the_store(files: Files, folder: Path, key: str) -> None:
    with pytest.raises(FileAbsent):
        await files.put(key, b"x", "image/jpeg")
    with pytest.raises(FileAbsent):
        await files.get(key)
    with pytest.raises(FileAbsent):
        await files.delete(key)
    assert not os.listdir(folder)  # noqa: PTH208 - asyncio's rule and pathlib's are at odds here


def test_other_kinds_of_store_are_refused() -> None:
    for url in ("/var/files", "http://example.com/", "memory:///"):
        with pytest.raises(ValueError):
            Files(url)


@pytest.fixture
async def bucket(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, tuple[bytes, str | None]]]:
    """Stand in for S3 as far as PUT, GET and the deletion by list go."""
    kept: dict[str, tuple[bytes, str | None]] = {}

    async def s3(request: Request) -> Response:
        path = request.url.path
        if request.method == "PUT":
            kept[path] = await request.body(), request.headers.get("content-type")
            return Response(headers={"ETag": '"1"'})
        if request.method == "POST":
            keys = re.findall(r"<Key>(.+?)</Key>", (await request.body()).decode())
            for key in keys:
                kept.pop(f"{path}/{key}", None)
            deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            return Response(f"<DeleteResult>{deleted}</DeleteResult>", media_type="application/xml")
        if path not in kept:
            return Response(status_code=404)
        return Response(
            kept[path][0], headers={"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 04:00:00 GMT"}
        )

    app = Starlette()
    app.add_route("/{path:path}", s3, methods=["GET", "PUT", "POST"])
    async with serving(app) as address:
        for name, value in {
            "AWS_ENDPOINT": address,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "cn-north-1",
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }.items():
            monkeypatch.setenv(name, value)
        yield kept


async def test_s3_keeps_the_same_and_the_type_too(bucket: dict[str, tuple[bytes, str | None]]) -> None:
    files, key = Files("s3://gigs/uploads"), new_key("certificates")

    await files.put(key, b"picture", "image/jpeg")

    assert bucket == {f"/gigs/uploads/{key}": (b"picture", "image/jpeg")}
    assert await files.get(key) == b"picture"
    await files.delete(key)
    await files.delete(key)
    with pytest.raises(FileAbsent):
        await files.get(key)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


links = Links(LINK_KEY)


def test_a_link_opens_one_file_until_its_time(clock: time_machine.Traveller) -> None:
    mine, another = new_key("licences"), new_key("licences")
    ticket = links.sign(mine, NOON + timedelta(minutes=5))

    assert links.verify(mine, ticket)
    assert not links.verify(another, ticket)
    assert not Links(b"q" * 32).verify(mine, ticket)
    clock.move_to(NOON + timedelta(minutes=5))
    assert not links.verify(mine, ticket)


def test_a_link_can_not_be_made_to_last(clock: time_machine.Traveller) -> None:
    key = new_key("licences")
    until, _, signature = links.sign(key, NOON + timedelta(minutes=5)).partition(".")
    clock.move_to(NOON + timedelta(hours=1))

    assert not links.verify(key, f"{int(until) + 36_000}.{signature}")


@given(st.text(max_size=60))
def test_a_made_up_ticket_opens_nothing_and_is_no_error(ticket: str) -> None:
    assert not links.verify("licences/0f8fad5b-d9cb-469f-a165-70867728950e", ticket)
    assert not links.verify("licences/0f8fad5b-d9cb-469f-a165-70867728950e", f"99999999999.{ticket}")


def test_a_short_link_key_is_refused() -> None:
    with pytest.raises(ValueError):
        Links(b"short")
