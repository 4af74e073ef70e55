"""The pictures that the demo city shows: of all certificates, all evidence, and all signed sheets."""

from io import BytesIO

from PIL import Image, ImageDraw

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
        drawn = BytesIO()
        page.save(drawn, "PNG")
        picture = await cleaned(drawn.getvalue())
        await ports().files.put(key, picture.data, picture.content_type)
