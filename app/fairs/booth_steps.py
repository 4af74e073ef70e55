"""What every deed at a booth needs: the locks in their order, the last moment, the ledger."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor
from app.core import clock
from app.core.problems import NotFound
from app.fairs.models import AHEAD, HELD, Booth, BoothState, Fair, FairJob
from app.fairs.noting import Facts, note
from app.fairs.problems import FairBegun

SLOT = ("starts_at", "ends_at", "label", "order")


async def lock_fair(session: AsyncSession, fair_id: UUID) -> Fair:
    """Lock the fair of a booth, before the booth."""
    fair = await session.get(Fair, fair_id, with_for_update=True, populate_existing=True)
    if fair is None:
        raise NotFound
    return fair


async def lock_booth(session: AsyncSession, fair: Fair, booth_id: UUID) -> Booth:
    """Lock a booth of a locked fair, or 404."""
    booth = await session.get(Booth, booth_id, with_for_update=True, populate_existing=True)
    if booth is None or booth.fair_id != fair.id:
        raise NotFound
    return booth


def must_be_ahead(fair: Fair) -> None:
    """Refuse once the fair has begun, or should have."""
    fair.must_be(*AHEAD)
    if fair.starts_at <= clock.now():
        raise FairBegun


async def close(
    session: AsyncSession, fair: Fair, booth: Booth, state: BoothState, reason: str | None
) -> None:
    """Bring the booth into another state; one that is not held any more gives back its jobs."""
    booth.state, booth.reason, booth.decided_at = state, reason, clock.now()
    booth.version += 1
    # What was shown to people stays known; what was only planned is free for another booth.
    if state not in HELD and fair.state in AHEAD:
        await session.execute(delete(FairJob).where(FairJob.booth_id == booth.id))
    await session.flush()


def told(booth: Booth) -> dict[str, Any]:
    """Return what the ledger notes of a booth."""
    told = {name: getattr(booth, name) for name in ("employer_id", "state", *SLOT)}
    return {name: None if value is None else str(value) for name, value in told.items()}


async def note_booth(
    session: AsyncSession,
    by: Actor,
    fair: Fair,
    booth: Booth,
    verb: str,
    before: Facts = None,
    reason: str | None = None,
) -> None:
    """Write into the ledger what was done to a booth."""
    deed = f"fair_booth.{verb}"
    await note(session, by, fair, deed, booth, before=before, after=told(booth), reason=reason)
