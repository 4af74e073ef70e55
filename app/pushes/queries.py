# ruff: noqa: S608 - composed of the constants below
"""What is subscribed to, what waits to be pushed, and what each message would tell now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from app.feed.models import FeedChange
from app.feed.positions import START, Position
from app.feed.queries import ITEM, RECORD
from app.pushes.models import Delivery, DeliveryState, Subscription
from app.sync.models import Client, Scope

STREAM = ""  # the lane of all that is not held back


@dataclass(frozen=True)
class Lane:
    """Messages of a subscription that go one after the other."""

    client_id: str
    subscription_id: str
    name: str


@dataclass(frozen=True)
class Next:
    """What comes after a position and fits into a message; items are put together by PostgreSQL."""

    first: int  # of all changes that there are
    last: int
    ids: Sequence[int]
    items: str  # JSON, as things are now, parted by commas
    apart: Mapping[UUID, Sequence[int]]  # of things that were set apart and still wait
    until: int  # up to where it is all


# The next changes (primary key) with their records. One statement is one snapshot: what it says of the last
# change fits what it gives of them.
_NEXT = text(
    f"""SELECT extent.first, extent.last, c.id, c.entity_id, {ITEM} AS item,
           EXISTS (SELECT FROM province_deliveries d
                    WHERE d.client_id = :client_id AND d.subscription_id = :id AND d.state = 'pending'
                      AND d.lane = c.entity_id::text) AS apart
      FROM (SELECT min(id) AS first, max(id) AS last FROM province_changes) extent
      LEFT JOIN (SELECT * FROM province_changes WHERE id > :after AND kind = ANY(:kinds)
                  ORDER BY id LIMIT :most) c ON true
      {RECORD} ORDER BY c.id"""
)
_THESE = text(
    f"""SELECT {ITEM} FROM province_changes c {RECORD}
         WHERE c.id = ANY(:ids) AND c.kind = ANY(:kinds) ORDER BY c.id"""
)

# Lanes whose first message is due (index pending), and subscriptions with changes that are in none yet.
_LIVE = f"s.paused_at IS NULL AND c.disabled_at IS NULL AND '{Scope.PUSH}' = ANY(c.scopes)"
_DUE = text(
    f"""SELECT s.client_id, s.id, l.lane FROM province_subscriptions s
          JOIN province_clients c ON c.id = s.client_id
         CROSS JOIN LATERAL (
               SELECT DISTINCT ON (lane) lane, next_at, leased_until FROM province_deliveries d
                WHERE d.client_id = s.client_id AND d.subscription_id = s.id AND d.state = 'pending'
                ORDER BY lane, first_change) l
         WHERE {_LIVE} AND l.next_at <= :now AND (l.leased_until IS NULL OR l.leased_until <= :now)
     UNION ALL
        SELECT s.client_id, s.id, '' FROM province_subscriptions s
          JOIN province_clients c ON c.id = s.client_id
         WHERE {_LIVE} AND s.position < (SELECT max(id) FROM province_changes)
           AND NOT EXISTS (SELECT FROM province_deliveries d
                            WHERE d.client_id = s.client_id AND d.subscription_id = s.id AND d.lane = ''
                              AND d.state = 'pending')
         ORDER BY 3"""
)


async def due(session: AsyncSession, now: datetime) -> list[Lane]:
    """Return the lanes in which something can be sent, the streams before what was set apart."""
    return [Lane(*row) for row in await session.execute(_DUE, {"now": now})]


async def extent(session: AsyncSession) -> tuple[int, int]:
    """Return the first and the last change that there are; (1, 0) before the first."""
    row = (await session.execute(select(func.min(FeedChange.id), func.max(FeedChange.id)))).one()
    return row[0] or 1, row[1] or 0


async def next_changes(
    session: AsyncSession, subscription: Subscription, kinds: Collection[str], most: int, most_bytes: int
) -> Next:
    """Return what comes after a subscription's position."""
    values = {
        "client_id": subscription.client_id,
        "id": subscription.id,
        "after": subscription.position,
        "kinds": list(kinds),
        "most": most,
    }
    rows = (await session.execute(_NEXT, values)).all()
    first, last = rows[0].first or 1, rows[0].last or 0
    changes = [row for row in rows if row.id is not None]
    ids: list[int] = []
    items: list[str] = []
    apart: dict[UUID, list[int]] = {}
    size, until = 0, last if len(changes) < most else changes[-1].id
    for before, row in zip([None, *changes], changes, strict=False):
        size += len(row.item.encode())
        if size > most_bytes and before is not None:
            until = before.id
            break
        if row.apart:
            apart.setdefault(row.entity_id, []).append(row.id)
        else:
            ids.append(row.id)
            items.append(row.item)
    return Next(first, last, ids, ",".join(items), apart, until)


async def these_items(session: AsyncSession, kinds: Collection[str], ids: Sequence[int]) -> str:
    """Return some changes as they look now, as JSON; those that are pruned are left out."""
    return ",".join(await session.scalars(_THESE, {"ids": ids, "kinds": list(kinds)}))


async def cursors_at(session: AsyncSession, *positions: int) -> list[str | None]:
    """Return the cursors of positions; none for one whose change is pruned."""
    rows = await session.execute(select(FeedChange.id, FeedChange.mark).where(FeedChange.id.in_(positions)))
    found = {id_: str(Position(id_, mark)) for id_, mark in rows} | {START.id: str(START)}
    return [found.get(position) for position in positions]


