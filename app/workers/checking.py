"""Staff compare a real name with the document, in person or from papers, after people have begun to work."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.cases import holds
from app.cases.models import CaseKind
from app.core import clock
from app.core.events import emit
from app.core.keyring import unseal
from app.core.problems import NotFound
from app.workers.events import RealNameWithdrawn
from app.workers.models import Worker
from app.workers.problems import RealNameState
from app.workers.queries import people_in_reach
from app.workers.schemas import Identity


async def confirm(session: AsyncSession, officer: Officer, worker_id: UUID) -> Worker:
    """Note that the name and number are those of the document; refuses what was checked already."""
    worker = await _in_hand(session, officer, worker_id)
    if worker.identity_checked_at:
        raise RealNameState
    worker.identity_checked_at, worker.identity_checked_by = clock.now(), officer.staff.id
    await session.flush()
    await _note(session, officer, worker, "identity_confirm", after={"checked": True})
    return worker


async def withdraw(session: AsyncSession, officer: Officer, worker_id: UUID, reason: str) -> Worker:
    """Take a real name back that is not the person's, also one that was checked; the person is told why.

    The sealed name and number go, so that who they belong to can use them. Nothing new is agreed until
    the person has given the right ones; what was agreed stays, for somebody counts on being paid and
    somebody on the work being done.
    """
    worker = await _in_hand(session, officer, worker_id)
    before = {"verified": True, "checked": worker.identity_checked_at is not None}
    worker.verified_at = worker.identity_checked_at = worker.identity_checked_by = None
    worker.name_sealed = worker.id_number_sealed = worker.id_number_index = None
    worker.id_kind = worker.birth_date = None
    worker.name_pairs = []
    worker.identity_reason = reason
    await session.flush()
    await _note(session, officer, worker, "identity_withdraw", before, {"verified": False}, reason)
    await emit(session, RealNameWithdrawn(worker.id))
    return worker


async def read_identity(session: AsyncSession, officer: Officer, worker_id: UUID, reason: str) -> Identity:
    """Return name and number in full for the check; the reading is written to the ledger (rule 10)."""
    worker = await _in_reach(session, officer, worker_id)
    if worker.name_sealed is None or worker.id_number_sealed is None or worker.id_kind is None:
        raise RealNameState
    await _note(session, officer, worker, "identity_read", reason=reason)
    return Identity(
        name=unseal(worker.name_sealed, f"workers/name/{worker.id}"),
        id_number=unseal(worker.id_number_sealed, f"workers/id_number/{worker.id}"),
        id_kind=worker.id_kind,
    )


async def _in_hand(session: AsyncSession, officer: Officer, worker_id: UUID) -> Worker:
    worker = await _in_reach(session, officer, worker_id)
    await holds.act_on(session, officer, CaseKind.REAL_NAMES, worker_id)
    await session.refresh(worker, with_for_update={"key_share": True})
    if worker.verified_at is None:
        raise RealNameState
    return worker


async def _in_reach(session: AsyncSession, officer: Officer, worker_id: UUID) -> Worker:
    worker = await session.scalar(people_in_reach(officer).where(Worker.id == worker_id))
    if worker is None:
        raise NotFound
    return worker


async def _note(
    session: AsyncSession,
    officer: Officer,
    worker: Worker,
    did: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    await record(
        session,
        officer.actor,
        f"worker.{did}",
        object_kind="worker",
        object_id=worker.id,
        division=worker.division or "1410",
        before=before,
        after=after,
        reason=reason,
    )
