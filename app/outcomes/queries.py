"""What staff read of fairs afterwards, cut to their reach."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock, wall
from app.core.keyring import keys
from app.fairs.audience import Reservation
from app.fairs.models import Fair
from app.outcomes import funnel
from app.outcomes.funnel import Funnel
from app.outcomes.schemas import (
    BENCHMARK_PERCENT,
    FairFigures,
    FairStatistics,
    FunnelOfBooth,
    FunnelOfJob,
    FunnelView,
)


async def statistics_of(session: AsyncSession, fair: Fair) -> FairStatistics:
    """Return a fair with its booths and jobs, in five statements however many there are."""
    whole, booths = await funnel.of_one(session, fair)
    reserved = await _reserved(session, [fair.id])
    return FairStatistics(
        **_figures(fair, whole, reserved.get(fair.id, 0)),
        benchmark_percent=BENCHMARK_PERCENT,
        booths=[
            FunnelOfBooth(
                id=one.booth.id,
                employer_id=one.employer.id,
                employer=one.employer.name,
                order=one.booth.order,
                funnel=_view(one.funnel),
                jobs=[
                    FunnelOfJob(
                        job_id=job.job.id,
                        title=job.job.title,
                        trade=job.job.trade,
                        shown_s=job.shown_s,
                        funnel=_view(job.funnel),
                    )
                    for job in one.jobs
                ],
            )
            for one in booths
        ],
    )


async def page_of_figures(
    session: AsyncSession,
    officer: Officer,
    asked: tuple[date | None, date | None, str | None],
    limit: int,
    cursor: str | None,
) -> tuple[list[FairFigures], str | None]:
    """Return a page of fairs that began, the latest first: four statements (ix_fairs_division)."""
    since, until, division = asked
    scope = f"fair_figures/{officer.station.division}/{since}/{until}/{division}"
    statement = _begun(officer, since, until, division)
    order = tuple_(Fair.starts_at, Fair.id)
    if cursor:
        at, id_ = keys().cursors.read(cursor, scope)
        statement = statement.where(order < tuple_(datetime.fromisoformat(at), UUID(id_)))
    statement = statement.order_by(Fair.starts_at.desc(), Fair.id.desc()).limit(limit + 1)
    found = list(await session.scalars(statement))
    page = found[:limit]
    ids = [fair.id for fair in page]
    counted, reserved = await funnel.of_fairs(session, ids), await _reserved(session, ids)
    items = [FairFigures(**_figures(fair, counted[fair.id], reserved.get(fair.id, 0))) for fair in page]
    if len(found) <= limit:
        return items, None
    return items, keys().cursors.sign([page[-1].starts_at, page[-1].id], scope)


def _begun(officer: Officer, since: date | None, until: date | None, division: str | None) -> Select[Fair]:
    statement = select(Fair).where(officer.reaches(Fair.division), Fair.live_at.is_not(None))
    if since:
        statement = statement.where(Fair.starts_at >= clock.start_of(since))
    if until:
        statement = statement.where(Fair.starts_at < clock.span_of(until)[1])
    return statement.where(Fair.division.bool_op("^@")(division)) if division else statement


async def _reserved(session: AsyncSession, fair_ids: list[UUID]) -> dict[UUID, int]:
    async with wall.lifted(session):  # numbers of fairs within reach
        rows = await session.execute(
            select(Reservation.fair_id, func.count())
            .where(Reservation.fair_id.in_(fair_ids))
            .group_by(Reservation.fair_id)
        )
        return {fair_id: count for fair_id, count in rows}  # noqa: C416 - rows are no tuples to mypy


def _figures(fair: Fair, whole: Funnel, reservations: int) -> dict[str, Any]:
    return {
        "id": fair.id,
        "title": fair.title,
        "state": fair.state,
        "mode": fair.mode,
        "division": fair.division,
        "key_group": fair.key_group,
        "trade": fair.trade,
        "starts_at": fair.starts_at,
        "live_at": fair.live_at,
        "ended_at": fair.ended_at,
        "peak_viewers": fair.peak_viewers,
        "reservations": reservations,
        "funnel": _view(whole),
    }


def _view(counted: Funnel) -> FunnelView:
    return FunnelView(**asdict(counted), conversion_percent=counted.conversion_percent)
