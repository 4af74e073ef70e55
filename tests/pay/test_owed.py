"""What is owed and until when: to the fen, and never less for more work."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.core import clock
from app.core.clock import SHANGHAI
from app.pay.owed import due_at, expected_fen, minutes_together, owed_fen, pieces_in, share_for

AMOUNTS = some.integers(1, 100_000_000)
AGREED = some.integers(15, 1440)
WORKED = some.integers(0, 1440)
MOMENTS = some.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def day(amount: int) -> dict[str, Any]:
    return {"amount_fen": amount, "per": "day"}


@given(AMOUNTS, AGREED, WORKED, WORKED, some.sampled_from(["hour", "day", "job"]))
def test_more_work_is_never_owed_less(amount: int, agreed: int, one: int, other: int, per: str) -> None:
    pay = {"amount_fen": amount, "per": per}
    less, more = sorted([one, other])
    assert 0 <= owed_fen(pay, agreed, less, 0) <= owed_fen(pay, agreed, more, 0)


@given(AMOUNTS, AGREED)
def test_the_agreed_shift_is_worth_the_days_pay_breaks_or_not(amount: int, agreed: int) -> None:
    base = min(agreed, 480)
    assert owed_fen(day(amount), agreed, agreed, 0) == amount
    assert owed_fen(day(amount), agreed, base, 0) == amount
    below, above = owed_fen(day(amount), agreed, base - 1, 0), owed_fen(day(amount), agreed, agreed + 1, 0)
    step = amount / base
    assert amount - below <= step + 1
    assert above - amount <= step + 1


@given(AMOUNTS, WORKED)
def test_an_hours_pay_is_exact_to_half_a_fen(amount: int, minutes: int) -> None:
    owed = owed_fen({"amount_fen": amount, "per": "hour"}, 480, minutes, 0)
    assert abs(owed - Fraction(amount * minutes, 60)) <= Fraction(1, 2)


@given(AMOUNTS, some.integers(0, 100_000))
def test_every_piece_counts_the_same(amount: int, pieces: int) -> None:
    assert owed_fen({"amount_fen": amount, "per": "piece"}, 480, 0, pieces) == amount * pieces


@given(AMOUNTS, some.lists(AGREED, min_size=1, max_size=20))
def test_a_lump_is_shared_among_its_shifts_and_nothing_is_lost(amount: int, shifts: list[int]) -> None:
    pay = {"amount_fen": amount, "per": "job", "lump_minutes": sum(shifts)}
    shares = [owed_fen(pay, agreed, agreed, 0) for agreed in shifts]
    assert abs(sum(shares) - amount) <= len(shifts) / 2


def test_figures_of_the_everyday() -> None:
    assert owed_fen(day(20000), 480, 480, 0) == 20000
    assert owed_fen(day(20000), 600, 480, 0) == 20000
    assert owed_fen(day(20000), 480, 240, 0) == 10000
    assert owed_fen(day(20000), 480, 600, 0) == 25000
    assert owed_fen(day(10000), 480, 1, 0) == 21
    assert owed_fen({"amount_fen": 1, "per": "hour"}, 480, 30, 0) == 1
    assert owed_fen({"amount_fen": 30000, "per": "job"}, 480, 100, 0) == 30000
    assert owed_fen({"amount_fen": 30000, "per": "job"}, 480, 0, 0) == 0
    with pytest.raises(ValueError, match="month"):
        owed_fen({"amount_fen": 1, "per": "month"}, 480, 480, 0)


def test_pieces_nobody_counted_are_reckoned_from_the_minutes() -> None:
    pay = {"amount_fen": 500, "per": "piece", "expected_minutes": 25, "hourly_fen": 1200}
    assert pieces_in(pay, 74) == 2
    assert expected_fen(pay, 480) == 9600
    assert pieces_in(pay | {"expected_minutes": None}, 50) == 2
    assert expected_fen(pay | {"expected_minutes": None}, 30) == 600


def test_due_dates_of_each_settlement() -> None:
    ends = datetime(2026, 12, 2, 18, tzinfo=SHANGHAI)  # a Wednesday
    last = datetime(2026, 12, 20, 2, tzinfo=SHANGHAI)

    def due(settlement: str) -> str:
        return due_at(settlement, ends, last).astimezone(SHANGHAI).isoformat()

    assert due("daily") == "2026-12-03T00:00:00+08:00"
    assert due("weekly") == "2026-12-07T00:00:00+08:00"
    assert due("monthly") == "2027-01-01T00:00:00+08:00"
    assert due("on_completion") == "2026-12-21T00:00:00+08:00"
    with pytest.raises(ValueError, match="never"):
        due_at("never", ends, last)


@given(MOMENTS, some.sampled_from(["daily", "weekly", "monthly", "on_completion"]))
def test_nothing_is_due_before_the_day_of_the_shift_is_over(ends: datetime, settlement: str) -> None:
    due = due_at(settlement, ends, ends)
    assert due >= clock.start_of(clock.day_of(ends) + timedelta(days=1))
    assert due <= ends + timedelta(days=33)
    assert due.astimezone(SHANGHAI).hour == 0


@given(MOMENTS, MOMENTS, MOMENTS, MOMENTS)
def test_time_together_is_within_both(a: datetime, b: datetime, c: datetime, d: datetime) -> None:
    one, other = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    together = minutes_together(one, other)
    assert together == minutes_together(other, one)
    shortest = min((one[1] - one[0]), (other[1] - other[0])).total_seconds() // 60
    assert 0 <= together <= shortest


def test_the_narrowest_notice_decides_the_share() -> None:
    shares = [(1440, 30), (0, 100), (240, 50)]
    assert [share_for(shares, notice) for notice in (1440, 1439, 240, 239, 0, -1, -500)] == [
        0,
        30,
        30,
        50,
        50,
        100,
        100,
    ]
    assert share_for([], -1) == 0
