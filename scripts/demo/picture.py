"""The pictures of the demo city: of all certificates, all evidence, all signed sheets, and of fairs."""

from io import BytesIO

from PIL import Image, ImageColor, ImageDraw, ImageFont

from app.core.pictures import cleaned
from app.core.ports import ports

KEY = "certificates/00000000-0000-4000-8000-00000000d30a"
EVIDENCE = "evidence/00000000-0000-4000-8000-00000000d30b"
SHEET = "consents/00000000-0000-4000-8000-00000000d30c"
_SAYING = {
    KEY: "DEMO - NOT A CERTIFICATE",
    EVIDENCE: "DEMO - NO REAL EVIDENCE",
    SHEET: "DEMO - NO REAL SIGNATURE",
}
COVERS = tuple(f"covers/00000000-0000-4000-8000-00000000d31{n}" for n in range(3))
_COVER_COLOURS = (("#9c2b23", "#f0c05a"), ("#1f4e79", "#9fd0e8"), ("#2e6b3a", "#e6e2a0"))


async def keep() -> None:
    """Keep the pictures in the file store."""
    for key, text in _SAYING.items():
        page = Image.new("RGB", (480, 300), "#f4efe2")
        pen = ImageDraw.Draw(page)
        pen.rectangle((12, 12, 468, 288), outline="#9c2b23", width=3)
        pen.rectangle((350, 60, 440, 180), outline="#888888")
        for y in range(70, 260, 32):
            pen.line((40, y, 310, y), fill="#bbbbbb", width=2)
        pen.text((40, 32), text, fill="#9c2b23")
        await _put(key, page)
    for key, colours in zip(COVERS, _COVER_COLOURS, strict=True):
        await _put(key, _cover(*colours))


def _cover(ground: str, light: str) -> Image.Image:
    """Draw a stage: rays of light behind a host at a table."""
    page = Image.new("RGB", (640, 360), ground)
    pen = ImageDraw.Draw(page)
    for x in range(-240, 881, 160):
        pen.polygon(((320, 120), (x, 360), (x + 60, 360)), fill=_between(ground, light))
    pen.ellipse((280, 80, 360, 160), fill=light)
    pen.rounded_rectangle((240, 170, 400, 300), 40, fill=light)
    pen.rectangle((140, 270, 500, 360), fill=ground, outline=light, width=6)
    pen.text((320, 315), "DEMO LIVE", fill=light, anchor="mm", font=ImageFont.load_default(36))
    return page


def _between(one: str, other: str) -> tuple[int, ...]:
    pairs = zip(ImageColor.getrgb(one), ImageColor.getrgb(other), strict=True)
    return tuple((3 * a + b) // 4 for a, b in pairs)


async def _put(key: str, page: Image.Image) -> None:
    drawn = BytesIO()
    page.save(drawn, "PNG")
    picture = await cleaned(drawn.getvalue())
    await ports().files.put(key, picture.data, picture.content_type)
