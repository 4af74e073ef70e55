"""Uploaded pictures: looked at by content, redrawn from their pixels, with nothing else kept."""

import asyncio
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import Image, ImageOps

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 24_000_000
LONGEST_SIDE = 2048
_QUALITY = 85
# A progressive JPEG may ask for thousands of passes over all pixels; cameras make about ten, and
# a preview in the metadata has some of its own.
_MAX_SCANS = 100
_START_OF_SCAN = b"\xff\xda"
# Pillow has no exception of its own for damaged files; these are what its readers let through.
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, struct.error, zlib.error)

# Two at once, so that memory stays bounded however many upload. Unlike a semaphore, a pool still
# counts a thread whose caller went away.
_redrawing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pictures")


class Reason(StrEnum):
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_A_PICTURE = "not_a_picture"
    TRUNCATED = "truncated"


class PictureRefused(Exception):  # noqa: N818 - the caller explains the reason
    """These bytes are not a picture that we keep."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG drawn anew; width and height in pixels."""

    data: bytes
    width: int
    height: int
    content_type: str = "image/jpeg"


async def cleaned(data: bytes) -> Picture:
    """Clean the picture in a thread, at most two at once; refuses as `clean` does."""
    return await asyncio.get_running_loop().run_in_executor(_redrawing, clean, data)


def clean(data: bytes) -> Picture:
    """Redraw a JPEG, PNG or WebP as an upright JPEG on white, longest side 2048, no metadata.

    Only the pixels of the first frame survive: no EXIF (it tells where one lives), no profile, no
    comment, nothing that was appended. Refuses with PictureRefused what has more than 8 MiB
    (`too_large`) or 24 million pixels (`too_many_pixels`), is of another kind (`not_a_picture`),
    or is damaged (`truncated`).
    """
    if len(data) > MAX_BYTES:
        raise PictureRefused(Reason.TOO_LARGE)
    kind = _kind(data)
    if kind == "JPEG" and data.count(_START_OF_SCAN) > _MAX_SCANS:
        raise PictureRefused(Reason.TOO_LARGE)
    try:
        with Image.open(BytesIO(data), formats=[kind]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PictureRefused(Reason.TOO_MANY_PIXELS)
            return _redrawn(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(Reason.TOO_MANY_PIXELS) from None
    except _DAMAGE:
        raise PictureRefused(Reason.TRUNCATED) from None


def _kind(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    raise PictureRefused(Reason.NOT_A_PICTURE)


def _redrawn(image: Image.Image) -> Picture:
    drawn: Image.Image = image
    if image.mode.startswith("I"):
        drawn = image.convert("I").point(lambda level: level / 256).convert("L")  # 16 bits to 8
    elif image.mode in {"P", "1"} or "transparency" in image.info:
        drawn = image.convert("RGBA")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn = ImageOps.exif_transpose(drawn)
    page = Image.new("RGB", drawn.size, "white")
    page.paste(drawn, mask=drawn if drawn.mode in {"LA", "RGBA"} else None)
    out = BytesIO()
    page.save(out, "JPEG", quality=_QUALITY)
    return Picture(out.getvalue(), page.width, page.height)
