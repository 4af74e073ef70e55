"""Uploaded pictures: redrawn, then kept in the file store."""

from app.core.files import new_key
from app.core.pictures import PictureRefused, cleaned
from app.core.ports import ports
from app.core.problems import Fault, Invalid


class PictureInvalid(Invalid):
    code = "picture_invalid"
    title = "图片无法使用:应为 8 MB 以内的 JPEG、PNG 或 WebP"
    title_en = "This picture can't be used: JPEG, PNG or WebP of up to 8 MB"


async def store_picture(folder: str, upload: bytes, pointer: str = "/file") -> str:
    """Clean an uploaded picture and keep it; return its key. Refuses what is no picture."""
    try:
        picture = await cleaned(upload)
    except PictureRefused as refused:
        fault = Fault(pointer, refused.reason.value, PictureInvalid.title, PictureInvalid.title_en)
        raise PictureInvalid(faults=[fault]) from None
    key = new_key(folder)
    await ports().files.put(key, picture.data, picture.content_type)
    return key
