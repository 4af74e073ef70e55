"""What waits in a queue, and who has it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Row, Select, Subquery, Text, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.cases import holds
from app.cases.models import CaseKind
from app.core import clock
from app.core.keyring import keys
from app.days.queries import Calendar, calendar
from app.queues.deadlines import WORKING_DAYS
from app.queues.sources import SOURCES

# Counting stops here: whether a thousand wait or ten thousand, the answer is the same, and costs the same.
COUNTED = 1000
# More than sit at the counters of the city at once: so many clerks each find another case.
AT_ONCE = 200


class HeldBy(StrEnum):
    MINE = "mine"
    FREE = "free"
    OTHERS = "others"


@dataclass(frozen=True)
class Wanted:
    """Which of the cases to list."""

    division: str | None = None
    held: HeldBy | None = None
    overdue: bool = False
    longer_than_h: int | None = None


@dataclass(frozen=True)
class Holder:
    id: UUID
    name: str
    until: datetime


@dataclass(frozen=True)
class Case:
    """A case as it waits."""

    kind: CaseKind
    case_id: UUID
    title: str
    division: str
    station_id: UUID | None
    since: datetime
    due_at: datetime | None
    overdue: bool
    holder: Holder | None

    @classmethod
    def of(cls, kind: CaseKind, row: Row[*tuple[Any, ...]], days: Calendar) -> Self:
        due_at = row.due_at
        if kind in WORKING_DAYS:
            due_at = days.due(row.since, WORKING_DAYS[kind]).astimezone(UTC)
        holder = Holder(row.staff_id, row.name, row.until) if row.staff_id else None
        return cls(
            kind, row.case_id, row.title, row.division, row.station_id, row.since, due_at, row.overdue, holder
        )


@dataclass(frozen=True)
class Count:
    """How much waits in a queue; `more` than was counted."""

    kind: CaseKind
    waiting: int
    more: bool
    held: int
    overdue: int
    oldest: datetime | None


@dataclass(frozen=True)
class Queue:
    """One kind's cases within an officer's reach, at one time."""

    kind: CaseKind
    officer: Officer
    now: datetime
    days: Calendar

    def for_kind(self, kind: CaseKind) -> "Queue":
        return replace(self, kind=kind)

    def rows(self) -> tuple[Select[*tuple[Any, ...]], Subquery, Subquery]:
        """Return the statement of the cases with their holders, and its two parts."""
        waits = SOURCES[self.kind].waiting(self.officer).subquery("waits")
        held = holds.live(self.kind, self.now).subquery("held")
        if self.kind in WORKING_DAYS:
            late = waits.c.since < self.days.late_if_before(self.now, WORKING_DAYS[self.kind])
        else:
            late = waits.c.due_at <= self.now
        columns = (*waits.c, held.c.staff_id, held.c.name, held.c.until)
        statement = (
            select(*columns, func.coalesce(late, False).label("overdue"))
            .select_from(waits.outerjoin(held, held.c.case_id == waits.c.case_id))
            .order_by(waits.c.since, waits.c.case_id)
        )
        return statement, waits, held


async def queue(session: AsyncSession, officer: Officer, kind: CaseKind) -> Queue:
    return Queue(kind, officer, clock.now(), await calendar(session))


async def page(
    session: AsyncSession, of: Queue, wanted: Wanted, limit: int, cursor: str | None
) -> tuple[list[Case], str | None]:
    """Return a page of cases, the oldest first, by keyset over (since, case_id)."""
    statement, waits, held = of.rows()
    me = of.officer.staff.id
    if wanted.division:
        statement = statement.where(waits.c.division.bool_op("^@")(wanted.division))
    if wanted.longer_than_h is not None:
        statement = statement.where(waits.c.since < of.now - timedelta(hours=wanted.longer_than_h))
    if wanted.overdue:
        statement = statement.where(statement.selected_columns.overdue)
    match wanted.held:
        case HeldBy.MINE:
            statement = statement.where(held.c.staff_id == me)
        case HeldBy.OTHERS:
            statement = statement.where(held.c.staff_id != me)
        case HeldBy.FREE:
            statement = statement.where(held.c.staff_id.is_(None))
    scope = f"queues/{of.kind}/{me}/{wanted}"
    if cursor:
        since, last = keys().cursors.read(cursor, scope)
        after = tuple_(literal(datetime.fromisoformat(since)), literal(UUID(last)))
        statement = statement.where(tuple_(waits.c.since, waits.c.case_id) > after)
    found = (await session.execute(statement.limit(limit + 1))).all()
    rows = found[:limit]
    following = None
    if len(found) > limit:
        following = keys().cursors.sign([rows[-1].since.isoformat(), rows[-1].case_id], scope)
    return [Case.of(of.kind, row, of.days) for row in rows], following


async def one(session: AsyncSession, of: Queue, case_id: UUID) -> Case | None:
    """Return a case that waits within reach."""
    statement, waits, _ = of.rows()
    row = (await session.execute(statement.where(waits.c.case_id == case_id))).one_or_none()
    return Case.of(of.kind, row, of.days) if row else None


async def count(session: AsyncSession, of: Queue) -> Count:
    """Count one queue in one statement, its first thousand."""
    first = of.rows()[0].limit(COUNTED + 1).subquery("first")
    row = (
        await session.execute(
            select(
                func.count().label("waiting"),
                func.count(first.c.staff_id).label("held"),
                func.count().filter(first.c.overdue).label("overdue"),
                func.min(first.c.since).label("oldest"),
            )
        )
    ).one()
    more = row.waiting > COUNTED
    return Count(of.kind, min(row.waiting, COUNTED), more, row.held, row.overdue, row.oldest)


async def oldest_free(session: AsyncSession, of: Queue) -> UUID | None:
    """Return the oldest case that nobody has and nobody is about to take.

    An advisory lock until the commit says "about to": who comes at the same time passes over it and
    finds the next. The oldest are cut off first, so that only they are tried, one after the other.
    """
    statement, _, held = of.rows()
    oldest = statement.where(held.c.staff_id.is_(None)).limit(AT_ONCE).subquery("oldest")
    lock = func.hashtextextended(literal(f"{of.kind.value}/").concat(cast(oldest.c.case_id, Text)), 0)
    return await session.scalar(select(oldest.c.case_id).where(func.pg_try_advisory_xact_lock(lock)).limit(1))
