"""Whose a stream is, as far as locks go: the row of what owns it, above, is locked before the stream."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from app.streams.models import Stream

Lock = Callable[[AsyncSession, Stream], Awaitable[None]]

_owners: list[Lock] = []


def locked_before(lock: Lock) -> Lock:
    """Register what locks the row that owns a stream, if it has one of the kind."""
    _owners.append(lock)
    return lock


async def lock(session: AsyncSession, stream: Stream) -> None:
    """Lock the stream after what owns it, and read it again."""
    for lock_owner in _owners:
        await lock_owner(session, stream)
    await session.refresh(stream, with_for_update=True)
