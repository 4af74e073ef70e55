"""Writing to the ledger."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import ActorKind, Entry


@dataclass(frozen=True)
class Actor:
    """Who did it, and from which network address."""

    kind: ActorKind
    id: UUID | None
    name: str | None = None
    address: str | None = None


SYSTEM = Actor(ActorKind.SYSTEM, None)


async def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    *,
    object_kind: str,
    object_id: UUID | None,
    division: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write one entry in the transaction of the deed; `before` and `after` hold no sealed field."""
    session.add(
        Entry(
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            address=actor.address,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            division=division,
            before=before,
            after=after,
            reason=reason,
        )
    )
    await session.flush()
