"""Taking a case out of a queue, and giving it back."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.cases import holds
from app.cases.models import CaseKind
from app.cases.problems import CaseHeld
from app.core.problems import NotFound
from app.queues import queries
from app.queues.problems import QueueEmpty
from app.queues.queries import Case, Queue
from app.queues.sources import SOURCES
from app.stations.models import Role


def seen_by(officer: Officer, kind: CaseKind) -> None:
    """Refuse (404) a queue that is not for the officer's role."""
    if officer.staff.role not in SOURCES[kind].readers:
        raise NotFound


def worked_by(officer: Officer, kind: CaseKind) -> None:
    """Refuse (404) who does not decide what waits in this queue."""
    if officer.staff.role not in SOURCES[kind].workers:
        raise NotFound


async def claim(session: AsyncSession, officer: Officer, kind: CaseKind, case_id: UUID) -> Case:
    """Take one case, or keep it for another half hour; 404 for what does not wait within reach."""
    worked_by(officer, kind)
    of = await queries.queue(session, officer, kind)
    before = await queries.one(session, of, case_id)
    if before is None:
        raise NotFound
    taken = await _taken(session, of, case_id)
    if taken is None:
        raise NotFound
    if before.holder is None or before.holder.id != officer.staff.id:
        await _note(session, officer, taken, "claim")
    return taken


async def next_one(session: AsyncSession, officer: Officer, kind: CaseKind) -> Case:
    """Take the oldest case that nobody has; as many at once as come each get another."""
    worked_by(officer, kind)
    of = await queries.queue(session, officer, kind)
    while case_id := await queries.oldest_free(session, of):
        try:
            taken = await _taken(session, of, case_id)
        except CaseHeld:
            continue  # claimed by its id while we looked
        if taken is not None:
            await _note(session, officer, taken, "claim")
            return taken
    raise QueueEmpty


async def release(session: AsyncSession, officer: Officer, kind: CaseKind, case_id: UUID) -> None:
    """Give a case back for others to take; a manager can take it out of anybody's hands."""
    manages = officer.staff.role is Role.MANAGER
    if not manages:
        worked_by(officer, kind)
    of = await queries.queue(session, officer, kind)
    known = await queries.one(session, of, case_id)
    if known is None:
        raise NotFound
    holder = await holds.release(session, officer, kind, case_id, anybodys=manages)
    await _note(session, officer, known, "release", holder)


async def _taken(session: AsyncSession, of: Queue, case_id: UUID) -> Case | None:
    """Take the case, then look whether it still waits: who decided it held it until its commit."""
    await holds.claim(session, of.officer, of.kind, case_id)
    still = await queries.one(session, of, case_id)
    if still is None:
        await holds.release(session, of.officer, of.kind, case_id)
    return still


async def _note(
    session: AsyncSession, officer: Officer, case: Case, did: str, holder: UUID | None = None
) -> None:
    await record(
        session,
        officer.actor,
        f"case.{did}",
        object_kind=SOURCES[case.kind].ledger,
        object_id=case.case_id,
        division=case.division,
        before={"held_by": str(holder)} if holder else None,
    )
