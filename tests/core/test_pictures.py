"""Of an uploaded picture only the pixels are kept, and no upload can cost much."""

import io
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from app.core import pictures
from app.core.pictures import clean

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
