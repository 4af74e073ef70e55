"""Pictures through the doors that take them: hostile ones refused, others kept as pixels alone (S13)."""

import zlib
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.world import Employer, Worker, World, ok, refused

CANARY = b"CANARY-36.0881N-111.5189E"


@pytest.fixture
async def doors(world: World) -> list[tuple[Worker | Employer, str, dict[str, str]]]:
    """Who uploads, where, with which other fields."""
    worker, employer = await world.worker(), await world.employer()
    return [
        (worker, "/v1/me/worker/certificates", {"kind": "SW-WELD"}),
        (employer, f"/v1/employers/{employer.employer_id}/documents", {"kind": "licence"}),
    ]


def photograph() -> bytes:
    """Return a JPEG with a place in its EXIF, a comment, and something appended."""
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825)[29] = CANARY.decode()
    out = BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG", exif=exif, comment=CANARY)
    return out.getvalue() + b"<script>" + CANARY


def bomb() -> bytes:
    """Return a small PNG of 40,000 by 40,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(bytes(5_001) * 4_000)
    header = chunk(b"IHDR", pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HOSTILE = {
    "nothing": (b"", "not_a_picture"),
    "a bomb": (bomb(), "too_many_pixels"),
    "a page": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not_a_picture"),
    "a document": (b"%PDF-1.7 ...", "not_a_picture"),
    "a program": (b"MZ" + bytes(500), "not_a_picture"),
    "half a picture": (photograph()[:200], "truncated"),
    "nine megabytes": (b"\xff\xd8\xff" + bytes(9 * 1024 * 1024), "too_large"),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_what_is_no_picture_is_refused_and_not_kept(world: World, doors: Any, kind: str) -> None:
    content, code = HOSTILE[kind]
    for actor, path, data in doors:
        files = {"file": ("../../etc/passwd.png", content, "image/png")}
        faults = refused(await actor.post(path, data=data, files=files), 422, "picture_invalid")["errors"]
        assert [(fault["pointer"], fault["code"]) for fault in faults] == [("/file", code)]
    assert _kept(world) == []


async def test_a_picture_is_kept_without_where_it_was_taken(world: World, doors: Any) -> None:
    assert photograph().count(CANARY) >= 4
    for actor, path, data in doors:
        files = {"file": ("photo.jpg", photograph(), "application/x-php")}
        ok(await actor.post(path, data=data, files=files), 201)

    kept = _kept(world)
    assert len(kept) == len(doors)
    for file in kept:
        content = file.read_bytes()
        assert b"CANARY" not in content
        assert b"script" not in content
        assert Image.open(BytesIO(content)).format == "JPEG"
        assert "photo" not in file.name


async def test_staff_see_the_redrawn_picture(world: World, doors: Any) -> None:
    worker, path, data = doors[0]
    files = {"file": ("photo.jpg", photograph(), "image/jpeg")}
    card = ok(await worker.post(path, data=data, files=files), 201)

    seen = await (await world.staff()).get(f"/admin/v1/certificates/{card['id']}/picture")

    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
    assert seen.headers["cache-control"] == "no-store"
    assert b"CANARY" not in seen.content


async def test_more_than_ten_megabytes_are_not_even_read(doors: Any) -> None:
    for actor, path, data in doors:
        files = {"file": ("a.jpg", bytes(11 * 1024 * 1024), "image/jpeg")}
        answer: httpx.Response = await actor.post(path, data=data, files=files)
        refused(answer, 413, "too_large")


@pytest.fixture(autouse=True)
def _empty(world: World) -> None:
    for file in _kept(world):
        file.unlink()


def _kept(world: World) -> list[Path]:
    folder = world.settings.local_dir / "files"
    return [file for file in folder.rglob("*") if file.is_file()]
