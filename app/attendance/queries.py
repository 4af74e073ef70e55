"""What is asked about attendance, and who is a party to it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.attendance.models import Attendance, AttendanceKind, Claim, ClaimState, SiteCode
from app.core.problems import NotFound
from app.employers.models import Member
from app.engagements.models import Engagement, Side, Terms

# The index uq_claims_standing: one engagement has one of these at most.
LIVE = (ClaimState.PROPOSED, ClaimState.CONTESTED, ClaimState.STANDS)


async def party(
    session: AsyncSession, account_id: UUID, engagement_id: UUID, *sides: Side
) -> tuple[Engagement, Side]:
    """Return an engagement and the account's side of it, one of `sides` if any are named; else 404."""
    acts = exists().where(Member.account_id == account_id, Member.employer_id == Engagement.employer_id)
    row = (
        await session.execute(select(Engagement, acts).where(Engagement.id == engagement_id))
    ).one_or_none()
    if row is not None:
        engagement, acting = row
        mine = [Side.WORKER] if engagement.worker_id == account_id else []
        mine += [Side.EMPLOYER] if acting else []
        for side in mine:
            if not sides or side in sides:
                return engagement, side
    raise NotFound


async def in_reach(session: AsyncSession, officer: Officer, engagement_id: UUID) -> Engagement:
    """Return an engagement whose place of work is within reach, else 404."""
    engagement = await session.scalar(
        select(Engagement).where(Engagement.id == engagement_id, officer.reaches(Engagement.division))
    )
    if engagement is None:
        raise NotFound
    return engagement


async def live_claim(session: AsyncSession, engagement_id: UUID) -> Claim | None:
    """Lock the one claim that is proposed, contested or stands; the engagement is locked before."""
    found = await session.scalars(
        select(Claim)
        .where(Claim.engagement_id == engagement_id, Claim.state.in_(LIVE))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.one_or_none()


async def terms_in_force(session: AsyncSession, engagement_id: UUID) -> Terms:
    """Return the newest version of the terms."""
    newest = select(Terms).where(Terms.engagement_id == engagement_id).order_by(Terms.version.desc())
    return (await session.scalars(newest.limit(1))).one()


def notes_of(engagement_id: UUID) -> Select[Attendance]:
    """Return all that was noted, in order (index engagement_id, id)."""
    return select(Attendance).where(Attendance.engagement_id == engagement_id).order_by(Attendance.id)


async def note_by_proof(session: AsyncSession, engagement_id: UUID, proof_id: str) -> Attendance | None:
    """Return what was noted of the same event before (index uq_attendance_proof)."""
    return await session.scalar(
        select(Attendance).where(Attendance.engagement_id == engagement_id, Attendance.proof_id == proof_id)
    )


async def last_note(session: AsyncSession, engagement_id: UUID, kind: AttendanceKind) -> Attendance | None:
    """Return the newest note of a kind (index engagement_id, id)."""
    return await session.scalar(
        select(Attendance)
        .where(Attendance.engagement_id == engagement_id, Attendance.kind == kind)
        .order_by(Attendance.id.desc())
        .limit(1)
    )


async def count_of_notes(session: AsyncSession, engagement_id: UUID) -> int:
    return await session.scalar(select(func.count()).where(Attendance.engagement_id == engagement_id)) or 0


def claims_of(engagement_ids: Sequence[UUID]) -> Select[Claim]:
    """Return all that one side said against the other, in order (index engagement_id)."""
    return select(Claim).where(Claim.engagement_id.in_(engagement_ids)).order_by(Claim.id)


async def claim_of(session: AsyncSession, engagement_id: UUID, claim_id: UUID) -> Claim:
    """Return one claim of an engagement, else 404."""
    claim = await session.get(Claim, claim_id)
    if claim is None or claim.engagement_id != engagement_id:
        raise NotFound
    return claim


async def site_code_of(session: AsyncSession, job_id: UUID) -> SiteCode:
    """Return what a job's codes are made from now (index uq_site_codes_job_id), else 404."""
    code = await session.scalar(
        select(SiteCode).where(SiteCode.job_id == job_id, SiteCode.ended_at.is_(None))
    )
    if code is None:
        raise NotFound
    return code


def site_codes_of(job_id: UUID) -> Select[SiteCode]:
    """Return a job's codes, also those that ended: an event from offline is judged by its own time."""
    return select(SiteCode).where(SiteCode.job_id == job_id).order_by(SiteCode.id.desc()).limit(50)
