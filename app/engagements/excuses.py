"""Excuses: why a cancellation or an absence should not count, with evidence; staff decide."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.attachments.actions import put_to
from app.attachments.models import Belongs
from app.attachments.queries import belonging_to
from app.audit.actions import record
from app.cases import holds
from app.cases.models import CaseKind
from app.core import clock
from app.core.events import emit
from app.core.keyring import seal, unseal
from app.core.problems import NotFound
from app.core.types import new_id
from app.days.queries import working_days_after
from app.engagements.cancelling_schemas import ExcuseCase, ExcuseGiven, ExcuseView
from app.engagements.events import ExcuseDecided, ExcuseMade
from app.engagements.locking import lock_engagement
from app.engagements.models import Engagement, EngagementState, Excuse, ExcuseState, Side
from app.engagements.problems import EngagementStateConflict, ExcuseStateConflict, ExcuseTooLate
from app.jobs.models import Job

TAKEN_FOR = timedelta(days=7)
DECIDED_WITHIN = 3  # working days


async def make(
    session: AsyncSession, engagement_id: UUID, account_id: UUID, by: Side, given: ExcuseGiven
) -> Excuse:
    """Say why one's own cancellation or absence should not count; staff decide in three working days.

    Refuses another state, the other side's cancellation, a second excuse, and more than seven days.
    """
    engagement = await lock_engagement(session, engagement_id)
    engagement.must_be(EngagementState.CANCELLED, EngagementState.NO_SHOW)
    whose = engagement.cancelled_by or Side.WORKER
    if by is not whose:
        raise EngagementStateConflict(
            "不是您这一方取消的,无须说明", "Your side did not cancel this", state=engagement.state.value
        )
    now = clock.now()
    if now > (engagement.cancelled_at or engagement.ends_at) + TAKEN_FOR:
        raise ExcuseTooLate
    excuse = Excuse(
        id=new_id(),
        engagement_id=engagement.id,
        by=by,
        account_id=account_id,
        kind=given.kind,
        division=engagement.division,
        state=ExcuseState.CLAIMED,
        made_at=now,
        due_at=await working_days_after(session, now, DECIDED_WITHIN),
    )
    excuse.text_sealed = seal(given.text, _under(excuse)) if given.text else None
    session.add(excuse)
    await session.flush()
    await put_to(session, account_id, given.files, Belongs.EXCUSE, excuse.id)
    await emit(session, ExcuseMade(excuse.id))
    return excuse


async def decide(session: AsyncSession, officer: Officer, excuse_id: UUID, *, reason: str | None) -> Excuse:
    """Accept an excuse, or reject it with a reason; refuses one that was decided, 404 out of reach."""
    excuse = await one(session, officer, excuse_id)
    await holds.act_on(session, officer, CaseKind.EXCUSES, excuse_id)
    await session.refresh(excuse, with_for_update={"key_share": True})
    if excuse.state is not ExcuseState.CLAIMED:
        raise ExcuseStateConflict(state=excuse.state.value)
    accepted = reason is None
    excuse.state = ExcuseState.ACCEPTED if accepted else ExcuseState.REJECTED
    excuse.decided_at, excuse.decided_by, excuse.reason = clock.now(), officer.staff.id, reason
    await session.flush()
    await _note(session, officer, excuse, "accept" if accepted else "reject", reason)
    await emit(session, ExcuseDecided(excuse.id, accepted))
    return excuse


async def read_text(session: AsyncSession, officer: Officer, excuse_id: UUID, reason: str) -> str | None:
    """Return the sealed text, and write the reading into the ledger (rule 10)."""
    excuse = await one(session, officer, excuse_id)
    await _note(session, officer, excuse, "read", reason)
    return text_of(excuse)


def text_of(excuse: Excuse) -> str | None:
    return unseal(excuse.text_sealed, _under(excuse)) if excuse.text_sealed else None


def waiting(officer: Officer, state: ExcuseState | None) -> Select[Excuse]:
    """Return the excuses within reach (index state, division, id)."""
    statement = _in_reach(officer)
    return statement.where(Excuse.state == state) if state else statement


async def one(session: AsyncSession, officer: Officer, excuse_id: UUID) -> Excuse:
    """Return an excuse within reach, or 404."""
    excuse = await session.scalar(_in_reach(officer).where(Excuse.id == excuse_id))
    if excuse is None:
        raise NotFound
    return excuse


async def cases(session: AsyncSession, excuses: Sequence[Excuse]) -> list[ExcuseCase]:
    """Return excuses as staff see them, in two more statements."""
    ids = {excuse.engagement_id for excuse in excuses}
    rows = await session.execute(
        select(Engagement, Job.title).join(Job, Job.id == Engagement.job_id).where(Engagement.id.in_(ids))
    )
    of = {engagement.id: (engagement, title) for engagement, title in rows}
    files: dict[UUID, list[UUID]] = {excuse.id: [] for excuse in excuses}
    for attachment in await session.scalars(belonging_to(list(files))):
        if attachment.owner_id:
            files[attachment.owner_id].append(attachment.id)
    return [_case(excuse, *of[excuse.engagement_id], files[excuse.id]) for excuse in excuses]


def _case(excuse: Excuse, engagement: Engagement, title: str | None, files: list[UUID]) -> ExcuseCase:
    return ExcuseCase(
        **ExcuseView.model_validate(excuse).model_dump(),
        division=excuse.division,
        job_title=title or "",
        starts_at=engagement.starts_at,
        notice_minutes=engagement.notice_minutes,
        cancel_reason=engagement.cancel_reason,
        with_text=excuse.text_sealed is not None,
        files=files,
    )


def _in_reach(officer: Officer) -> Select[Excuse]:
    return select(Excuse).where(officer.reaches(Excuse.division))


def _under(excuse: Excuse) -> str:
    return f"excuses/text/{excuse.id}"


async def _note(
    session: AsyncSession, officer: Officer, excuse: Excuse, did: str, reason: str | None
) -> None:
    before: dict[str, Any] | None = None if did == "read" else {"state": ExcuseState.CLAIMED.value}
    await record(
        session,
        officer.actor,
        f"excuse.{did}",
        object_kind="excuse",
        object_id=excuse.id,
        division=excuse.division,
        before=before,
        after=before and {"state": excuse.state.value},
        reason=reason,
    )
