"""What is held about a worker, and what is erased when the account closes."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.core.keyring import unseal
from app.geo.places import read_back
from app.identity.events import AccountClosing
from app.identity.holdings import holds
from app.workers.models import Certificate, Worker


@holds("worker")
async def _profile(session: AsyncSession, account_id: UUID) -> dict[str, Any] | None:
    worker = await session.get(Worker, account_id)
    if worker is None:
        return None
    certificates = await session.scalars(select(Certificate).where(Certificate.worker_id == account_id))
    name, number = worker.name_sealed, worker.id_number_sealed
    return {
        "name_shown": worker.name_shown,
        "name": unseal(name, f"workers/name/{worker.id}") if name else None,
        "id_number": unseal(number, f"workers/id_number/{worker.id}") if number else None,
        "birth_date": worker.birth_date,
        "verified_at": worker.verified_at,
        "identity_checked_at": worker.identity_checked_at,
        "home": read_back(worker.home)._asdict() if worker.home else None,
        "home_address": worker.home_address,
        "travel_radius_m": worker.travel_radius_m,
        "trades": worker.trades,
        "availability": worker.availability,
        "expected_pay": worker.expected_pay,
        "key_groups": worker.key_groups,
        "certificates": [
            {"kind": c.kind, "valid_until": c.valid_until, "state": c.state, "created_at": c.created_at}
            for c in certificates
        ],
    }


@at_once(AccountClosing)
async def erase(session: AsyncSession, event: AccountClosing) -> None:
    """Erase what says who the worker was; engagements keep pointing at the emptied row."""
    worker = await session.get(Worker, event.account_id, with_for_update={"key_share": True})
    if worker is None:
        return
    await session.execute(delete(Certificate).where(Certificate.worker_id == worker.id))
    worker.verified_at = worker.identity_checked_at = worker.identity_checked_by = None
    worker.identity_reason = None
    worker.name_sealed = worker.id_number_sealed = worker.id_number_index = None
    worker.birth_date = worker.id_kind = None
    worker.name_pairs = []
    worker.name_shown = "已注销"
    worker.home = worker.home_address = worker.division = worker.expected_pay = None
    worker.trades, worker.availability, worker.key_groups = [], [], []
    worker.version += 1
    await session.flush()
