"""What is held about who reserved fairs, and that it goes when the account closes."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.fairs.audience import Reservation
from app.identity.events import AccountClosing
from app.identity.holdings import holds


@holds("fair_reservations")
async def _reservations(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    found = await session.scalars(
        select(Reservation).where(Reservation.account_id == account_id).order_by(Reservation.created_at)
    )
    return [{"fair_id": one.fair_id, "at": one.created_at} for one in found]


@at_once(AccountClosing)
async def erase(session: AsyncSession, event: AccountClosing) -> None:
    """Forget what somebody reserved."""
    await session.execute(delete(Reservation).where(Reservation.account_id == event.account_id))
