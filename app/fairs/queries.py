"""Which fairs everybody sees, and what is shown at each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    Select,
    and_,
    bindparam,
    cast,
    func,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core import clock, wall
from app.core.keyring import keys
from app.core.problems import NotFound
from app.employers.models import Employer, EmployerState
from app.fairs.audience import Mark, Reservation
from app.fairs.models import Booth, BoothState, Fair, FairJob, FairState
from app.fairs.schemas import FairsWanted, Theme
from app.geo.points import Wgs84
from app.jobs.models import ClosedBecause, Job, JobState, Listing
from app.stations.models import Station
from app.streams.models import Stream
from app.trades.models import Trade

# Written into the statement, so that the planner sees that the partial index ix_fairs_starts_at has them all.
_PLANNED: BindParameter[str] = bindparam("planned", FairState.PLANNED.value, literal_execute=True)
BEHIND, AHEAD, MOST_IN_A_CALENDAR = timedelta(days=90), timedelta(days=366), 1_000
MOST_JOBS = 1_000


def seen_by_all() -> ColumnElement[bool]:
    """Return what makes a fair public; a plan that was cancelled before it opened never was."""
    was_public = or_(
        Fair.state != FairState.CANCELLED, Fair.opened_at.is_not(None), Fair.live_at.is_not(None)
    )
    return and_(Fair.state != _PLANNED, was_public)


async def one_seen_by_all(session: AsyncSession, fair_id: UUID) -> Fair:
    fair = await session.scalar(select(Fair).where(Fair.id == fair_id, seen_by_all()))
    if fair is None:
        raise NotFound
    return fair


@dataclass(frozen=True)
class Carded:
    """A fair with what its card says beside."""

    fair: Fair
    station: str
    employers: int
    jobs: int
    reserved: bool


async def page(
    session: AsyncSession, asked: FairsWanted, account_id: UUID | None
) -> tuple[list[Carded], str | None]:
    """Return a page in one statement (index ix_fairs_starts_at)."""
    statement = _carded(account_id).where(seen_by_all(), *_of(asked))
    if asked.state:
        statement = statement.where(Fair.state == asked.state)
    elif asked.from_ is None and asked.until is None:
        statement = statement.where(Fair.state.in_([FairState.BOOKABLE, FairState.LIVE]))
    if asked.from_:
        statement = statement.where(Fair.starts_at >= asked.from_)
    if asked.until:
        statement = statement.where(Fair.starts_at < asked.until)
    if asked.trade:
        statement = statement.where(Fair.trade == asked.trade)
    if asked.mode:
        statement = statement.where(Fair.mode == asked.mode)
    newest = asked.state in (FairState.ENDED, FairState.CANCELLED)
    scope = "fairs" + asked.model_dump_json(exclude={"cursor", "limit"}, exclude_none=True)
    return await _page(session, statement, scope, asked.limit, asked.cursor, newest=newest)


async def reserved_by(
    session: AsyncSession, account_id: UUID, limit: int, cursor: str | None
) -> tuple[list[Carded], str | None]:
    """Return a page of what an account reserved, the newest first (index account_id)."""
    mine = select(Reservation.fair_id).where(Reservation.account_id == account_id)
    statement = _carded(account_id).where(Fair.id.in_(mine), seen_by_all())
    return await _page(session, statement, f"reserved/{account_id}", limit, cursor, newest=True)


OfCalendar = tuple[Fair, str, str | None]  # with the names of its station and its trade


def in_calendar(asked: Theme, now: datetime) -> Select[Fair, str, str | None]:
    """Return what a calendar holds, cancelled fairs too (index ix_fairs_starts_at)."""
    return (
        _for_calendars()
        .where(seen_by_all(), Fair.starts_at >= now - BEHIND, Fair.starts_at < now + AHEAD, *_of(asked))
        .order_by(Fair.starts_at.desc(), Fair.id)
        .limit(MOST_IN_A_CALENDAR)
    )


async def one_for_calendar(session: AsyncSession, fair_id: UUID) -> OfCalendar:
    statement = _for_calendars().where(Fair.id == fair_id, seen_by_all())
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _for_calendars() -> Select[Fair, str, str | None]:
    return (
        select(Fair, Station.name, Trade.name)
        .join(Station, Station.id == Fair.station_id)
        .outerjoin(Trade, Trade.code == Fair.trade)
    )


@dataclass(frozen=True)
class Shown:
    """A job at a fair: whose, whether it still hires, and since when it was shown first."""

    at: FairJob
    booth: Booth
    employer: Employer
    job: Job
    listing: Listing | None
    mark: Mark | None
    distance_m: float | None = None


async def carded(
    session: AsyncSession, fair_id: UUID, account_id: UUID | None
) -> tuple[Carded, Stream | None]:
    """Return one fair and its stream, in one statement."""
    statement = _carded(account_id).add_columns(Stream).outerjoin(Stream, Stream.id == Fair.stream_id)
    row = (await session.execute(statement.where(Fair.id == fair_id, seen_by_all()))).one_or_none()
    if row is None:
        raise NotFound
    return Carded(*row[:-1]), row[-1]


async def reservations_of(session: AsyncSession, fair_id: UUID) -> int:
    """Count who reserved (primary key); past the wall, for only how many is told."""
    async with wall.lifted(session):
        return await session.scalar(select(func.count()).where(Reservation.fair_id == fair_id)) or 0


def booths_of(fair_id: UUID) -> Select[Booth, Employer]:
    """Return the booths of verified employers in their order (index fair_id, order)."""
    return (
        select(Booth, Employer)
        .join(Employer, Employer.id == Booth.employer_id)
        .where(Booth.fair_id == fair_id, *_held())
        .order_by(Booth.order, Booth.id)
    )


async def jobs_of(session: AsyncSession, fair_id: UUID, near: Wgs84 | None = None) -> list[Shown]:
    """Return the fair's jobs in the timetable's order, in one statement.

    What closed by itself stays, for the replay shows it; what staff removed or the employer's ban took
    away does not.
    """
    first = aliased(Mark, select(Mark).where(Mark.fair_id == fair_id, Mark.job_id == FairJob.job_id)
        .order_by(Mark.at, Mark.id).limit(1).correlate(FairJob).lateral())  # fmt: skip
    listed = and_(Listing.job_id == Job.id, Listing.open_until > clock.now())
    statement = (
        select(FairJob, Booth, Employer, Job, Listing, first, _distance(near))
        .join(Booth, Booth.id == FairJob.booth_id)
        .join(Employer, Employer.id == Booth.employer_id)
        .join(Job, Job.id == FairJob.job_id)
        .outerjoin(Listing, listed)
        .outerjoin(first, FairJob.job_id == first.job_id)
        .where(FairJob.fair_id == fair_id, *_held(), _not_removed())
        .order_by(Booth.order, Booth.id, FairJob.order, FairJob.job_id)
        .limit(MOST_JOBS)
    )
    return [Shown(*row) for row in await session.execute(statement)]


def shown_there(fair_id: UUID, job_id: UUID) -> Select[UUID]:
    """Return the job if a booth of the fair shows it (primary keys)."""
    return (
        select(FairJob.job_id)
        .join(Booth, Booth.id == FairJob.booth_id)
        .where(FairJob.fair_id == fair_id, FairJob.job_id == job_id, Booth.state == BoothState.ACCEPTED)
    )


def _distance(near: Wgs84 | None) -> ColumnElement[float | None]:
    if near is None:
        return cast(null(), Float)
    distance: ColumnElement[float | None] = func.ST_Distance(
        Job.point, func.ST_GeogFromText(f"POINT({near.lng!r} {near.lat!r})")
    )
    return distance


def _held() -> tuple[ColumnElement[bool], ...]:
    return Booth.state == BoothState.ACCEPTED, Employer.state == EmployerState.VERIFIED


def _not_removed() -> ColumnElement[bool]:
    over = and_(Job.state == JobState.CLOSED, Job.closed_because != ClosedBecause.REMOVED)
    return and_(Job.published_at.is_not(None), or_(Job.state == JobState.OPEN, over))


def _of(asked: Theme) -> list[ColumnElement[bool]]:
    """Return what concerns a place: its own fairs, those below, and those of the divisions above."""
    found: list[ColumnElement[bool]] = []
    if asked.division:
        above = {asked.division[:n] for n in (4, 6, 9)}
        found.append(or_(Fair.division.in_(above), Fair.division.bool_op("^@")(asked.division)))
    if asked.key_group:
        found.append(Fair.key_group == asked.key_group)
    return found


def _carded(account_id: UUID | None) -> Select[*tuple[Any, ...]]:
    booths = select(func.count()).select_from(Booth).join(Employer, Employer.id == Booth.employer_id)
    jobs = (
        select(func.count())
        .select_from(FairJob)
        .join(Booth, Booth.id == FairJob.booth_id)
        .join(Employer, Employer.id == Booth.employer_id)
        .join(Job, Job.id == FairJob.job_id)
        .where(FairJob.fair_id == Fair.id, *_held(), _not_removed())
    )
    reserved = select(Reservation.fair_id).where(
        Reservation.fair_id == Fair.id, Reservation.account_id == account_id
    )
    return select(
        Fair,
        Station.name,
        booths.where(Booth.fair_id == Fair.id, *_held()).correlate(Fair).scalar_subquery(),
        jobs.correlate(Fair).scalar_subquery(),
        reserved.correlate(Fair).exists(),
    ).join(Station, Station.id == Fair.station_id)


async def _page(
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]],
    scope: str,
    limit: int,
    cursor: str | None,
    *,
    newest: bool,
) -> tuple[list[Carded], str | None]:
    key = tuple_(Fair.starts_at, Fair.id)
    if cursor:
        at, id_ = keys().cursors.read(cursor, scope)
        last = tuple_(datetime.fromisoformat(at), UUID(id_))
        statement = statement.where(key < last if newest else key > last)
    order = (Fair.starts_at.desc(), Fair.id.desc()) if newest else (Fair.starts_at, Fair.id)
    rows = (await session.execute(statement.order_by(*order).limit(limit + 1))).all()
    found = [Carded(*row) for row in rows[:limit]]
    if len(rows) <= limit:
        return found, None
    last_fair = found[-1].fair
    return found, keys().cursors.sign([last_fair.starts_at.isoformat(), last_fair.id], scope)
