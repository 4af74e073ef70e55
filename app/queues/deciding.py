"""Deciding many cases at once, each as if it were alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.cases import holds
from app.cases.models import CaseKind
from app.core.problems import NotFound, Problem
from app.employers import verification
from app.employers.models import Employer
from app.jobs import review
from app.jobs.models import Job
from app.queues import queries
from app.queues.taking import worked_by
from app.workers import checking
from app.workers.actions import decide_certificate

Decide = Callable[[AsyncSession, Officer, UUID, str | None], Awaitable[object]]


class Decision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True)
class Decided:
    """What became of one case: done, or why not."""

    case_id: UUID
    problem: Problem | None


async def decide(
    session: AsyncSession, officer: Officer, kind: CaseKind, case_ids: Sequence[UUID], reason: str | None
) -> list[Decided]:
    """Approve the cases, or reject them with a reason: each in a savepoint, with its own ledger entry.

    Refuses (404) a kind whose cases have to be looked at one by one. Only what waits is decided, in the
    order of the ids, so that two who decide the same cases do not wait for each other crosswise.
    """
    worked_by(officer, kind)
    if kind not in _DECIDE:
        raise NotFound
    of = await queries.queue(session, officer, kind)
    done: dict[UUID, Problem | None] = {}
    for case_id in sorted(set(case_ids)):
        try:
            async with session.begin_nested():
                await _must_wait(session, of, case_id)
                await holds.act_on(session, officer, kind, case_id)
                await _must_wait(session, of, case_id)  # another may have decided it before it was ours
                await _DECIDE[kind](session, officer, case_id, reason)
            done[case_id] = None
        except Problem as problem:
            done[case_id] = problem
    return [Decided(case_id, done[case_id]) for case_id in dict.fromkeys(case_ids)]


async def _must_wait(session: AsyncSession, of: queries.Queue, case_id: UUID) -> None:
    if await queries.one(session, of, case_id) is None:
        raise NotFound


async def _employer(session: AsyncSession, officer: Officer, case_id: UUID, reason: str | None) -> None:
    employer = await session.get_one(Employer, case_id)
    if reason:
        await verification.reject(session, officer.actor, employer, reason)
    else:
        await verification.verify(session, officer.actor, employer, trusted=employer.trusted)


async def _job(session: AsyncSession, officer: Officer, case_id: UUID, reason: str | None) -> None:
    job = await session.get_one(Job, case_id)
    if reason:
        await review.send_back(session, officer.actor, job, [reason])
    else:
        await review.approve(session, officer.actor, job)


async def _certificate(session: AsyncSession, officer: Officer, case_id: UUID, reason: str | None) -> None:
    await decide_certificate(session, officer.actor, case_id, verified=not reason, reason=reason)


async def _real_name(session: AsyncSession, officer: Officer, case_id: UUID, reason: str | None) -> None:
    if reason:
        await checking.withdraw(session, officer, case_id, reason)
    else:
        await checking.confirm(session, officer, case_id)


# The others need a person's judgement each, with words and pictures read.
_DECIDE: dict[CaseKind, Decide] = {
    CaseKind.EMPLOYERS: _employer,
    CaseKind.JOBS: _job,
    CaseKind.CERTIFICATES: _certificate,
    CaseKind.REAL_NAMES: _real_name,
}
