"""No upload can cost much, be an error, or pass for a picture that it is not."""

import asyncio
import subprocess
import sys
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.core import pictures
from app.core.pictures import MAX_BYTES, PictureRefused, Reason, clean, cleaned
from tests.core.test_pictures import encoded, scene


def refusal(data: bytes) -> Reason:
    with pytest.raises(PictureRefused) as refused:
        clean(data)
    return refused.value.reason


def png_of(width: int, height: int, body: bytes = b"", *, extra: bytes = b"") -> bytes:
    """Write a PNG of one bit a pixel whose header may promise anything."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%PDF-1.7",
        b"PK\x03\x04" + encoded(scene(), "JPEG"),
        b"RIFF\x00\x00\x00\x00AVI ",
        encoded(scene(), "BMP"),
        encoded(scene(), "TIFF"),
        encoded(scene(), "GIF"),
    ],
    ids=["nothing", "gif", "svg", "pdf", "zip and jpeg", "avi", "bmp", "tiff", "real gif"],
)
def test_other_kinds_are_refused_by_their_content(data: bytes) -> None:
    assert refusal(data) == Reason.NOT_A_PICTURE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_refused_wherever_it_was_cut(kind: str) -> None:
    data = encoded(Image.effect_noise((64, 64), 90).convert("RGB"), kind)

    for part in (0.05, 0.3, 0.6, 0.9):
        assert refusal(data[: int(len(data) * part)] if part > 0.1 else data[:12]) == Reason.TRUNCATED


def test_eight_mebibytes_are_the_limit() -> None:
    data = encoded(scene(), "JPEG")

    assert clean(data + bytes(MAX_BYTES - len(data)))
    assert refusal(data + bytes(MAX_BYTES - len(data) + 1)) == Reason.TOO_LARGE


@pytest.mark.parametrize(
    "size", [(6001, 4000), (8000, 8000), (12000, 12000), (60000, 60000), (2**31 - 1, 2**31 - 1)]
)
def test_a_picture_that_promises_too_many_pixels_is_refused_before_it_is_decoded(
    size: tuple[int, int],
) -> None:
    before = time.process_time()

    assert refusal(png_of(*size)) == Reason.TOO_MANY_PIXELS
    assert time.process_time() - before < 0.1


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = encoded(scene((2000, 1500)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    bomb = data[:last] + data[last:-2] * 500 + data[-2:]

    before = time.process_time()
    assert refusal(bomb) == Reason.TOO_LARGE
    assert time.process_time() - before < 0.1
    assert clean(data)


def test_packed_text_that_unfolds_is_refused_or_dropped() -> None:
    content = b"note\0\0" + zlib.compress(bytes(50_000_000))
    chunk = pack(">I", len(content)) + b"zTXt" + content + pack(">I", zlib.crc32(b"zTXt" + content))
    profile = b"icc\0\0" + zlib.compress(bytes(50_000_000))
    other = pack(">I", len(profile)) + b"iCCP" + profile + pack(">I", zlib.crc32(b"iCCP" + profile))

    for extra in (chunk, other):
        data = png_of(8, 8, zlib.compress(bytes(16)), extra=extra)
        try:
            assert len(clean(data).data) < 10_000
        except PictureRefused as refused:
            assert refused.reason == Reason.TRUNCATED  # noqa: PT017 - either is harmless


ORIGINALS = {kind: encoded(scene((48, 32)), kind) for kind in ("JPEG", "PNG", "WEBP")}
ORIGINALS["EXIF"] = encoded(
    scene((48, 32)), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
)


@given(
    kind=st.sampled_from(sorted(ORIGINALS)),
    damage=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=8),
)
@settings(max_examples=300, deadline=None)
def test_damage_is_drawn_or_refused_and_never_an_error(kind: str, damage: list[tuple[int, int]]) -> None:
    data = bytearray(ORIGINALS[kind])
    for at, value in damage:
        data[at % len(data)] = value

    with suppress(PictureRefused, Warning):  # tests alone make a warning about damage an error
        clean(bytes(data))


PEAK_OF_CLEANING = """
import sys
from app.core.pictures import clean

def peak_mib():
    lines = open("/proc/self/status").readlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024

data = sys.stdin.buffer.read()
before = peak_mib()
clean(data)
print(peak_mib() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_the_largest_picture_costs_less_than_400_mib() -> None:
    data = encoded(Image.new("RGBA", (6000, 4000), (0, 90, 90, 200)), "PNG", compress_level=1)
    child = [sys.executable, "-c", PEAK_OF_CLEANING]

    peak_mib = int(subprocess.run(child, input=data, capture_output=True, check=True).stdout)  # noqa: S603

    assert 50 < peak_mib < 400


async def test_two_are_drawn_at_once_and_the_rest_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, lock = 0, 0, threading.Lock()
    real = pictures.clean

    def watched(data: bytes) -> pictures.Picture:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)
        with lock:
            at_once -= 1
        return real(data)

    monkeypatch.setattr(pictures, "clean", watched)

    done = await asyncio.gather(*(cleaned(ORIGINALS["PNG"]) for _ in range(8)))

    assert len(done) == 8
    assert most == 2
