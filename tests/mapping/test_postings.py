"""A vacancy in our own JSON, understood."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.mapping.profiles import PROFILE

NOW = datetime(2026, 12, 1, tzinfo=UTC)
WIRE: dict[str, Any] = {
    "title": "物流园分拣",
    "trade": "X-1",
    "shifts": [
        {"starts_at": "2026-12-02T08:00:00+08:00", "ends_at": "2026-12-02T17:00:00+08:00", "headcount": 1}
    ],
    "employer": {"name": "太原物流公司", "uscc": "9114010070000001XA"},
}


def test_what_was_not_said_is_left_out() -> None:
    posting = PROFILE.posting(WIRE)

    assert posting.terms == {"requirements": {}}
    assert (posting.trade, posting.division, posting.place, posting.city_job_id) == ("X-1", None, None, None)
    assert posting.begins_at == datetime(2026, 12, 2, tzinfo=UTC)
    assert posting.over_at == posting.begins_at


def test_only_pieces_and_the_whole_say_how_long_they_take() -> None:
    for per, minutes in (("hour", None), ("day", None), ("piece", 30), ("job", 30)):
        pay = {"amount_fen": 500, "per": per}
        posting = PROFILE.posting(WIRE | {"pay": pay, "expected_minutes": 30})
        assert posting.terms["pay"] == pay | {"expected_minutes": minutes}


@given(st.lists(st.integers(-1_000, 1_000), min_size=1, max_size=8), st.none() | st.integers(-1_000, 1_000))
def test_it_is_over_once_nobody_could_begin(hours: list[int], valid: int | None) -> None:
    shifts = [{"starts_at": (NOW + timedelta(hours=h)).isoformat(), "headcount": 1} for h in hours]
    until = None if valid is None else (NOW + timedelta(hours=valid)).isoformat()

    posting = PROFILE.posting(WIRE | {"shifts": shifts, "valid_until": until})

    assert len(posting.to_come(NOW)) == sum(h > 0 for h in hours)
    assert (posting.over_at <= NOW) == (max(hours) <= 0 or (valid is not None and valid <= 0))
