"""The standing as a pure function: what holds for every history."""

import inspect
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engagements.models import Side
from app.standing.score import FULL, WINDOW, Fact, Held, ReasonCode, Ruling, points, standing

START = datetime(2026, 1, 1, tzinfo=UTC)
HELD = st.builds(
    Held,
    code=st.sampled_from(ReasonCode),
    at=st.just(START),
    measure=st.integers(-600, 3000),
    ruling=st.sampled_from(Ruling),
)
FACTS = st.lists(
    st.builds(
        Fact,
        engagement_id=st.uuids(version=4),
        at=st.integers(0, 400).map(lambda hours: START + timedelta(hours=hours)),
        done=st.booleans(),
        held=st.lists(HELD, max_size=3, unique_by=lambda held: held.code).map(tuple),
    ),
    max_size=70,
    unique_by=lambda fact: fact.engagement_id,
)
SIDES = st.sampled_from(Side)


def done(n: int = 1, *held: Held) -> Fact:
    return Fact(UUID(int=n), START + timedelta(days=n), done=True, held=held)


def missed(n: int = 1) -> Fact:
    return Fact(UUID(int=n), START + timedelta(days=n), done=False, held=(Held(ReasonCode.NO_SHOW, START),))


@given(FACTS, SIDES)
def test_a_score_is_within_0_and_100_and_its_reasons_say_all_of_it(facts: list[Fact], side: Side) -> None:
    found = standing(facts, side)
    assert 0 <= found.score <= FULL
    assert sum(reason.remaining for reason in found.reasons) == FULL - found.score
    assert found.counted == min(len(facts), WINDOW)
    assert found.new == (found.counted < 5)
    for reason in found.reasons:
        assert 0 <= reason.remaining <= reason.points
        assert reason.held.ruling is not Ruling.UNDONE
        assert reason.held.ruling is Ruling.COUNTS or reason.remaining == 0


@given(FACTS, SIDES, st.integers(0, 400), st.uuids(version=4))
def test_one_more_engagement_done_well_never_costs(
    facts: list[Fact], side: Side, hours: int, engagement_id: UUID
) -> None:
    more = Fact(engagement_id, START + timedelta(hours=hours), done=True)
    assert standing([*facts, more], side).score >= standing(facts, side).score


@given(FACTS, SIDES, st.data())
def test_a_penalty_less_never_costs(facts: list[Fact], side: Side, data: st.DataObject) -> None:
    if not facts:
        return
    at = data.draw(st.integers(0, len(facts) - 1))
    without = [*facts[:at], replace(facts[at], held=facts[at].held[1:]), *facts[at + 1 :]]
    assert standing(without, side).score >= standing(facts, side).score


@given(FACTS, SIDES)
def test_what_an_appeal_undid_is_as_if_it_had_not_been(facts: list[Fact], side: Side) -> None:
    undone = [
        replace(fact, held=tuple(replace(held, ruling=Ruling.UNDONE) for held in fact.held)) for fact in facts
    ]
    never = [replace(fact, held=()) for fact in facts]
    assert standing(undone, side) == standing(never, side)


@given(FACTS, SIDES, st.randoms())
def test_the_order_of_reading_does_not_matter(facts: list[Fact], side: Side, random: st.DataObject) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standing(shuffled, side) == standing(facts, side)


@given(FACTS, SIDES)
def test_what_recovers_is_gone_after_as_many_good_ones_as_it_says(facts: list[Fact], side: Side) -> None:
    for reason in standing(facts[:20], side).reasons:
        good = [done(1000 + n) for n in range(reason.recovers_after)]
        after = standing([*facts[:20], *good], side)
        same = [r for r in after.reasons if (r.engagement_id, r.held) == (reason.engagement_id, reason.held)]
        assert [one.remaining for one in same] == [0]


def test_nobody_is_punished_for_being_new() -> None:
    found = standing([], Side.WORKER)
    assert (found.score, found.new, found.reasons) == (100, True, ())


def test_what_is_older_than_fifty_engagements_is_forgotten() -> None:
    cancelled = [Fact(UUID(int=n + 2), START + timedelta(days=n + 2), done=False) for n in range(WINDOW - 1)]
    assert standing([missed(), *cancelled], Side.WORKER).score == 80
    one_more = Fact(UUID(int=99), START + timedelta(days=99), done=False)
    assert standing([missed(), *cancelled, one_more], Side.WORKER).score == 100


def test_a_no_show_recovers_by_two_points_with_each_engagement_done() -> None:
    scores = [standing([missed(), *map(done, range(2, 2 + n))], Side.WORKER).score for n in range(12)]
    assert scores == [80, 82, 84, 86, 88, 90, 92, 94, 96, 98, 100, 100]


def test_an_engagement_with_something_against_one_is_not_done_well() -> None:
    rated = Held(ReasonCode.RATED_LOW, START, 1)
    assert standing([missed(), done(2, rated)], Side.WORKER).score == 74
    assert standing([missed(), done(2, replace(rated, measure=3))], Side.WORKER).score == 82


def test_below_zero_nothing_counts_and_the_reasons_still_add_up() -> None:
    found = standing([missed(n) for n in range(1, 9)], Side.WORKER)
    assert found.score == 0
    assert [reason.remaining for reason in found.reasons] == [20, 20, 20, 20, 20, 0, 0, 0]


TABLE = [
    (ReasonCode.NO_SHOW, 0, 20, 20),
    (ReasonCode.CANCELLED_LATE, -1, 10, 10),
    (ReasonCode.CANCELLED_LATE, 119, 10, 10),
    (ReasonCode.CANCELLED_LATE, 120, 6, 6),
    (ReasonCode.CANCELLED_LATE, 359, 6, 6),
    (ReasonCode.CANCELLED_LATE, 360, 3, 3),
    (ReasonCode.CANCELLED_LATE, 1439, 3, 3),
    (ReasonCode.CANCELLED_LATE, 1440, 0, 0),
    (ReasonCode.TURNED_AWAY, 0, 15, 15),
    (ReasonCode.PAID_LATE, 0, 5, 5),
    (ReasonCode.PAID_LATE, 1, 15, 15),
    (ReasonCode.RATED_LOW, 1, 6, 6),
    (ReasonCode.RATED_LOW, 2, 3, 3),
    (ReasonCode.RATED_LOW, 3, 0, 0),
    (ReasonCode.RATED_LOW, 5, 0, 0),
    (ReasonCode.DISPUTE_LOST, 0, 15, 10),
]


@pytest.mark.parametrize(("code", "measure", "worker", "employer"), TABLE)
def test_the_table_of_points_is_as_documented(
    code: ReasonCode, measure: int, worker: int, employer: int
) -> None:
    held = Held(code, START, measure)
    assert (points(held, Side.WORKER), points(held, Side.EMPLOYER)) == (worker, employer)


def test_nothing_about_the_person_can_go_in() -> None:
    assert list(inspect.signature(standing).parameters) == ["facts", "side"]
    assert set(Fact.__dataclass_fields__) == {"engagement_id", "at", "done", "held"}
    assert set(Held.__dataclass_fields__) == {"code", "at", "measure", "ruling"}