async def entities_of(session: AsyncSession, ids: Sequence[int]) -> dict[UUID, list[int]]:
    """Return the changes of each thing, in their order, things in the order of their first."""
    those = text("SELECT entity_id, id FROM province_changes WHERE id = ANY(:ids) ORDER BY id")
    found: dict[UUID, list[int]] = {}
    for entity_id, id_ in await session.execute(those, {"ids": ids}):
        found.setdefault(entity_id, []).append(id_)
    return found


async def not_told_since(session: AsyncSession, ids: Sequence[int], until: int) -> list[int]:
    """Return those changes after which no other of the same thing follows up to a position."""
    # Index entity (kind, entity_id, id).
    later = text(
        """SELECT c.id FROM province_changes c WHERE c.id = ANY(:ids) AND NOT EXISTS (
             SELECT FROM province_changes l WHERE l.kind = c.kind AND l.entity_id = c.entity_id
                AND l.id > c.id AND l.id <= :until) ORDER BY c.id"""
    )
    return list(await session.scalars(later, {"ids": ids, "until": until}))


async def lanes_apart(session: AsyncSession, subscription: Subscription) -> set[str]:
    """Return the lanes of things that were set apart and still wait."""
    lanes = _of(subscription).with_only_columns(Delivery.lane).distinct()
    return set(await session.scalars(lanes.where(Delivery.lane != STREAM)))


def head(subscription: Subscription, lane: str) -> Select[Delivery]:
    """Return the message that is next in a lane."""
    return _of(subscription).where(Delivery.lane == lane).order_by(Delivery.first_change).limit(1)


def _of(subscription: Subscription) -> Select[Delivery]:
    return select(Delivery).where(
        Delivery.client_id == subscription.client_id,
        Delivery.subscription_id == subscription.id,
        Delivery.state == DeliveryState.PENDING,
    )


def subscription(client_id: str, subscription_id: str) -> Select[Subscription, Client]:
    return (
        select(Subscription, Client)
        .join(Client, Client.id == Subscription.client_id)
        .where(Subscription.client_id == client_id, Subscription.id == subscription_id)
    )


@dataclass(frozen=True)
class Standing:
    """A subscription and how far it has come."""

    subscription: Subscription
    mark: str | None  # of its position; none before the first change, or once that is pruned
    last: int
    pending: int
    parked: int

    @property
    def cursor(self) -> str | None:
        if self.subscription.position == START.id:
            return str(START)
        return self.mark and str(Position(self.subscription.position, self.mark))


async def standings(
    session: AsyncSession, client_id: str, subscription_id: str | None = None
) -> list[Standing]:
    """Return a client's subscriptions, or the one of that id, by their ids."""

    def number(state: DeliveryState) -> ScalarSelect[int]:
        # Indexes pending and parked.
        return (
            select(func.count())
            .where(
                Delivery.client_id == Subscription.client_id,
                Delivery.subscription_id == Subscription.id,
                Delivery.state == state,
            )
            .correlate(Subscription)
            .scalar_subquery()
        )

    last = select(func.coalesce(func.max(FeedChange.id), 0)).scalar_subquery()
    statement = (
        select(
            Subscription,
            FeedChange.mark,
            last,
            number(DeliveryState.PENDING),
            number(DeliveryState.PARKED),
        )
        .outerjoin(FeedChange, FeedChange.id == Subscription.position)
        .where(Subscription.client_id == client_id)
        .order_by(Subscription.id)
    )
    if subscription_id is not None:
        statement = statement.where(Subscription.id == subscription_id)
    return [Standing(*row) for row in await session.execute(statement)]


def deliveries(client_id: str, subscription_id: str, state: DeliveryState | None) -> Select[Delivery]:
    """Return a subscription's messages without what they tell of (index list)."""
    statement = select(Delivery).where(
        Delivery.client_id == client_id, Delivery.subscription_id == subscription_id
    )
    statement = statement if state is None else statement.where(Delivery.state == state)
    return statement.options(defer(Delivery.changes))


def troubled(state: DeliveryState | None) -> Select[Delivery, Subscription]:
    """Return what is parked, and what failed and is tried again (indexes parked and pending)."""
    statement = select(Delivery, Subscription).join(
        Subscription,
        and_(Subscription.client_id == Delivery.client_id, Subscription.id == Delivery.subscription_id),
    )
    failing = and_(
        Delivery.state == DeliveryState.PENDING,
        or_(Delivery.last_status.is_not(None), Delivery.last_error.is_not(None)),
    )
    which = {
        DeliveryState.PARKED: Delivery.state == DeliveryState.PARKED,
        DeliveryState.PENDING: failing,
        None: or_(Delivery.state == DeliveryState.PARKED, failing),
    }
    return statement.where(which[state]).options(defer(Delivery.changes))


def shown(delivery: Delivery) -> dict[str, Any]:
    """Return what may be seen of a message: which thing it is, and never what it tells."""
    pending = delivery.state is DeliveryState.PENDING
    return {
        "id": delivery.id,
        "state": delivery.state,
        "count": delivery.count,
        "entity_id": UUID(delivery.lane) if delivery.lane else None,
        "attempts": delivery.attempts,
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
        "created_at": delivery.created_at,
        "next_at": delivery.next_at if pending else None,
        "delivered_at": delivery.delivered_at,
        "parked_at": delivery.parked_at,
    }
