"""Ratings are mutual, and blind until both are in or seven days are over (rule 9)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.core import clock
from app.engagements.models import Engagement, EngagementState, Side
from app.standing import keeping
from tests.standing.scene import PUBLIC_TEXT, Scene, at, scene
from tests.world import Actor, Json, World, ok, refused, shift

WAITING = "datname = current_database() AND wait_event_type = 'Lock'"
FIVE: Json = {"stars": 5, "tags": ["as_posted", "safe"], "text": "说到做到"}


async def seen(scene: Scene, actor: Actor) -> list[str]:
    items = ok(await actor.get(f"/v1/engagements/{scene.ids[0]}/reviews"))["items"]
    return [item["by"] for item in items]


async def review(scene: Scene, actor: Actor, which: int = 0, **changes: Any) -> Json:
    given = {"stars": 4} | changes
    made: Json = ok(await actor.post(f"/v1/engagements/{scene.ids[which]}/review", given), 201)
    return made


async def test_nobody_reads_the_others_rating_before_both_are_in(world: World) -> None:
    here = await scene(world)
    await here.done()
    made = await review(here, here.worker, **FIVE)
    assert made["tags"] == [{"code": "as_posted", "name": "与发布一致"}, {"code": "safe", "name": "注意安全"}]
    assert await seen(here, here.worker) == ["worker"]
    assert await seen(here, here.employer) == []
    assert ok(await world.nobody.get(f"/v1/employers/{here.employer.employer_id}/rating"))["count"] == 0
    assert await world.count("events", "kind = 'ReviewsShown'") == 0

    await review(here, here.employer, stars=4, tags=["punctual"])
    assert await seen(here, here.worker) == await seen(here, here.employer) == ["employer", "worker"]
    assert ok(await world.nobody.get(f"/v1/employers/{here.employer.employer_id}/rating"))["count"] == 1
    assert await world.count("events", "kind = 'ReviewsShown'") == 1
    assert await world.count("events", "kind = 'Reviewed'") == 2


async def test_seven_days_on_it_can_be_read_and_no_answer_is_taken(world: World) -> None:
    here = await scene(world)
    await here.done()
    confirmed_at = (await here.row(0)).confirmed_at
    assert confirmed_at
    review_id = (await review(here, here.worker, stars=1))["id"]
    ends = confirmed_at + timedelta(days=7)
    with time_machine.travel(ends - timedelta(seconds=1), tick=False):
        await at(world, here.employer)
        assert await seen(here, here.employer) == []
        await keeping.show(world.database, review_id=review_id)
    assert await world.count("events", "kind = 'ReviewsShown'") == 0
    with time_machine.travel(ends, tick=False):
        await at(world, here.employer)
        assert await seen(here, here.employer) == ["worker"]
        answer = await here.employer.post(f"/v1/engagements/{here.ids[0]}/review", {"stars": 1})
        assert refused(answer, 409, "review_too_late")["until"]
        await keeping.show(world.database, review_id=review_id)
    assert await world.count("events", "kind = 'ReviewsShown'") == 1
    assert await world.count("procrastinate_jobs", "task_name = 'standing.show'") == 1


async def test_until_the_last_second_it_can_be_answered(world: World) -> None:
    here = await scene(world)
    await here.done()
    confirmed_at = (await here.row(0)).confirmed_at
    assert confirmed_at
    review_id = (await review(here, here.worker, stars=1))["id"]
    with time_machine.travel(confirmed_at + timedelta(days=7, seconds=-1), tick=False):
        await at(world, here.employer)
        await review(here, here.employer, stars=2)
        assert await seen(here, here.employer) == ["employer", "worker"]
    with time_machine.travel(confirmed_at + timedelta(days=8), tick=False):
        await keeping.show(world.database, review_id=review_id)
    assert await world.count("events", "kind = 'ReviewsShown'") == 1, "told when both were in"


async def test_a_side_rates_once_even_when_it_tries_at_once(world: World) -> None:
    here = await scene(world)
    await here.done()
    path = f"/v1/engagements/{here.ids[0]}/review"
    answers = await asyncio.gather(*(here.worker.post(path, {"stars": n}) for n in (1, 2, 3, 4, 5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    refused(await here.worker.post(path, {"stars": 1}), 409, "reviewed_already")
    assert await world.count("reviews") == 1


async def test_both_sides_at_once_see_each_other(world: World) -> None:
    here = await scene(world)
    await here.done()
    async with world.session() as session:
        await session.get_one(Engagement, here.ids[0], with_for_update=True)
        both = asyncio.gather(review(here, here.worker), review(here, here.employer))
        while await world.count("pg_stat_activity", WAITING) < 2:  # noqa: ASYNC110 - PostgreSQL tells nobody
            await asyncio.sleep(0.01)
    await both
    assert await seen(here, here.worker) == await seen(here, here.employer) == ["employer", "worker"]
    assert await world.count("events", "kind = 'ReviewsShown'") == 1


async def test_only_the_parties_rate_and_only_what_is_confirmed(world: World) -> None:
    here = await scene(world)
    path = f"/v1/engagements/{here.ids[0]}/review"
    problem = refused(await here.worker.post(path, {"stars": 5}), 409, "engagement_state")
    assert (problem["state"], problem["allowed"]) == ("agreed", ["confirmed", "paid"])
    await here.done(state=EngagementState.PAID)
    stranger = await world.worker()
    refused(await stranger.post(path, {"stars": 5}), 404, "not_found")
    refused(await stranger.get(f"{path}s"), 404, "not_found")
    await review(here, here.worker)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"stars": 0}, "/stars"),
        ({"stars": 6}, "/stars"),
        ({"stars": 5, "tags": ["punctual"]}, "/tags/0"),
        ({"stars": 5, "tags": ["cheap"]}, "/tags/0"),
        ({"stars": 5, "text": "好" * 501}, "/text"),
    ],
)
async def test_bad_ratings_name_what_is_wrong(world: World, given: Json, pointer: str) -> None:
    here = await scene(world)
    await here.done()
    answer = await here.worker.post(f"/v1/engagements/{here.ids[0]}/review", given)
    assert [fault["pointer"] for fault in refused(answer, 422, "invalid")["errors"]] == [pointer]
    assert await world.count("reviews") == 0


async def test_an_employers_rating_is_the_mean_of_the_last_fifty_and_silent_below_three(
    world: World,
) -> None:
    here = await scene(world, 53)
    await here.done()
    path = f"/v1/employers/{here.employer.employer_id}"
    for n in range(2):
        await here.rated(n, Side.WORKER, 1, tags=("safe",))
    assert ok(await world.nobody.get(f"{path}/rating")) == {"stars": None, "count": 2, "tags": []}
    await here.rated(2, Side.WORKER, 2, tags=("safe",))
    assert ok(await world.nobody.get(f"{path}/rating")) == {
        "stars": 1.3,
        "count": 3,
        "tags": [{"code": "safe", "name": "注意安全", "count": 3}],
    }
    for n in range(3, 53):
        await here.rated(n, Side.WORKER, 5)
    assert ok(await world.nobody.get(f"{path}/rating")) == {"stars": 5.0, "count": 50, "tags": []}


async def test_the_public_profile_carries_the_rating_once_it_can_be_read(world: World) -> None:
    here = await scene(world, 3)
    await here.done()
    path = f"/v1/employers/{here.employer.employer_id}"
    for n, stars in ((0, 5), (1, 4)):
        await here.rated(n, Side.WORKER, stars)
    await review(here, here.worker, 2, stars=4)
    await world.deliver()
    assert ok(await world.nobody.get(path))["rating"] is None, "one of the three is blind still"

    await review(here, here.employer, 2)
    await world.deliver()
    assert ok(await world.nobody.get(path))["rating"] == 4.3


async def test_what_workers_say_is_public_and_names_nobody(world: World) -> None:
    here = await scene(world, 3)
    await here.done()
    for n in range(3):
        await here.rated(n, Side.WORKER, 4)
    path = f"/v1/employers/{here.employer.employer_id}/reviews"
    answer = await world.nobody.get(path, params={"limit": 2})
    page = ok(answer)
    month = f"{clock.today():%Y-%m}"
    assert page["items"] == [{"stars": 4, "tags": [], "text": PUBLIC_TEXT, "month": month}] * 2
    assert "老李" not in answer.text
    rest = ok(await world.nobody.get(path, params={"limit": 2, "cursor": page["next_cursor"]}))
    assert (len(rest["items"]), rest["next_cursor"]) == (1, None)


async def test_a_workers_rating_is_for_her_and_whom_she_applied_to(world: World) -> None:
    here = await scene(world, 3)
    await here.done()
    for n in range(3):
        await here.rated(n, Side.EMPLOYER, 4, tags=("punctual",))
    assert (await here.of_worker())["rating"]["stars"] == 4.0
    other = await world.employer(trusted=True)
    job = await other.posts_job(hiring="review", shifts=[shift(days=3)])
    application = ok(await here.worker.applies(job), 201)
    path = f"/v1/applications/{application['id']}/rating"
    assert ok(await other.get(path))["rating"] == {
        "stars": 4.0,
        "count": 3,
        "tags": [{"code": "punctual", "name": "准时", "count": 3}],
    }
    refused(await here.employer.get(path), 404, "not_found")
    refused(await here.worker.get(path), 404, "not_found")
