"""Queues put into the shapes that staff see."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock
from app.core.problems import Problem
from app.queues import queries
from app.queues.deciding import Decided
from app.queues.queries import Case
from app.queues.schemas import DecidedView, HolderView, QueueView, WaitingCase
from app.queues.sources import SOURCES


async def counts(session: AsyncSession, officer: Officer) -> list[QueueView]:
    """Return each queue of the officer's role, counted in one statement a queue."""
    of = await queries.queue(session, officer, next(iter(SOURCES)))
    seen = []
    for kind, source in SOURCES.items():
        if officer.staff.role not in source.readers:
            continue
        found = await queries.count(session, of.for_kind(kind))
        seen.append(
            QueueView(
                kind=kind,
                waiting=found.waiting,
                more=found.more,
                held=found.held,
                overdue=found.overdue,
                oldest_since=found.oldest,
                oldest_minutes=_minutes(found.oldest, of.now) if found.oldest else None,
                decides=officer.staff.role in source.workers,
            )
        )
    return seen


def case(found: Case, now: datetime | None = None) -> WaitingCase:
    holder = found.holder
    return WaitingCase(
        kind=found.kind,
        case_id=found.case_id,
        title=found.title,
        division=found.division,
        station_id=found.station_id,
        waiting_since=found.since,
        due_at=found.due_at,
        age_minutes=_minutes(found.since, now or clock.now()),
        overdue=found.overdue,
        held_by=HolderView(id=holder.id, name=holder.name, until=holder.until) if holder else None,
        link=SOURCES[found.kind].link.format(id=found.case_id),
    )


def decided(one: Decided) -> DecidedView:
    why: Problem | None = one.problem
    return DecidedView(
        case_id=one.case_id,
        done=why is None,
        code=why.code if why else None,
        message=(why.zh or why.title) if why else None,
    )


def _minutes(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()) // 60)
