"""From who looked to who was paid, by fair, booth and job."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from app.core import clock
from app.core.types import new_id
from app.engagements.models import Application
from app.fairs.audience import Question, QuestionState
from app.fairs.models import FairState
from app.outcomes.charts import Step, funnel
from app.stations.models import Role
from tests.fairs.past import booth, fair, mark, turn
from tests.pay.gigs import Gig, gigs_of
from tests.world import Actor, Json, World, ok, refused


async def at_the_fair(world: World, fair_id: UUID, *gigs: Gig) -> None:
    """Let the applications behind these have been made at a fair."""
    async with world.session() as session:
        workers = [gig.worker.id for gig in gigs]
        await session.execute(
            update(Application).where(Application.worker_id.in_(workers)).values(fair_id=fair_id)
        )


async def looks(world: World, fair_id: UUID, *jobs: Json, by: Actor | None = None) -> None:
    """Let somebody watch, and open jobs."""
    who = {"headers": {"X-Viewer": str(uuid4())}}
    for path in ("view", *(f"jobs/{job['id']}/open" for job in jobs)):
        ok(await (by or world.nobody).put(f"/v1/fairs/{fair_id}/{path}", **who), 204)


async def asks(world: World, fair_id: UUID, who: Actor, job: Json | None, state: QuestionState) -> None:
    async with world.session() as session:
        now = clock.now()
        asked = Question(
            id=new_id(),
            fair_id=fair_id,
            account_id=who.id,
            state=state,
            job_id=UUID(job["id"]) if job else None,
            asked_at=now,
            changed_at=now,
        )
        asked.text = "管饭吗"
        session.add(asked)


async def told(officer: Actor, fair_id: UUID) -> Json:
    found: Json = ok(await officer.get(f"/admin/v1/fairs/{fair_id}/statistics"))
    return found


@pytest.fixture
async def manager(world: World) -> Actor:
    return await world.staff("141002", Role.MANAGER)


async def test_a_fair_is_followed_to_who_was_paid(world: World, manager: Actor) -> None:
    employer = await world.employer(trusted=True)
    fair_id = await fair(world)
    came, stayed_away, left, asked_only = await gigs_of(world, employer, 4)
    job, other = came.engagement["job"], await employer.posts_job(title="搬家")
    booth_id = await booth(world, fair_id, employer, job, other)
    await at_the_fair(world, fair_id, came, stayed_away, left)  # asked_only applied elsewhere
    for one in (came, left):
        await looks(world, fair_id, job, other, by=one.worker)
    await looks(world, fair_id, job)
    await looks(world, fair_id)
    await asks(world, fair_id, came.worker, job, QuestionState.SHOWN)
    await asks(world, fair_id, came.worker, None, QuestionState.ASKED)
    await asks(world, fair_id, left.worker, job, QuestionState.HIDDEN)
    ok(await left.worker.post(f"{left.path}/cancel", {"reason": "有事"}))

    whole = await told(manager, fair_id)
    assert figures(whole) == {
        "viewers": 4, "live_viewers": 4, "replay_viewers": 0, "openers": 3, "opens": 5, "questions": 2,
        "applicants": 3, "applications": 3, "hires": 2, "started": 0, "paid": 0, "conversion_percent": 75.0,
    }  # fmt: skip

    async with came.at(came.ends_at):
        await came.attended(came.starts_at, came.ends_at)
        assert steps(await told(await fresh(world), fair_id)) == (3, 2, 1, 0)
        await came.confirms()
        await came.reports(20000)
        assert steps(await told(await fresh(world), fair_id)) == (3, 2, 1, 0)
        await came.answers(received=True)
        whole = await told(await fresh(world), fair_id)
    assert steps(whole) == (3, 2, 1, 1)

    (of_booth,) = whole["booths"]
    assert of_booth["id"] == str(booth_id)
    assert of_booth["funnel"]["questions"] == 1
    assert [(one["title"], one["funnel"]["opens"], one["funnel"]["paid"]) for one in of_booth["jobs"]] == [
        (job["title"], 3, 1),
        ("搬家", 2, 0),
    ]
    assert asked_only.worker


def figures(told_: Json) -> Json:
    found: Json = told_["funnel"]
    return found


def steps(told_: Json) -> tuple[int, ...]:
    return tuple(told_["funnel"][step] for step in ("applications", "hires", "started", "paid"))


async def fresh(world: World) -> Actor:
    """Return a manager whose token is of the present time, which the test has moved."""
    return await world.staff("141002", Role.MANAGER)


async def test_still_paid_is_nobody_to_whom_a_wage_is_overdue(world: World, manager: Actor) -> None:
    employer = await world.employer(trusted=True)
    fair_id = await fair(world)
    (one,) = await gigs_of(world, employer, 1)
    await booth(world, fair_id, employer, one.engagement["job"])
    await at_the_fair(world, fair_id, one)
    async with one.at(one.ends_at):
        await one.attended(one.starts_at, one.ends_at)
        await one.confirms()
        await one.reports(20000)
        await one.answers(received=True)
    assert steps(await told(manager, fair_id)) == (1, 1, 1, 1)

    # A second shift of the same application is confirmed, and its wage overdue.
    await world.look(
        """WITH second AS (
             INSERT INTO engagements (id, job_id, shift_id, worker_id, employer_id, application_id, division,
                                      station_id, starts_at, ends_at, state, terms_hash, agreed_at)
             SELECT gen_random_uuid(), job_id, shift_id, worker_id, employer_id, application_id, division,
                    station_id, starts_at + interval '1 day', ends_at + interval '1 day', 'checked_out',
                    terms_hash, agreed_at FROM engagements RETURNING id, worker_id, employer_id)
           INSERT INTO pay_records (id, engagement_id, owed_for, worker_id, employer_id, division,
                                    county_code, station_id, owed_fen, open_fen, reported_fen,
                                    settled_fen, contested_fen,
                                    cancelled_fen, state, due_at, overdue_at)
           SELECT gen_random_uuid(), s.id, p.owed_for, p.worker_id, p.employer_id, p.division, p.county_code,
                  p.station_id, 100, 100, 0, 0, 0, 0, 'overdue', now(), now()
             FROM pay_records p CROSS JOIN second s RETURNING 1"""
    )
    assert steps(await told(manager, fair_id)) == (1, 1, 1, 0)


async def test_a_jobs_viewers_are_who_had_come_by_the_end_of_its_last_showing(
    world: World, manager: Actor
) -> None:
    employer = await world.employer(trusted=True)
    first, second = await employer.posts_job(), await employer.posts_job(title="搬家")
    began = datetime(2026, 11, 20, 10, tzinfo=UTC)
    fair_id = await fair(world, starts_at=began)
    await booth(world, fair_id, employer, first, second)
    for minute, job in ((0, first), (10, second), (15, first), (20, second)):
        await mark(world, fair_id, job, manager, began + timedelta(minutes=minute))
    for minute in (1, 12, 17, 25):
        with time_machine.travel(began + timedelta(minutes=minute), tick=False):
            await looks(world, fair_id)
    with time_machine.travel(began + timedelta(minutes=30), tick=False):
        await turn(world, fair_id, FairState.ENDED)
        await looks(world, fair_id)

    whole = await told(manager, fair_id)
    assert (figures(whole)["live_viewers"], figures(whole)["replay_viewers"]) == (4, 1)
    (of_booth,) = whole["booths"]
    assert [(one["shown_s"], one["funnel"]["viewers"]) for one in of_booth["jobs"]] == [(900, 3), (900, 4)]
    assert of_booth["funnel"]["viewers"] == 4

    book = await workbook(manager, fair_id)
    assert list(book) == ["全场", "展位", "岗位", "逐分钟"]
    minutes = book["逐分钟"]
    assert len(minutes) == 1 + 30
    assert [row[0][-5:] for row in minutes[1:] if row[1]] == ["18:01", "18:12", "18:17", "18:25"]
    assert [row[5] for row in (minutes[1], minutes[11], minutes[16], minutes[30])] == [
        first["title"], "搬家", first["title"], "搬家",
    ]  # fmt: skip


async def workbook(officer: Actor, fair_id: UUID) -> dict[str, list[list[Any]]]:
    answer = await officer.get(f"/admin/v1/fairs/{fair_id}/statistics.xlsx")
    assert answer.status_code == 200, answer.text
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


async def test_a_fair_with_nothing_in_it_is_told_of_too(world: World, manager: Actor) -> None:
    fair_id = await fair(world, FairState.BOOKABLE)
    whole = await told(manager, fair_id)
    assert (whole["booths"], figures(whole)["viewers"], figures(whole)["conversion_percent"]) == ([], 0, None)
    assert (await workbook(manager, fair_id))["逐分钟"][1:] == []
    assert ok_svg(await manager.get(f"/admin/v1/fairs/{fair_id}/funnel.svg")) is not None


def ok_svg(answer: Any) -> ET.Element:
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/svg+xml")
    return parsed(answer.text)


def parsed(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314 - our own


async def test_the_chart_says_what_it_shows_and_runs_nothing(world: World, manager: Actor) -> None:
    fair_id = await fair(world, title="<script>alert(1)</script>&夜场")
    await looks(world, fair_id)
    drawn = ok_svg(await manager.get(f"/admin/v1/fairs/{fair_id}/funnel.svg"))
    texts = "".join(drawn.itertext())
    assert "<script>alert(1)</script>&夜场" in texts
    assert {one.tag.split("}")[1] for one in drawn.iter()} == {
        "svg",
        "title",
        "desc",
        "rect",
        "text",
        "tspan",
    }
    assert "观看 1;点开岗位 0" in texts


def test_a_bar_is_as_long_as_its_count() -> None:
    drawn = parsed(funnel("甲\x00\x1b乙", [Step("观看", 200), Step("报名", 50), Step("录用", 0)]))
    wide = [float(one.attrib["width"]) for one in drawn if one.attrib.get("fill") == "#1f6f54"]
    assert wide == [420, 105, 0]
    assert "甲乙" in "".join(drawn.itertext())
    assert re.search(r"50\s*· 25.0%", "".join(drawn.itertext()))


async def test_fairs_are_compared_by_who_reaches_them(world: World, manager: Actor) -> None:
    now = clock.now()
    ours = [
        await fair(world, FairState.ENDED, starts_at=now - timedelta(days=days), title=f"第{days}场")
        for days in (9, 5, 2)
    ]
    await fair(world, FairState.ENDED, division="141081")
    await fair(world, FairState.BOOKABLE)  # has not begun
    await looks(world, ours[1])

    page = ok(await manager.get("/admin/v1/fairs/statistics?limit=2"))
    assert [one["title"] for one in page["items"]] == ["第2场", "第5场"]
    assert [one["funnel"]["viewers"] for one in page["items"]] == [0, 1]
    following = {"cursor": page["next_cursor"], "limit": 2}
    rest = ok(await manager.get("/admin/v1/fairs/statistics", params=following))
    assert [one["title"] for one in rest["items"]] == ["第9场"]
    assert rest["next_cursor"] is None
    since = clock.day_of(now - timedelta(days=5)).isoformat()
    found = ok(await manager.get(f"/admin/v1/fairs/statistics?from={since}&until={since}"))
    assert [one["title"] for one in found["items"]] == ["第5场"]
    assert ok(await manager.get("/admin/v1/fairs/statistics?division=141081"))["items"] == []
    sheet = await manager.get("/admin/v1/fairs/statistics?format=xlsx")
    assert sheet.status_code == 200


@pytest.mark.parametrize("what", ["statistics", "statistics.xlsx", "funnel.svg"])
async def test_who_does_not_reach_a_fair_is_told_nothing_of_it(world: World, what: str) -> None:
    fair_id = await fair(world)
    path = f"/admin/v1/fairs/{fair_id}/{what}"
    refused(await (await world.staff("141081", Role.MANAGER)).get(path), 404, "not_found")
    auditor = await world.staff("141002", Role.AUDITOR)
    assert (await auditor.get(path)).status_code == 200
