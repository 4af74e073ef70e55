"""Changes put into messages, in an order that is kept for each thing; a refused one is set apart.

A subscription's changes go through one stream, a message at a time. Where the endpoint can't take what a
message holds, it is halved, by things, until the refused one stands alone in a lane of its own; what
happens to that thing later waits behind it there, and nothing else does.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.pushes import queries
from app.pushes.models import Delivery, Subscription
from app.pushes.queries import STREAM

MOST_ITEMS = 1_000
MOST_BYTES = 1_000_000
MOST_APART = 100  # more refused things than that: it is the endpoint that is wrong


async def cut(
    session: AsyncSession, subscription: Subscription, kinds: Collection[str], now: datetime
) -> tuple[Delivery, str] | None:
    """Put the next changes into a message of the stream, also returned as JSON; None if there are none.

    The subscription is locked, and the stream is empty. What belongs behind something that was set apart
    is put there.
    """
    while True:
        after = subscription.position
        found = await queries.next_changes(session, subscription, kinds, MOST_ITEMS, MOST_BYTES)
        if found.first > after + 1:
            return _that_it_is_pruned(session, subscription, found.last, now), ""
        subscription.position = max(after, found.until)
        for entity_id, ids in found.apart.items():
            session.add(_message(subscription, str(entity_id), ids, now))
        if found.ids:
            message = _message(subscription, STREAM, found.ids, now)
            message.first_change, message.last_change, message.whole = after + 1, subscription.position, True
            session.add(message)
            return message, found.items
        if found.until >= found.last:
            return None


async def split(session: AsyncSession, subscription: Subscription, refused: Delivery, now: datetime) -> bool:
    """Narrow down what the endpoint can't take; False if that is not what it is.

    Halved by things, so that two changes of one are never in two messages of the stream.
    """
    if refused.lane != STREAM or not refused.changes:
        return False
    things = await queries.entities_of(session, refused.changes)
    if len(await queries.lanes_apart(session, subscription)) >= MOST_APART:
        return False
    if len(things) < 2:  # noqa: PLR2004 - nothing to halve
        refused.lane, refused.whole = str(next(iter(things), STREAM)), False
        return False
    lists = list(things.values())
    half = len(lists) // 2
    for part in (lists[:half], lists[half:]):
        session.add(_message(subscription, STREAM, sorted(id_ for ids in part for id_ in ids), now))
    await session.delete(refused)
    return True


def _that_it_is_pruned(
    session: AsyncSession, subscription: Subscription, last: int, now: datetime
) -> Delivery:
    """Go on from the present, with a message that says that what was before is pruned."""
    message = _message(subscription, STREAM, [], now)
    message.first_change, message.last_change = subscription.position + 1, last
    subscription.position = last
    session.add(message)
    return message


def _message(subscription: Subscription, lane: str, changes: Sequence[int], now: datetime) -> Delivery:
    return Delivery(
        client_id=subscription.client_id,
        subscription_id=subscription.id,
        lane=lane,
        first_change=changes[0] if changes else 0,
        last_change=changes[-1] if changes else 0,
        whole=False,
        count=len(changes),
        changes=list(changes),
        attempts=0,
        next_at=now,
        created_at=now,
    )
