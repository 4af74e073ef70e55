"""Events: what happened, kept in the transaction in which it happened, and told to the floors above."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core import work
from app.core.db import Database
from app.core.types import Base, Id, Since, new_id


@dataclass(frozen=True)
class Event:
    """Something that happened, in the past tense; it carries ids, never personal data."""

    kinds: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        Event.kinds[cls.__name__] = cls

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> "Event":
        return cls(
            **{f.name: UUID(payload[f.name]) if f.type is UUID else payload[f.name] for f in fields(cls)}
        )


class Happened(Base):
    """An event as it was kept."""

    __tablename__ = "events"

    id: Mapped[Id]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[Since]


class Delivery(Base):
    """A reaction that took effect: at-least-once delivery becomes exactly one effect."""

    __tablename__ = "deliveries"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    reaction: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[Since]


Reaction = Callable[[AsyncSession, Any], Awaitable[None]]

_at_once: dict[type[Event], list[Reaction]] = {}
_promised: dict[type[Event], dict[str, Reaction]] = {}


def at_once(*kinds: type[Event]) -> Callable[[Reaction], Reaction]:
    """React inside the causing transaction: for what must be true when it commits. May refuse."""

    def register(react: Reaction) -> Reaction:
        for kind in kinds:
            _at_once.setdefault(kind, []).append(react)
        return react

    return register


def afterwards(*kinds: type[Event]) -> Callable[[Reaction], Reaction]:
    """React in a transaction of its own, promised in the causing one; its effect happens once."""

    def register(react: Reaction) -> Reaction:
        for kind in kinds:
            _promised.setdefault(kind, {})[f"{react.__module__}.{react.__name__}"] = react
        return react

    return register


async def emit(session: AsyncSession, event: Event) -> None:
    """Keep the event, run the reactions that belong to this transaction, promise the others."""
    kept = Happened(id=new_id(), kind=type(event).__name__, payload=_payload(event))
    session.add(kept)
    await session.flush()
    await work.promise(
        session,
        "events.deliver",
        *({"event_id": str(kept.id), "reaction": name} for name in _promised.get(type(event), {})),
    )
    for react in _at_once.get(type(event), []):
        await react(session, event)


async def emit_all(session: AsyncSession, happened: Sequence[Event]) -> None:
    """Emit many events of one kind in a few statements: for what comes by the thousand."""
    if not happened:
        return
    kind = type(happened[0])
    kept = [{"id": new_id(), "kind": kind.__name__, "payload": _payload(event)} for event in happened]
    await session.execute(insert(Happened), kept)
    deliveries = (
        {"event_id": str(one["id"]), "reaction": name} for one in kept for name in _promised.get(kind, {})
    )
    await work.promise(session, "events.deliver", *deliveries)
    for react in _at_once.get(kind, []):
        for event in happened:
            await react(session, event)


@work.task("events.deliver")
async def deliver(database: Database, *, event_id: str, reaction: str) -> None:
    """Let one reaction take effect, unless it already has."""
    async with database.transaction() as session:
        first = await session.scalar(
            insert(Delivery)
            .values(event_id=UUID(event_id), reaction=reaction)
            .on_conflict_do_nothing()
            .returning(Delivery.reaction)
        )
        if first is None:
            return
        kept = await session.get_one(Happened, UUID(event_id))
        kind = Event.kinds[kept.kind]
        await _promised[kind][reaction](session, kind.from_payload(kept.payload))


async def forget_deliveries(session: AsyncSession) -> None:
    """Delete the marks of deliveries that no retry can repeat any more."""
    await session.execute(text("DELETE FROM deliveries WHERE at < now() - interval '30 days'"))


def _payload(event: Event) -> dict[str, Any]:
    return {k: str(v) if isinstance(v, UUID) else v for k, v in asdict(event).items()}
