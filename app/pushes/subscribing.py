"""Subscriptions made, changed, paused and ended by the province."""

import asyncio

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.outbound import AddressRefused, check_address
from app.core.ports import ports
from app.core.problems import NotFound, must_be_fresh
from app.feed.positions import Position
from app.feed.problems import CursorExpired
from app.feed.queries import is_known
from app.pushes import queries
from app.pushes.models import Delivery, DeliveryState, Subscription
from app.pushes.problems import AddressNotTaken, TooManySubscriptions
from app.pushes.schemas import SubscriptionGiven
from app.sync.calling import Caller
from app.sync.models import Client, Scope

MOST = 20
_NAME_KNOWN_WITHIN_S = 5


async def put(
    session: AsyncSession, caller: Caller, subscription_id: str, given: SubscriptionGiven, seen: int | None
) -> tuple[Subscription, bool]:
    """Subscribe, or change what is subscribed to; also returns whether it is new.

    Refuses types beyond the caller's scopes, an address that we would not call, and the twenty-first.
    """
    caller.must(*(Scope(f"read:{kind}") for kind in given.types))
    await _check(given.url)
    client_id, now = caller.client.id, clock.now()
    # One at a time for a client: so many and no more. Deliveries only refer to the client.
    await session.execute(select(Client.id).where(Client.id == client_id).with_for_update(key_share=True))
    found = await session.get(Subscription, (client_id, subscription_id), with_for_update=True)
    must_be_fresh(seen, found.version if found else 0)
    start = await _start(session, given.from_cursor)
    if found is None:
        mine = select(func.count()).where(Subscription.client_id == client_id)
        if (await session.scalar(mine) or 0) >= MOST:
            raise TooManySubscriptions
        found = Subscription(client_id=client_id, id=subscription_id, url=given.url, kinds=list(given.types))
        found.version = 0
        found.position = (await queries.extent(session))[1] if start is None else start
        found.keep_secret(given.secret, now)
        session.add(found)
    else:
        renewed = found.keep_secret(given.secret, now)
        if not renewed and start is None and (found.url, found.kinds) == (given.url, list(given.types)):
            return found, False
        if found.url != given.url:
            found.paused_at = None  # the new address is to be called
        found.url, found.kinds = given.url, list(given.types)
        found.position = found.position if start is None else start
    found.version += 1
    await session.flush()
    await _try_again_now(session, found)
    return found, found.version == 1


async def end(session: AsyncSession, client_id: str, subscription_id: str, seen: int | None) -> None:
    """Push no more, and forget what was to be pushed."""
    found = await _locked(session, client_id, subscription_id)
    must_be_fresh(seen, found.version)
    await session.delete(found)


async def pause(session: AsyncSession, client_id: str, subscription_id: str) -> Subscription:
    """Push nothing until it is resumed; changes wait, and are pruned after thirty days as for all."""
    found = await _locked(session, client_id, subscription_id)
    if found.paused_at is None:
        found.paused_at = clock.now()
        found.version += 1
    return found


async def resume(session: AsyncSession, client_id: str, subscription_id: str) -> Subscription:
    """Push again, at once; also what would have waited for its next attempt."""
    found = await _locked(session, client_id, subscription_id)
    if found.paused_at is not None:
        found.paused_at = None
        found.version += 1
    await _try_again_now(session, found)
    return found


async def _check(url: str) -> None:
    """Refuse an address that we would not call; what its name leads to is looked at at each call again."""
    try:
        async with asyncio.timeout(_NAME_KNOWN_WITHIN_S):
            await check_address(url, ports().allowed)
    except (AddressRefused, TimeoutError) as error:
        raise AddressNotTaken.at("/url") from error


async def _start(session: AsyncSession, cursor: str | None) -> int | None:
    """Return the number of the change to begin after; refuses a cursor that has expired."""
    if cursor is None:
        return None
    position = Position.of(cursor)
    if not await is_known(session, position):
        raise CursorExpired
    return position.id


async def _locked(session: AsyncSession, client_id: str, subscription_id: str) -> Subscription:
    found = await session.get(Subscription, (client_id, subscription_id), with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def _try_again_now(session: AsyncSession, subscription: Subscription) -> None:
    """Try what is pending at once, with three days of patience: that of before went by in a pause."""
    await session.execute(
        update(Delivery)
        .where(
            Delivery.client_id == subscription.client_id,
            Delivery.subscription_id == subscription.id,
            Delivery.state == DeliveryState.PENDING,
        )
        .values(next_at=clock.now(), first_tried_at=None)
    )
