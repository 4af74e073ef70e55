"""Fairs and booths as their planners and the employers see them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import wall
from app.core.files import FileAbsent
from app.core.keyring import keys
from app.core.ports import ports
from app.core.problems import NotFound
from app.employers.models import Employer
from app.employers.queries import acting_for
from app.employers.schemas import EmployerCard
from app.employers.views import card
from app.fairs.audience import Reservation
from app.fairs.booth_schemas import BoothCase, BoothJob, FairOfBooth, OwnBooth
from app.fairs.models import HELD, Booth, BoothState, Fair, FairJob, FairState
from app.fairs.queries import one_seen_by_all
from app.identity.models import Account
from app.jobs.models import Job
from app.workers.models import KeyGroup


def in_reach_of(officer: Officer) -> Select[Fair]:
    return select(Fair).where(officer.reaches(Fair.division))


async def one_in_reach(
    session: AsyncSession, officer: Officer, fair_id: UUID, *, locked: bool = False
) -> Fair:
    """Return a fair within reach, or 404; `locked`: to change it, or anything that belongs to it."""
    statement = in_reach_of(officer).where(Fair.id == fair_id)
    fair = await session.scalar(statement.with_for_update() if locked else statement)
    if fair is None:
        raise NotFound
    return fair


async def page_in_reach(
    session: AsyncSession,
    officer: Officer,
    *,
    state: FairState | None,
    from_: datetime | None,
    until: datetime | None,
    division: str | None,
    key_group: KeyGroup | None,
    limit: int,
    cursor: str | None,
) -> tuple[list[Fair], str | None]:
    """Return a page of fairs, what starts last first (index division, starts_at)."""
    scope = f"fair-cases/{officer.served}/{state}/{from_}/{until}/{division}/{key_group}"
    statement = in_reach_of(officer)
    if state:
        statement = statement.where(Fair.state == state)
    if from_:
        statement = statement.where(Fair.starts_at >= from_)
    if until:
        statement = statement.where(Fair.starts_at < until)
    if division:
        statement = statement.where(Fair.division.bool_op("^@")(division))
    if key_group:
        statement = statement.where(Fair.key_group == key_group)
    if cursor:
        at, last = keys().cursors.read(cursor, scope)
        before = (datetime.fromisoformat(at), UUID(last))
        statement = statement.where(tuple_(Fair.starts_at, Fair.id) < before)
    ordered = statement.order_by(Fair.starts_at.desc(), Fair.id.desc()).limit(limit + 1)
    found = list(await session.scalars(ordered))
    page = found[:limit]
    more = len(found) > limit
    return page, keys().cursors.sign([page[-1].starts_at, page[-1].id], scope) if more else None


async def reservations_count(session: AsyncSession, fair_id: UUID) -> int:
    count = select(func.count()).select_from(Reservation).where(Reservation.fair_id == fair_id)
    return await session.scalar(count) or 0


async def booths_held(session: AsyncSession, fair_id: UUID) -> list[BoothCase]:
    """Return a fair's booths that are held or asked for, in their order (index fair_id, order)."""
    held = select(Booth).where(Booth.fair_id == fair_id, Booth.state.in_(HELD))
    return await cases(session, (await session.scalars(held.order_by(Booth.order, Booth.id))).all())


async def page_of_booths(
    session: AsyncSession, fair_id: UUID, state: BoothState | None, limit: int, cursor: str | None
) -> tuple[list[BoothCase], str | None]:
    """Return a page of a fair's booths in their order (index fair_id, order)."""
    scope = f"fair-booths/{fair_id}/{state}"
    statement = select(Booth).where(Booth.fair_id == fair_id)
    if state:
        statement = statement.where(Booth.state == state)
    if cursor:
        order, last = keys().cursors.read(cursor, scope)
        statement = statement.where(tuple_(Booth.order, Booth.id) > (order, UUID(last)))
    found = list(await session.scalars(statement.order_by(Booth.order, Booth.id).limit(limit + 1)))
    page = found[:limit]
    following = keys().cursors.sign([page[-1].order, page[-1].id], scope) if len(found) > limit else None
    return await cases(session, page), following


