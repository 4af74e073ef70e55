"""Which ratings and appeals there are, and for whom."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.attendance.models import Claim, ClaimKind, ClaimState
from app.attendance.queries import party
from app.core import clock
from app.core.problems import NotFound
from app.employers.models import Employer, Member
from app.engagements.locking import lock_engagement
from app.engagements.models import Application, Engagement, Side
from app.jobs.models import Job
from app.standing.events import AppealDecided, ReviewsShown
from app.standing.facts import OTHER
from app.standing.models import Appeal, AppealState, Review
from app.standing.score import WINDOW
from app.workers.models import Worker

_SAID_OF = {Side.WORKER: ClaimKind.NO_SHOW, Side.EMPLOYER: ClaimKind.TURNED_AWAY}


async def as_party(
    session: AsyncSession, account_id: UUID, engagement_id: UUID, *, lock: bool = False
) -> tuple[Engagement, Side]:
    """Return an engagement and which side of it the account is on, else 404; locked if asked to."""
    engagement, side = await party(session, account_id, engagement_id)
    if lock:
        engagement = await lock_engagement(session, engagement_id)
    return engagement, side


async def reviews_of(session: AsyncSession, engagement_id: UUID) -> dict[Side, Review]:
    found = await session.scalars(
        select(Review).where(Review.engagement_id == engagement_id).execution_options(populate_existing=True)
    )
    return {review.by: review for review in found}


async def engagement_of(session: AsyncSession, event: ReviewsShown | AppealDecided) -> UUID:
    """Return the engagement that an event is about."""
    if isinstance(event, ReviewsShown):
        return event.engagement_id
    return (await session.get_one(Appeal, event.appeal_id)).engagement_id


def _visible() -> ColumnElement[bool]:
    return and_(Review.visible_from <= clock.now(), Review.removed_at.is_(None))


def said_of_employer(employer_id: UUID) -> Select[Review]:
    """Return what workers say of an employer and anyone may read (index employer_id, id)."""
    return select(Review).where(Review.employer_id == employer_id, Review.by == Side.WORKER, _visible())


async def last_ratings(
    session: AsyncSession, side: Side, owner_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[int, list[str]]]]:
    """Return stars and tags of the last fifty visible ratings of each worker or employer, in one statement.

    Indexes reviews (worker_id, id) and (employer_id, id).
    """
    owner = Worker if side is Side.WORKER else Employer
    column = Review.worker_id if side is Side.WORKER else Review.employer_id
    last = (
        select(Review.stars, Review.tags)
        .where(column == owner.id, Review.by == OTHER[side], _visible())
        .order_by(Review.id.desc())
        .limit(WINDOW)
        .correlate(owner)
        .lateral()
    )
    found: dict[UUID, list[tuple[int, list[str]]]] = {owner_id: [] for owner_id in owner_ids}
    statement = select(owner.id, last.c.stars, last.c.tags).select_from(owner).join(last, true())
    for owner_id, stars, tags in await session.execute(statement.where(owner.id.in_(owner_ids))):
        found[owner_id].append((stars, tags))
    return found


async def applicant_of(session: AsyncSession, account_id: UUID, application_id: UUID) -> UUID:
    """Return the worker of an application to an employer that the account acts for, else 404."""
    worker_id = await session.scalar(
        select(Application.worker_id)
        .join(Job, Job.id == Application.job_id)
        .join(Member, Member.employer_id == Job.employer_id)
        .where(Application.id == application_id, Member.account_id == account_id)
    )
    if worker_id is None:
        raise NotFound
    return worker_id


async def claim_to_answer(session: AsyncSession, engagement_id: UUID, side: Side) -> Claim | None:
    """Return what is said against the side and can still be answered (index uq_claims_standing)."""
    found: Claim | None = await session.scalar(
        select(Claim).where(
            Claim.engagement_id == engagement_id,
            Claim.state == ClaimState.PROPOSED,
            Claim.kind == _SAID_OF[side],
            Claim.answer_until > clock.now(),
        )
    )
    return found


def appeals_of(account_id: UUID) -> Select[Appeal]:
    """Return the appeals that an account made (index account_id, id)."""
    return select(Appeal).where(Appeal.account_id == account_id)


def in_reach_of(officer: Officer, state: AppealState | None) -> Select[*tuple[Any, ...]]:
    """Return the appeals within reach, with both parties (index state, division, id)."""
    statement = (
        select(Appeal, Worker.name_shown, Employer.name)
        .join(Engagement, Engagement.id == Appeal.engagement_id)
        .join(Worker, Worker.id == Engagement.worker_id)
        .join(Employer, Employer.id == Engagement.employer_id)
        .where(officer.reaches(Appeal.division))
    )
    return statement.where(Appeal.state == state) if state else statement


async def one_in_reach(session: AsyncSession, officer: Officer, appeal_id: UUID) -> tuple[Appeal, str, str]:
    """Return one appeal within reach with the names of both parties, else 404."""
    row = (await session.execute(in_reach_of(officer, None).where(Appeal.id == appeal_id))).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]
