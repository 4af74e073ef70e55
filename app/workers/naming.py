"""Marks by which names are found, for those that were sealed before there were any."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import rounds, work
from app.core.db import Database
from app.core.keyring import unseal
from app.identity.names import pairs_of
from app.workers.models import Worker


@work.at_times("*/10 * * * *")
async def mark_names(database: Database) -> None:
    """Mark the verified names that have no marks yet (index ix_workers_pairs_missing)."""
    missing = select(Worker.id).where(Worker.name_sealed.is_not(None), Worker.name_pairs == [])
    await rounds.each(database, missing, _mark)


async def _mark(session: AsyncSession, worker_id: UUID) -> None:
    worker = await session.get(Worker, worker_id, with_for_update={"key_share": True})
    if worker and worker.name_sealed and not worker.name_pairs:
        worker.name_pairs = pairs_of(unseal(worker.name_sealed, f"workers/name/{worker.id}"))
