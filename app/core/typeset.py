"""Documents to print: a typst template, its data as JSON, a PDF; the templates stand beside their domains."""

import asyncio
import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import segno
import typst

ROOT = Path(__file__).parent.parent
# One takes some 20 to 40 ms of one core; more at once would only keep the others waiting.
_setting = ThreadPoolExecutor(max_workers=2, thread_name_prefix="typeset")


async def pdf(template: str, data: dict[str, Any], *, marks: dict[str, str] | None = None) -> bytes:
    """Return a PDF of a template below app/ ("engagements/print/terms.typ").

    The template reads `json(bytes(sys.inputs.data))`; each of `marks` is text that becomes a QR code,
    given to the template as SVG under `data.marks`.
    """
    return await _set(template, data, marks, "pdf")


async def picture(template: str, data: dict[str, Any], *, marks: dict[str, str] | None = None) -> bytes:
    """Return the first page as PNG, for a look at it on a phone, and for tests."""
    return await _set(template, data, marks, "png")


def qr(text: str) -> str:
    """Return a QR code as SVG that scales to the room it is given; a tenth of it may be damaged."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=2, omitsize=True, svgns=True)
    return drawn.getvalue().decode()


async def _set(
    template: str, data: dict[str, Any], marks: dict[str, str] | None, kind: Literal["pdf", "png"]
) -> bytes:
    given = data | {"marks": {name: qr(text) for name, text in (marks or {}).items()}}
    return await asyncio.get_running_loop().run_in_executor(_setting, _compiled, template, given, kind)


def _compiled(template: str, data: dict[str, Any], kind: Literal["pdf", "png"]) -> bytes:
    # A date of making would make two prints of one thing differ.
    made: bytes | list[bytes] = typst.compile(
        str(ROOT / template),
        root=str(ROOT),
        format=kind,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=str)},
        timestamp=0,
        ppi=110.0,
    )
    return made[0] if isinstance(made, list) else made
