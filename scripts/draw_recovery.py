"""Draw docs/standing.svg: how penalties recover, as app.standing.score has it; run after a change there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from app.engagements.models import Side
from app.standing.score import RECOVERY, Fact, Held, ReasonCode, standing

PICTURE = Path(__file__).parent.parent / "docs" / "standing.svg"
LINES = (
    (Held(ReasonCode.NO_SHOW, datetime(2026, 1, 1, tzinfo=UTC)), "爽约 no-show", "#b3261e"),
    (
        Held(ReasonCode.CANCELLED_LATE, datetime(2026, 1, 1, tzinfo=UTC), 60),
        "两小时内取消 within 2 h",
        "#1a5fb4",
    ),
    (Held(ReasonCode.RATED_LOW, datetime(2026, 1, 1, tzinfo=UTC), 1), "一星评价 one star", "#2d7d46"),
)
LEFT, TOP, STEP, TALL = 60, 30, 52, 9
LOWEST, NAMES_AT, NAMES_FROM = 76, 6, 87


def scores(held: Held) -> list[int]:
    """Return the score after 0 to 10 engagements done well since."""
    first = Fact(UUID(int=0), held.at, done=False, held=(held,))
    good = [Fact(UUID(int=n), held.at + timedelta(days=n), done=True) for n in range(1, RECOVERY + 1)]
    return [standing([first, *good[:n]], Side.WORKER).score for n in range(RECOVERY + 1)]


def drawn() -> str:
    """Return the picture as SVG."""
    right, bottom = _x(RECOVERY), _y(LOWEST)
    size, font = f"{right + 30} {bottom + 60}", 'font-family="sans-serif" font-size="13"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" {font}>',
        "<title>扣分的恢复 How a penalty recovers</title>",
        f'<rect width="{right + 30}" height="{bottom + 60}" fill="#fff"/>',
    ]
    for score in range(80, 101, 5):
        y = _y(score)
        parts.append(f'<path d="M{LEFT} {y}H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{score}</text>')
    parts += [
        f'<text x="{_x(n)}" y="{bottom + 20}" text-anchor="middle">{n}</text>' for n in range(RECOVERY + 1)
    ]
    caption = "此后正常完成的用工次数 engagements done well since"
    parts.append(f'<text x="{(LEFT + right) // 2}" y="{bottom + 45}" text-anchor="middle">{caption}</text>')
    for line, (held, name, colour) in enumerate(LINES):
        found = scores(held)
        points = " ".join(f"{_x(n)},{_y(score)}" for n, score in enumerate(found))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{_x(n)}" cy="{_y(score)}" r="3" fill="{colour}"/>' for n, score in enumerate(found)
        ]
        at = _y(NAMES_FROM) + 22 * line
        parts.append(f'<text x="{_x(NAMES_AT)}" y="{at}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _x(n: int) -> int:
    return LEFT + n * STEP


def _y(score: int) -> int:
    return TOP + (100 - score) * TALL


if __name__ == "__main__":
    PICTURE.write_text(drawn(), "utf-8")
