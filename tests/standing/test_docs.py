"""docs/standing.md says what the code does."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.core.migrated import ROOT
from app.engagements.models import Side
from app.standing.score import Fact, Held, ReasonCode, points, standing
from scripts.draw_recovery import PICTURE, drawn

START = datetime(2026, 1, 1, tzinfo=UTC)
MEASURES = {
    ReasonCode.CANCELLED_LATE: (1439, 359, 119),
    ReasonCode.PAID_LATE: (0, 1),
    ReasonCode.RATED_LOW: (1, 2),
}
ONE_SIDED = {
    ReasonCode.NO_SHOW: Side.WORKER,
    ReasonCode.TURNED_AWAY: Side.EMPLOYER,
    ReasonCode.PAID_LATE: Side.EMPLOYER,
}


def test_the_table_is_the_codes() -> None:
    page = (ROOT / "docs" / "standing.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| *(\d*) *\| *(\d*) *\|$", page, re.MULTILINE)
    expected = [
        (
            code.value,
            *(
                str(points(Held(code, START, measure), side)) if ONE_SIDED.get(code, side) is side else ""
                for side in (Side.WORKER, Side.EMPLOYER)
            ),
        )
        for code in ReasonCode
        for measure in MEASURES.get(code, (0,))
    ]
    assert rows == expected


def test_the_example_comes_out() -> None:
    no_show, cancelled = Held(ReasonCode.NO_SHOW, START), Held(ReasonCode.CANCELLED_LATE, START, 60)
    against = {1: (no_show,), 6: (cancelled,)}
    facts = [
        Fact(UUID(int=n), START + timedelta(days=n), done=n not in against, held=against.get(n, ()))
        for n in range(1, 9)
    ]
    assert standing(facts, Side.WORKER).score == 84


def test_the_picture_is_as_drawn_now() -> None:
    assert PICTURE.read_text("utf-8") == drawn()
