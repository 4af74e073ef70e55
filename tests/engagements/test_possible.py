"""What a side may do now, as a pure function: a list of buttons, right to the second."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engagements.models import EngagementState, Side
from app.engagements.notice import Grade, costs, grade_of, minutes_of
from app.engagements.possible import Can, Standing, possible

STARTS = datetime(2026, 12, 1, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
ENDS = STARTS + 8 * HOUR
W, E = Side.WORKER, Side.EMPLOYER


def standing(state: EngagementState = EngagementState.AGREED, **more: object) -> Standing:
    return Standing(state, STARTS, ENDS, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("can", "sides", "opens", "closes"),
    [
        (Can.CHECK_IN, {W, E}, STARTS - 2 * HOUR, ENDS),
        (Can.RUNNING_LATE, {W}, STARTS - 6 * HOUR, ENDS),
        (Can.TURNED_AWAY, {W}, STARTS - HOUR, ENDS + 12 * HOUR),
        (Can.NO_SHOW, {E}, STARTS + HOUR / 2, ENDS + 24 * HOUR),
        (Can.PROPOSE_CHANGE, {W, E}, STARTS - 1000 * HOUR, STARTS),
    ],
)
def test_what_may_be_done_opens_and_closes_to_the_second(
    can: Can, sides: set[Side], opens: datetime, closes: datetime
) -> None:
    for side in Side:
        at = [
            can in possible(standing(), side, now) for now in (opens - SECOND, opens, closes - SECOND, closes)
        ]
        unbounded = can is Can.PROPOSE_CHANGE
        assert at == ([unbounded, True, True, False] if side in sides else [False] * 4), (can, side)


def test_each_side_cancels_until_its_own_end() -> None:
    assert Can.CANCEL in possible(standing(), W, STARTS - SECOND)
    assert Can.CANCEL not in possible(standing(), W, STARTS)
    assert Can.CANCEL in possible(standing(), E, ENDS - SECOND)
    assert Can.CANCEL not in possible(standing(), E, ENDS)


def test_a_change_is_answered_by_the_other_side_before_the_start() -> None:
    it = standing(proposed_by=E)
    assert Can.ANSWER_CHANGE in possible(it, W, STARTS - SECOND)
    assert Can.ANSWER_CHANGE not in possible(it, E, STARTS - SECOND)
    assert Can.ANSWER_CHANGE not in possible(it, W, STARTS)


def test_at_work_one_checks_out_and_the_employer_confirms() -> None:
    it = standing(EngagementState.CHECKED_IN)
    assert possible(it, W, STARTS + HOUR) == [Can.CHECK_OUT]
    assert possible(it, E, STARTS + HOUR) == [Can.CHECK_OUT, Can.CONFIRM_HOURS]
    assert possible(it, W, ENDS + 12 * HOUR) == []


def test_after_confirming_hours_are_contested_and_both_review_for_seven_days() -> None:
    it = standing(EngagementState.CONFIRMED, confirmed_at=ENDS)
    week = ENDS + timedelta(days=7)
    assert possible(it, W, week - SECOND) == [Can.CONTEST_HOURS, Can.REVIEW]
    assert possible(it, E, week - SECOND) == [Can.REPORT_PAY, Can.REVIEW]
    assert possible(it, W, week) == []
    paid = standing(EngagementState.PAID, confirmed_at=ENDS)
    assert possible(paid, W, ENDS + HOUR) == [Can.CONTEST_HOURS, Can.REVIEW]


def test_who_cancelled_may_excuse_it_once_for_seven_days() -> None:
    at = STARTS - HOUR
    it = standing(EngagementState.CANCELLED, cancelled_by=E, cancelled_at=at)
    week = at + timedelta(days=7)
    assert possible(it, E, week) == [Can.EXCUSE]
    assert possible(it, E, week + SECOND) == []
    assert possible(it, W, at) == []
    given_already = standing(EngagementState.CANCELLED, cancelled_by=E, cancelled_at=at, excused=True)
    assert possible(given_already, E, at) == []


@given(
    st.sampled_from(EngagementState),
    st.sampled_from(Side),
    st.integers(-(10**6), 10**6),
    st.sampled_from([None, *Side]),
)
def test_nothing_is_offered_that_the_state_rules_out(
    state: EngagementState, side: Side, seconds: int, proposed_by: Side | None
) -> None:
    now = STARTS + timedelta(seconds=seconds)
    offered = set(possible(standing(state, proposed_by=proposed_by), side, now))
    before_work = {Can.CANCEL, Can.PROPOSE_CHANGE, Can.ANSWER_CHANGE, Can.RUNNING_LATE, Can.TURNED_AWAY}
    if state is not EngagementState.AGREED:
        assert not offered & (before_work | {Can.NO_SHOW})
    if state is EngagementState.DISPUTED:
        assert not offered


@given(st.integers(-(10**8), 10**8), st.sampled_from(Side))
def test_only_a_days_notice_is_free(seconds: int, side: Side) -> None:
    now = STARTS - timedelta(seconds=seconds)
    said = costs(STARTS, now, side, change_unanswered=False)
    assert said.free == (seconds >= 24 * 3600) == (said.grade is Grade.FREE)
    assert (said.grade is Grade.AFTER_THE_START) == (seconds < 0)
    assert said.notice_minutes * 60 <= seconds < (said.notice_minutes + 1) * 60
    assert grade_of(minutes_of(STARTS, now)) is said.grade
    assert costs(STARTS, now, Side.WORKER, change_unanswered=True).free
