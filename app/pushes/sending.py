"""Messages sent: claimed, posted outside of any transaction, and noted; by whichever worker is first.

A claim is a lease: whoever dies with it leaves the message to be sent again, with the same id. Messages of
one lane go one after the other; lanes don't wait for each other, nor do subscriptions.
"""

import asyncio
import random
from collections.abc import Collection
from datetime import datetime, timedelta

import httpx
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, logs, outbound, work
from app.core.db import Database
from app.core.ports import ports
from app.feed.problems import SNAPSHOT
from app.pushes import cutting, messages, queries
from app.pushes.messages import Message, Outcome
from app.pushes.models import Delivery, DeliveryState, Subscription
from app.pushes.queries import STREAM, Lane
from app.sync.models import Client, Scope

log = structlog.get_logger()

LEASE = timedelta(seconds=2 * messages.TIMEOUT_S)
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 4 * 3600.0
PATIENCE = timedelta(days=3)
AT_ONCE = 40  # messages on their way from one process
APART_AT_ONCE = 3  # of them from what one subscription has set apart
_LOOK_EVERY_S = 0.2


@work.steadily(0.5)
async def push(database: Database) -> bool:
    """Send what is due until nothing is, and look for more while anything is under way."""
    lanes = await _due(database)
    if not lanes:
        return False
    under_way: dict[Lane, asyncio.Task[bool]] = {}
    failed: set[Lane] = set()  # by our own fault: not again at once
    async with (
        outbound.client(ports().allowed, timeout_s=messages.TIMEOUT_S) as http,
        asyncio.TaskGroup() as group,
    ):
        while lanes or under_way:
            for lane in lanes:
                if lane not in under_way and _has_room(lane, under_way):
                    under_way[lane] = group.create_task(_serve(database, http, lane))
            await asyncio.wait(under_way.values(), timeout=_LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
            done = {lane: task.result() for lane, task in under_way.items() if task.done()}
            failed |= {lane for lane, well in done.items() if not well}
            under_way = {lane: task for lane, task in under_way.items() if lane not in done}
            lanes = [lane for lane in await _due(database) if lane not in failed]
    return False


async def _due(database: Database) -> list[Lane]:
    async with database.transaction(read_only=True) as session:
        return await queries.due(session, clock.now())


def _has_room(lane: Lane, under_way: Collection[Lane]) -> bool:
    """Tell whether one more may be sent: endpoints that hang hold up what is theirs alone."""
    same = [one for one in under_way if one.name and one.subscription_id == lane.subscription_id]
    return len(under_way) < AT_ONCE and (lane.name == STREAM or len(same) < APART_AT_ONCE)


async def _serve(database: Database, http: httpx.AsyncClient, lane: Lane) -> bool:
    """Send what is due in one lane, one message after the other; False if that could not be done."""
    try:
        sent: tuple[Delivery, Outcome] | None = None
        while claim := await _step(database, lane, sent):
            delivery, message = claim
            sent = delivery, await messages.post(http, message)
    except Exception as error:  # noqa: BLE001 - the other lanes are not to end with this one
        log.warning("left_for_the_next_round", what="pushes", **logs.where_it_failed(error))
        return False
    return True


async def _step(
    database: Database, lane: Lane, sent: tuple[Delivery, Outcome] | None = None
) -> tuple[Delivery, Message] | None:
    """Note what came of a message, and take the next one of its lane, if one is due: for LEASE it is ours."""
    async with database.transaction() as session:
        subscription, client = await _locked(session, lane) or (None, None)
        if subscription is None or client is None:
            return None
        if sent is not None:
            await _note(session, subscription, *sent)
        if subscription.paused_at or client.disabled_at or Scope.PUSH not in client.scopes:
            return None
        now = clock.now()
        found = await _next(session, subscription, lane, subscription.readable(client), now)
        if found is None:
            return None
        delivery, items = found
        delivery.attempts += 1
        delivery.first_tried_at = delivery.first_tried_at or now
        delivery.leased_until = now + LEASE
        await session.flush()
        body = await _body(session, delivery, items)
        return delivery, Message(str(delivery.id), subscription.url, subscription.secrets(now), body)


async def _next(
    session: AsyncSession, subscription: Subscription, lane: Lane, kinds: list[str], now: datetime
) -> tuple[Delivery, str] | None:
    """Return what is to be sent next in a lane, and what it tells; None if nothing is, or not yet."""
    first, _ = await queries.extent(session)
    while delivery := await session.scalar(queries.head(subscription, lane.name)):
        if delivery.next_at > now or (delivery.leased_until or now) > now:
            return None
        if delivery.changes and delivery.first_change < first:
            # It waited until it was pruned: the stream goes back to before it, and says so (cutting).
            subscription.position = min(subscription.position, delivery.first_change - 1)
            await session.delete(delivery)
            continue
        items = await queries.these_items(session, kinds, delivery.changes or [])
        if items or not delivery.changes:
            return delivery, items
        await session.delete(delivery)  # of types that may be told no more
    return await cutting.cut(session, subscription, kinds, now) if lane.name == STREAM else None


async def _note(session: AsyncSession, subscription: Subscription, sent: Delivery, outcome: Outcome) -> None:
    """Note what came of an attempt, unless the lease ran out and somebody else has it."""
    delivery = await session.get(Delivery, sent.id)
    if delivery is None or delivery.leased_until != sent.leased_until:
        return
    now = clock.now()
    delivery.leased_until = None
    delivery.last_status, delivery.last_error = outcome.status, outcome.error
    if outcome.acknowledged:
        delivery.state, delivery.delivered_at, delivery.changes = DeliveryState.DELIVERED, now, None
        if delivery.lane == STREAM:
            subscription.failing_since = None
        return
    if outcome.gone:
        subscription.paused_at = now
    if outcome.content_refused and await cutting.split(session, subscription, delivery, now):
        return
    if delivery.lane == STREAM:
        subscription.failing_since = subscription.failing_since or now
    _put_off(delivery, outcome)


def _put_off(delivery: Delivery, outcome: Outcome) -> None:
    """Try again later, and after three days no more: then it is parked, for staff and province to see."""
    now = clock.now()
    given_up_at = (delivery.first_tried_at or now) + PATIENCE
    if now >= given_up_at:
        delivery.state, delivery.parked_at = DeliveryState.PARKED, now
        return
    wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(delivery.attempts - 1, 20))
    wait_s *= random.uniform(0.8, 1.2)  # noqa: S311  # nosec B311 - no secret
    wait = timedelta(seconds=max(wait_s, min(outcome.wait_s, LONGEST_WAIT_S)))
    delivery.next_at = min(now + wait, given_up_at)


async def _body(session: AsyncSession, delivery: Delivery, items: str) -> str:
    """Return what the message tells now; when all of it is pruned, that the whole is to be taken."""
    if not items:
        return messages.expired_body(delivery.created_at, SNAPSHOT)
    after = next_cursor = None
    if delivery.whole:
        after, next_cursor = await queries.cursors_at(
            session, delivery.first_change - 1, delivery.last_change
        )
    return messages.changes_body(delivery.created_at, after, items, next_cursor)


async def _locked(session: AsyncSession, lane: Lane) -> tuple[Subscription, Client] | None:
    """Return the subscription, locked, and whose it is; None if nothing may be sent to it any more."""
    statement = queries.subscription(lane.client_id, lane.subscription_id)
    row = (await session.execute(statement.with_for_update(of=Subscription))).one_or_none()
    return (row[0], row[1]) if row else None
