"""Whether the records are what they should be: everything rendered anew, and compared; or looked at again."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, insert, select, text, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import Database
from app.employers.models import Employer, EmployerState
from app.engagements.models import Application, Engagement, EngagementState
from app.fairs.models import Fair, FairState
from app.feed.models import Kind, Record, Touched
from app.feed.publishing import render
from app.feed.scope import among
from app.feed.sources import SOURCES, widened
from app.jobs.models import PROVINCE, Job, JobState
from app.stations.models import Station

BATCH = 1_000
# Not READ ONLY, which is how requests read: the second wall would hide whom the records are about.
_ONE_SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
# What may be the province's, roughly: the facts decide.
_MAY_BE: dict[Kind, tuple[InstrumentedAttribute[UUID], ColumnElement[bool]]] = {
    Kind.STATION: (Station.id, Station.closed_at.is_(None)),
    Kind.EMPLOYER: (Employer.id, Employer.state == EmployerState.VERIFIED),
    Kind.JOB: (Job.id, Job.state == JobState.OPEN),
    Kind.FAIR: (Fair.id, Fair.state != FairState.CANCELLED),
    Kind.ENGAGEMENT: (Engagement.id, Engagement.state != EngagementState.CANCELLED),
    Kind.APPLICATION: (
        Application.id,
        Application.job_id.in_(select(Job.id).where(Job.source == PROVINCE)),
    ),
}


class Difference(NamedTuple):
    """A thing whose record is not what it should be."""

    kind: Kind
    id: UUID
    how: str


async def check(
    database: Database, progress: Callable[[Kind, int], None] | None = None
) -> AsyncIterator[Difference]:
    """Compare all that there is with the records; `progress` is told the type and how many were looked at.

    What is touched and not published yet does not count: it is on its way.
    """
    for kind in SOURCES:
        last: UUID | None = None
        while True:
            async with database.transaction() as session:
                await session.execute(_ONE_SNAPSHOT)
                ids = list(await session.scalars(_some(kind, last)))
                found = await _differences(session, kind, ids)
            for one in found:
                yield one
            if progress:
                progress(kind, len(ids))
            if len(ids) < BATCH:
                break
            last = ids[-1]


async def republish(database: Database, progress: Callable[[Kind, int], None] | None = None) -> None:
    """Touch everything, so that the publisher looks at all of it again; what is as it was is no change."""
    for kind in SOURCES:
        last: UUID | None = None
        while True:
            async with database.transaction() as session:
                ids = list(await session.scalars(_some(kind, last)))
                if ids:
                    rows = [{"kind": kind.value, "entity_id": id_} for id_ in ids]
                    await session.execute(insert(Touched), rows)
            if progress:
                progress(kind, len(ids))
            if len(ids) < BATCH:
                break
            last = ids[-1]


def _some(kind: Kind, last: UUID | None) -> Select[UUID]:
    """Return the next ids, along the primary keys."""
    id_, may_be = _MAY_BE[kind]
    there = select(id_.label("id")).where(may_be)
    kept = select(Record.entity_id.label("id")).where(Record.kind == kind)
    if last:
        there, kept = there.where(id_ > last), kept.where(Record.entity_id > last)
    both = union(
        select(there.order_by(id_).limit(BATCH).subquery()),
        select(kept.order_by(Record.entity_id).limit(BATCH).subquery()),
    ).subquery()
    return select(both.c.id).order_by(both.c.id).limit(BATCH)


async def _differences(session: AsyncSession, kind: Kind, ids: list[UUID]) -> list[Difference]:
    kept = {
        row.entity_id: (row.hash, row.data)
        for row in await session.execute(
            select(Record.entity_id, Record.hash, Record.data).where(
                Record.kind == kind, among(Record.entity_id, ids)
            )
        )
    }
    found = []
    for one in await render(session, kind, ids):
        hash_, data = kept.get(one.id, (None, None))
        if data != one.data or hash_ != one.hash:
            how = "absent" if data is None else "too many" if one.data is None else "other"
            found.append(Difference(kind, one.id, how))
    if not found:
        return []
    touched: dict[str, dict[UUID, datetime]] = defaultdict(dict)
    for row in await session.execute(select(Touched.kind, Touched.entity_id, Touched.at)):
        touched[row.kind][row.entity_id] = row.at
    on_the_way = (await widened(session, touched)).get(kind, {})
    return [one for one in found if one.id not in on_the_way]