async def cases(session: AsyncSession, booths: Sequence[Booth]) -> list[BoothCase]:
    """Return booths as the stations see them, in two statements however many they are.

    Read past the wall: who comes to a fair and what is shown there may be another county's, and names and
    titles are all that is told.
    """
    async with wall.lifted(session):
        jobs = await _jobs_of(session, booths)
        ids = {booth.employer_id for booth in booths}
        employers = {
            e.id: card(e) for e in await session.scalars(select(Employer).where(Employer.id.in_(ids)))
        }
    return [_case(booth, employers[booth.employer_id], jobs[booth.id]) for booth in booths]


def of_employer(employer_id: UUID) -> Select[Booth]:
    """Return an employer's booths (index employer_id, id)."""
    return select(Booth).where(Booth.employer_id == employer_id)


async def own_booth(session: AsyncSession, account: Account, employer_id: UUID, booth_id: UUID) -> Booth:
    """Return a booth of an employer that the account acts for, or 404."""
    await acting_for(session, account, employer_id)
    booth = await session.scalar(of_employer(employer_id).where(Booth.id == booth_id))
    if booth is None:
        raise NotFound
    return booth


async def own_booths(session: AsyncSession, booths: Sequence[Booth]) -> list[OwnBooth]:
    """Return booths as their employer sees them, in two statements however many they are."""
    jobs = await _jobs_of(session, booths)
    ids = {booth.fair_id for booth in booths}
    fairs = {fair.id: fair for fair in await session.scalars(select(Fair).where(Fair.id.in_(ids)))}
    return [
        OwnBooth(
            **_shown(booth),
            jobs=jobs[booth.id],
            fair=FairOfBooth.model_validate(_known(fairs[booth.fair_id])),
        )
        for booth in booths
    ]


async def cover_of(fair: Fair) -> bytes:
    """Return the cover picture (JPEG), or 404."""
    if fair.cover_key is None:
        raise NotFound
    try:
        return await ports().files.get(fair.cover_key)
    except FileAbsent:
        raise NotFound from None


async def public_cover(session: AsyncSession, fair_id: UUID) -> bytes:
    """Return the cover of a fair that everybody knows of, or 404."""
    return await cover_of(await one_seen_by_all(session, fair_id))


async def _jobs_of(session: AsyncSession, booths: Sequence[Booth]) -> dict[UUID, list[BoothJob]]:
    rows = await session.execute(
        select(FairJob, Job.title, Job.state)
        .join(Job, Job.id == FairJob.job_id)
        .where(FairJob.booth_id.in_([booth.id for booth in booths]))
        .order_by(FairJob.booth_id, FairJob.order)
    )
    found: dict[UUID, list[BoothJob]] = defaultdict(list)
    for shown, title, state in rows:
        job = BoothJob(job_id=shown.job_id, title=title, state=state, planned_at=shown.planned_at)
        found[shown.booth_id].append(job)
    return found


_SHOWN = ("id", "fair_id", "state", "order", "label", "starts_at", "ends_at", "reason", "version")
_OF_THE_FAIR = ("id", "title", "state", "mode", "starts_at", "ends_at", "venue", "room")


def _shown(booth: Booth) -> dict[str, object]:
    return {name: getattr(booth, name) for name in _SHOWN}


def _known(fair: Fair) -> dict[str, object]:
    return {name: getattr(fair, name) for name in _OF_THE_FAIR}


def _case(booth: Booth, employer: EmployerCard, jobs: list[BoothJob]) -> BoothCase:
    return BoothCase.model_validate(
        _shown(booth) | {"jobs": jobs, "employer": employer, "decided_at": booth.decided_at}
    )
