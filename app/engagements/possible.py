"""What a side may do with an engagement now, as far as its row and the clock tell. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.engagements.models import EngagementState, Side

HOUR = timedelta(hours=1)
AGREED, NO_SHOW = EngagementState.AGREED, EngagementState.NO_SHOW
IN, OUT = EngagementState.CHECKED_IN, EngagementState.CHECKED_OUT
DONE = (EngagementState.CONFIRMED, EngagementState.PAID)


class Can(StrEnum):
    """What the app offers a button for."""

    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    RUNNING_LATE = "running_late"
    TURNED_AWAY = "turned_away"
    CANCEL = "cancel"
    PROPOSE_CHANGE = "propose_change"
    ANSWER_CHANGE = "answer_change"
    NO_SHOW = "no_show"
    ANSWER_CLAIM = "answer_claim"
    EXCUSE = "excuse"
    CONFIRM_HOURS = "confirm_hours"
    CONTEST_HOURS = "contest_hours"
    REPORT_PAY = "report_pay"
    REVIEW = "review"


@dataclass(frozen=True)
class Standing:
    """What decides, of one engagement."""

    state: EngagementState
    starts_at: datetime
    ends_at: datetime
    cancelled_by: Side | None = None
    cancelled_at: datetime | None = None
    confirmed_at: datetime | None = None
    proposed_by: Side | None = None  # who waits for an answer to a change
    excused: bool = False  # the asker has given an excuse


def possible(it: Standing, side: Side, now: datetime) -> list[Can]:
    """Return what the side may do now, in the order in which the work goes.

    What hangs on more than the row (a claim's own deadline, a report of pay to answer, a review given)
    may be offered here and be refused with its reason.
    """
    return [can for can, may in _MAY.items() if may(it, side, now)]


def _agreed(it: Standing, now: datetime, *, from_: timedelta, until: timedelta) -> bool:
    """Tell whether it is agreed, from so long before the start until so long after the end."""
    return it.state is AGREED and it.starts_at + from_ <= now < it.ends_at + until


def _check_in(it: Standing, _: Side, now: datetime) -> bool:
    near = it.starts_at - 2 * HOUR <= now < it.ends_at
    return near and it.state in (AGREED, NO_SHOW)


def _check_out(it: Standing, _: Side, now: datetime) -> bool:
    return it.state is IN and now < it.ends_at + 12 * HOUR


def _running_late(it: Standing, side: Side, now: datetime) -> bool:
    return side is Side.WORKER and _agreed(it, now, from_=-6 * HOUR, until=0 * HOUR)


def _turned_away(it: Standing, side: Side, now: datetime) -> bool:
    return side is Side.WORKER and _agreed(it, now, from_=-HOUR, until=12 * HOUR)


def _cancel(it: Standing, side: Side, now: datetime) -> bool:
    return it.state is AGREED and now < (it.starts_at if side is Side.WORKER else it.ends_at)


def _propose(it: Standing, _: Side, now: datetime) -> bool:
    return it.state is AGREED and now < it.starts_at


def _answer(it: Standing, side: Side, now: datetime) -> bool:
    return it.state is AGREED and now < it.starts_at and it.proposed_by not in (None, side)


def _no_show(it: Standing, side: Side, now: datetime) -> bool:
    return side is Side.EMPLOYER and (
        it.state is AGREED and it.starts_at + HOUR / 2 <= now < it.ends_at + 24 * HOUR
    )


def _answer_claim(it: Standing, side: Side, _: datetime) -> bool:
    return side is Side.WORKER and it.state is NO_SHOW


def _excuse(it: Standing, side: Side, now: datetime) -> bool:
    if it.excused or it.state not in (EngagementState.CANCELLED, NO_SHOW):
        return False
    whose = it.cancelled_by or Side.WORKER
    return side is whose and now <= (it.cancelled_at or it.ends_at) + timedelta(days=7)


def _confirm(it: Standing, side: Side, now: datetime) -> bool:
    begun = it.state is AGREED and it.starts_at <= now
    return side is Side.EMPLOYER and (begun or it.state in (IN, OUT))


def _contest(it: Standing, side: Side, now: datetime) -> bool:
    return side is Side.WORKER and it.state in DONE and _fresh(it, now)


def _report_pay(it: Standing, side: Side, _: datetime) -> bool:
    return side is Side.EMPLOYER and it.state is EngagementState.CONFIRMED


def _review(it: Standing, _: Side, now: datetime) -> bool:
    return it.state in DONE and _fresh(it, now)


def _fresh(it: Standing, now: datetime) -> bool:
    return it.confirmed_at is not None and now < it.confirmed_at + timedelta(days=7)


_MAY: dict[Can, Callable[[Standing, Side, datetime], bool]] = {
    Can.CHECK_IN: _check_in,
    Can.CHECK_OUT: _check_out,
    Can.RUNNING_LATE: _running_late,
    Can.TURNED_AWAY: _turned_away,
    Can.CANCEL: _cancel,
    Can.PROPOSE_CHANGE: _propose,
    Can.ANSWER_CHANGE: _answer,
    Can.NO_SHOW: _no_show,
    Can.ANSWER_CLAIM: _answer_claim,
    Can.EXCUSE: _excuse,
    Can.CONFIRM_HOURS: _confirm,
    Can.CONTEST_HOURS: _contest,
    Can.REPORT_PAY: _report_pay,
    Can.REVIEW: _review,
}
