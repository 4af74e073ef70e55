"""Charts as SVG, small enough to be written by hand: no script, no outside font, read aloud by its title."""

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_WIDE, _ROW, _TOP, _LABELS, _VALUES = 720, 44, 64, 150, 150
_COLOUR, _GROUND, _INK, _FAINT = "#1f6f54", "#e8efec", "#1c2b26", "#5d6b66"
_FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif"


# Outside XML 1.0's Char.
_NO_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Step(NamedTuple):
    """One bar."""

    name: str
    value: int


def funnel(title: str, steps: Sequence[Step]) -> str:
    """Draw the steps under each other: how many, and what part of the step before."""
    most = max((step.value for step in steps), default=0) or 1
    room = _WIDE - _LABELS - _VALUES
    high = _TOP + _ROW * len(steps) + 16
    said = ";".join(f"{step.name} {step.value}" for step in steps)
    bars = []
    before: int | None = None
    for number, step in enumerate(steps):
        y, wide = _TOP + _ROW * number, round(room * step.value / most, 1)
        part = f" · {step.value * 100 / before:.1f}%" if before else ""
        middle = y + _ROW / 2
        bars.append(
            f'<text x="{_LABELS - 12}" y="{middle}" dy=".35em" text-anchor="end" fill="{_INK}">'
            f"{_said(step.name)}</text>"
            f'<rect x="{_LABELS}" y="{y + 6}" width="{room}" height="{_ROW - 12}" rx="4" fill="{_GROUND}"/>'
            f'<rect x="{_LABELS}" y="{y + 6}" width="{wide}" height="{_ROW - 12}" rx="4" fill="{_COLOUR}"/>'
            f'<text x="{_LABELS + room + 12}" y="{middle}" dy=".35em" fill="{_INK}">{step.value}'
            f'<tspan fill="{_FAINT}">{part}</tspan></text>'
        )
        before = step.value
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {high}" width="{_WIDE}"'
        f' height="{high}"'
        ' role="img" aria-labelledby="title desc" lang="zh-CN"'
        f' font-family="{_FONT}" font-size="15">'
        f'<title id="title">{_said(title)}</title><desc id="desc">{_said(said)}</desc>'
        f'<rect width="{_WIDE}" height="{high}" fill="#fff"/>'
        f'<text x="16" y="32" font-size="18" font-weight="bold" fill="{_INK}">{_said(title)}</text>'
        f"{''.join(bars)}</svg>"
    )


def _said(text: str) -> str:
    """Return text that XML can hold: what it has no character for is left out."""
    return escape(_NO_XML.sub("", text))
