"""What promises most is shown first, and little evidence moves little."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import update

from app.core import clock
from app.engagements.models import Application
from app.fairs.models import FairState
from app.outcomes.suggesting import FIELD_RATE, Feature, Job, Showing, learn
from app.stations.models import Role
from tests.fairs.past import booth, fair, mark
from tests.world import HOUMA, Actor, Json, World, ok, refused, shift

JOBS = st.builds(
    Job,
    trade=st.sampled_from(["0101", "0301", "0401"]),
    hourly_fen=st.integers(500, 8_000),
    away_m=st.floats(0, 200_000),
)
SHOWINGS = st.builds(
    Showing, job=JOBS, viewer_minutes=st.floats(0, 100_000), applications=st.integers(0, 500)
)


@given(JOBS)
def test_with_nothing_known_all_jobs_are_as_the_field_has_them(job: Job) -> None:
    expected = learn([]).expected(job)
    assert expected.rate == pytest.approx(FIELD_RATE)
    assert all(factor.times == pytest.approx(1) for factor in expected.factors)


@given(st.lists(SHOWINGS), JOBS)
def test_a_factor_lies_between_what_was_seen_and_the_mean(showings: list[Showing], job: Job) -> None:
    learned = learn(showings)
    for factor in learned.expected(job).factors:
        if factor.seen.viewer_minutes:
            seen = factor.seen.applications / factor.seen.viewer_minutes
            low, high = sorted((seen, learned.mean))
            assert low * (1 - 1e-9) <= factor.times * learned.mean <= high * (1 + 1e-9)


@given(st.lists(SHOWINGS), JOBS)
def test_the_order_of_the_past_says_nothing(showings: list[Showing], job: Job) -> None:
    again = sorted(showings, key=lambda one: (one.applications, one.viewer_minutes))
    assert learn(again).expected(job).rate == pytest.approx(learn(showings).expected(job).rate)


@given(st.lists(SHOWINGS, min_size=1), JOBS, st.integers(1, 100))
def test_who_applied_for_such_jobs_raises_them_above_others(
    showings: list[Showing], other: Job, more: int
) -> None:
    one, *rest = showings
    assume(one.viewer_minutes > 0)
    assume(not set(one.job.bands.items()) & set(other.bands.items()))
    better = Showing(one.job, one.viewer_minutes, one.applications + more)

    def ahead(learned_from: list[Showing]) -> float:
        learned = learn(learned_from)
        return learned.expected(one.job).rate / learned.expected(other).rate

    assert ahead([better, *rest]) > ahead(showings)


@given(SHOWINGS)
def test_the_more_is_known_the_nearer_it_comes_to_what_was_seen(showing: Showing) -> None:
    assume(showing.viewer_minutes > 1)
    seen = showing.applications / showing.viewer_minutes
    off = [
        abs(learn([showing] * times).by[Feature.TRADE, showing.job.trade].shrunk_to(FIELD_RATE) - seen)
        for times in (1, 5, 50)
    ]
    assert off == sorted(off, reverse=True)


@given(st.lists(SHOWINGS), JOBS)
def test_an_expectation_is_a_rate(showings: list[Showing], job: Job) -> None:
    assert 0 < learn(showings).expected(job).rate < float("inf")


def test_one_showing_weighs_as_the_formula_says() -> None:
    job = Job("0301", 2200, 3_000)
    learned = learn([Showing(job, 500, 10)])
    mean = (10 + 500 * FIELD_RATE) / 1000
    assert learned.mean == pytest.approx(mean)
    assert learned.expected(job).factors[0].times == pytest.approx((10 + 500 * mean) / 1000 / mean)


@pytest.fixture
async def manager(world: World) -> Actor:
    return await world.staff("141002", Role.MANAGER)


async def test_the_next_fair_learns_from_those_before(world: World, manager: Actor) -> None:
    employer = await world.employer(trusted=True)
    later = [shift(days=20, headcount=5)]
    wanted = await employer.posts_job(title="分拣", trade="0301", shifts=later)
    unwanted = await employer.posts_job(title="保洁", trade="0101", shifts=later)
    past = await held(world, manager, employer, wanted, unwanted)
    for _ in range(3):
        worker = await world.worker()
        ok(await worker.applies(wanted), 201)
        async with world.session() as session:
            of = update(Application).where(Application.worker_id == worker.id)
            await session.execute(of.values(fair_id=past))

    other = await employer.posts_job(title="搬运", trade="0301", shifts=later)
    await employer.posts_job(title="侯马的活", trade="0301", shifts=later, place=HOUMA)
    await employer.posts_job(title="明天的活", trade="0301")  # over before the fair begins
    over_by_then = await employer.posts_job(title="后天的活", trade="0301", shifts=[shift(days=2)])
    ahead = await fair(world, FairState.BOOKABLE, starts_at=clock.now() + timedelta(days=7))
    booth_id = await booth(world, ahead, employer, unwanted, over_by_then, wanted)

    told = ok(await manager.get(f"/admin/v1/fairs/{ahead}/suggestions"))
    assert told["learned_from"] == 1
    assert [one["title"] for one in told["items"]] == ["分拣", "搬运", "保洁"]
    assert [one["booth_id"] for one in told["items"]] == [str(booth_id), None, str(booth_id)]
    assert {one["job_id"] for one in told["items"]} == {wanted["id"], other["id"], unwanted["id"]}
    first, last = told["items"][0], told["items"][-1]
    assert first["expected_per_minute"] > last["expected_per_minute"]
    said = {reason["code"]: reason["text"] for reason in first["reasons"]}
    assert "3 份报名" in said["trade"]
    assert "高" in said["trade"]
    assert "低" in {reason["code"]: reason["text"] for reason in last["reasons"]}["trade"]


async def held(world: World, manager: Actor, employer: Actor, *jobs: Json) -> UUID:
    """Hold a fair at which each job was shown for ten minutes to forty people."""
    began = clock.now() - timedelta(days=3)
    fair_id = await fair(world, FairState.ENDED, starts_at=began, ends_at=began + timedelta(hours=1))
    await booth(world, fair_id, employer, *jobs)  # type: ignore[arg-type]
    for n, job in enumerate(jobs):
        await mark(world, fair_id, job, manager, began + timedelta(minutes=30 + 15 * n))
    for _ in range(40):
        await world.look(
            "INSERT INTO fair_viewers (fair_id, viewer, live_at) VALUES ($1, $2, $3) RETURNING 1",
            fair_id,
            uuid4(),
            began + timedelta(minutes=1),
        )
    return fair_id


async def test_only_a_fair_ahead_has_something_to_show_first(world: World, manager: Actor) -> None:
    over = await fair(world, FairState.ENDED)
    refused(await manager.get(f"/admin/v1/fairs/{over}/suggestions"), 409, "fair_state")
    planned = await fair(world, FairState.PLANNED, starts_at=clock.now() + timedelta(days=9))
    assert ok(await manager.get(f"/admin/v1/fairs/{planned}/suggestions"))["items"] == []
    auditor = await world.staff("141002", Role.AUDITOR)
    refused(await auditor.get(f"/admin/v1/fairs/{planned}/suggestions"), 404, "not_found")
