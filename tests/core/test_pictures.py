"""Of an uploaded picture only the pixels are kept, and no upload can cost much."""

import asyncio
import io
import subprocess
import sys
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from app.core import pictures
from app.core.pictures import MAX_BYTES, PictureRefused, Reason, clean, cleaned

GPS_CANARY = b"CANARY-36.0881N-111.5189E"


def scene(size: tuple[int, int] = (320, 200), mode: str = "RGB") -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", size, "red")
    ImageDraw.Draw(image).rectangle((0, size[1] // 2, *size), fill="blue")
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def drawn(picture: pictures.Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (picture.width, picture.height))
    return image


def near(pixel: Any, *wanted: int) -> bool:
    return all(abs(had - want) < 12 for had, want in zip(pixel, wanted, strict=True))


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


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "MPO"])
def test_jpeg_png_and_webp_become_jpeg(kind: str) -> None:
    picture = clean(encoded(scene(), kind))

    assert picture.content_type == "image/jpeg"
    assert near(drawn(picture).getpixel((160, 20)), 254, 0, 0)
    assert near(drawn(picture).getpixel((160, 180)), 0, 0, 254)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "1"),
        ("PNG", "L"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("PNG", "I;16"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("WEBP", "RGBA"),
    ],
)
def test_every_kind_of_pixel_is_drawn(kind: str, mode: str) -> None:
    image = (
        Image.new("I;16", (30, 20), 128 * 256)
        if mode == "I;16"
        else Image.new("L", (30, 20), 128).convert(mode)
    )

    pixel = drawn(clean(encoded(image, kind))).getpixel((15, 10))

    assert mode == "1" or near(pixel, 128, 128, 128)


def test_what_is_transparent_becomes_white() -> None:
    image = Image.new("RGBA", (64, 64), (200, 0, 0, 0))
    image.paste((0, 128, 0, 255), (32, 0, 64, 64))

    flat = drawn(clean(encoded(image, "PNG")))

    assert near(flat.getpixel((8, 8)), 255, 255, 255)
    assert near(flat.getpixel((56, 8)), 0, 128, 0)


def test_positions_and_every_other_metadata_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = GPS_CANARY.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 5.0, 17.0), 29: GPS_CANARY.decode()})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt("note", GPS_CANARY.decode())
    for data in (
        encoded(scene(), "JPEG", exif=exif, icc_profile=profile, comment=GPS_CANARY, xmp=GPS_CANARY),
        encoded(scene(), "PNG", exif=exif, icc_profile=profile, pnginfo=notes),
        encoded(scene(), "WEBP", exif=exif, icc_profile=profile, xmp=GPS_CANARY),
    ):
        assert GPS_CANARY in data

        picture = clean(data)

        assert GPS_CANARY not in picture.data
        assert b"Exif" not in picture.data
        assert not {"exif", "icc_profile", "comment", "xmp"} & drawn(picture).info.keys()


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (320, 200)), (3, (320, 200)), (6, (200, 320)), (8, (200, 320))]
)
def test_a_picture_taken_sideways_stands_upright(orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    red_at = {1: (100, 10), 3: (100, 190), 6: (190, 100), 8: (10, 100)}

    upright = drawn(clean(encoded(scene(), "JPEG", exif=exif)))

    assert upright.size == size
    assert near(upright.getpixel(red_at[orientation]), 254, 0, 0)


@pytest.mark.parametrize(
    ("size", "kept"),
    [((4096, 1024), (2048, 512)), ((30, 9000), (7, 2048)), ((100, 80), (100, 80)), ((1, 1), (1, 1))],
)
def test_the_longest_side_is_2048_and_small_pictures_do_not_grow(
    size: tuple[int, int], kept: tuple[int, int]
) -> None:
    assert drawn(clean(encoded(scene(size), "JPEG"))).size == kept


def test_of_a_moving_picture_the_first_frame_stays() -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("lime", "red", "blue")]
    for kind in ("WEBP", "PNG"):
        moving = encoded(frames[0], kind, save_all=True, append_images=frames[1:])

        assert near(drawn(clean(moving)).getpixel((20, 20)), 0, 255, 0)


def test_what_was_appended_or_hidden_is_gone() -> None:
    script = b"<script>alert(1)</script>PK\x03\x04"
    for data in (encoded(scene(), "JPEG", comment=script) + script, encoded(scene(), "PNG") + script):
        assert script not in clean(data).data


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
