"""What work is owed and until when: pure, to the fen, without floats."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from app.core import clock

# 劳动法 36: a day's work is eight hours at most; a day's pay is for no more than that.
FULL_DAY_MINUTES = 480
# What fits four bytes, and more than any engagement of a day can mean.
MOST_OWED_FEN = 2_000_000_000
_PERCENT = 100
_HOUR = 60
_SUNDAY = 6
_NEXT_MONTH = 32
_DAYS_TO_PAY_A_SHARE = 3


def owed_fen(pay: dict[str, Any], agreed_minutes: int, minutes: int, pieces: int) -> int:
    """Return what the terms' pay gives for the work done, in fen, halves rounded up.

    By the hour: the minutes' share. By the piece: each. By the day: a day is what was agreed but eight
    hours at most; below it pro rata, from it to the agreed minutes the day's pay (a break costs nothing),
    above them each minute's share more. For the whole: the lump, shared among the job's shifts by their
    agreed minutes (`lump_minutes` in the terms; the whole where they do not say), for any work at all.
    """
    amount = int(pay["amount_fen"])
    match pay["per"]:
        case "hour":
            return rounded(Fraction(amount * minutes, _HOUR))
        case "piece":
            return amount * pieces
        case "day":
            base = min(agreed_minutes, FULL_DAY_MINUTES)
            paid = min(minutes, base) + max(0, minutes - agreed_minutes)
            return rounded(Fraction(amount * paid, base))
        case "job":
            whole = max(pay.get("lump_minutes") or agreed_minutes, agreed_minutes)
            return rounded(Fraction(amount * agreed_minutes, whole)) if minutes else 0
        case other:
            raise ValueError(f"no pay is by the {other}")


def expected_fen(pay: dict[str, Any], agreed_minutes: int) -> int:
    """Return what the agreed shift was to pay: of pieces as many as the minutes expected would allow."""
    if pay["per"] != "piece":
        return owed_fen(pay, agreed_minutes, agreed_minutes, 0)
    each = pay.get("expected_minutes")
    if each:
        return rounded(Fraction(int(pay["amount_fen"]) * agreed_minutes, each))
    return rounded(Fraction(int(pay["hourly_fen"]) * agreed_minutes, _HOUR))


def pieces_in(pay: dict[str, Any], minutes: int) -> int:
    """Return how many pieces the minutes would make, rounded down, where nobody counted them."""
    each = pay.get("expected_minutes")
    if each:
        return minutes // int(each)
    return int(pay["hourly_fen"]) * minutes // (_HOUR * int(pay["amount_fen"]))


def minutes_together(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> int:
    """Return the whole minutes that two stretches of time have in common."""
    seconds = (min(one[1], other[1]) - max(one[0], other[0])).total_seconds()
    return max(0, int(seconds // 60))


def share_of(fen: int, percent: int) -> int:
    return rounded(Fraction(fen * percent, _PERCENT))


def share_for(shares: Iterable[tuple[int, int]], notice_minutes: int) -> int:
    """Return the percentage owed: of the pairs (within_minutes, percent) the narrowest that holds."""
    holding = [share for share in shares if notice_minutes < share[0]]
    return min(holding)[1] if holding else 0


def due_at(settlement: str, ends_at: datetime, last_end: datetime) -> datetime:
    """Return when wages are due at the latest: on the day agreed (保障农民工工资支付条例 11 to 14).

    Daily: the end of the day on which the shift ended; weekly: of that week's Sunday; monthly: of that
    month; on completion: of the day of the worker's last shift at the job. Days are Shanghai's.
    """
    day = clock.day_of(ends_at)
    match settlement:
        case "daily":
            last = day
        case "weekly":
            last = day + timedelta(days=_SUNDAY - day.weekday())
        case "monthly":
            last = (day.replace(day=1) + timedelta(days=_NEXT_MONTH)).replace(day=1) - timedelta(days=1)
        case "on_completion":
            last = clock.day_of(max(ends_at, last_end))
        case other:
            raise ValueError(f"no pay is settled {other}")
    return clock.start_of(last + timedelta(days=1))


def share_due_at(cancelled_at: datetime) -> datetime:
    """Return when a late cancellation's share is due: the end of the third day after it."""
    return clock.start_of(clock.day_of(cancelled_at) + timedelta(days=_DAYS_TO_PAY_A_SHARE + 1))


def rounded(exact: Fraction) -> int:
    """Round to a whole fen, halves up; for what is not negative."""
    return int(exact + Fraction(1, 2))
