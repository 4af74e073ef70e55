"""What was parked, sent again when somebody asks for it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core import clock
from app.core.problems import NotFound
from app.core.types import new_id
from app.pushes import queries
from app.pushes.models import Delivery, DeliveryState, Subscription
from app.pushes.problems import DeliveryNotParked, DeliverySuperseded


async def retry_for_staff(
    session: AsyncSession, officer: Officer, delivery_id: UUID
) -> tuple[Delivery, Subscription]:
    """Send a parked message again, with an entry in the ledger."""
    place = await session.get(Delivery, delivery_id)
    if place is None:
        raise NotFound
    again = await retry(session, place.client_id, place.subscription_id, delivery_id)
    await record(
        session,
        officer.actor,
        "delivery.retry",
        object_kind="delivery",
        object_id=delivery_id,
        division=officer.station.division,
        after={"delivery_id": str(again.id), "count": again.count},
    )
    return again, await session.get_one(Subscription, (again.client_id, again.subscription_id))


async def retry(session: AsyncSession, client_id: str, subscription_id: str, delivery_id: UUID) -> Delivery:
    """Send a parked message again, with three days of patience; 404 if it is not of that subscription.

    Of things that a later message told of, or is to tell of, it says nothing: so order is kept for each. A
    message that has become another one that way gets another id.
    """
    subscription = await session.get(Subscription, (client_id, subscription_id), with_for_update=True)
    delivery = await session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if subscription is None or delivery is None:
        raise NotFound
    if (delivery.client_id, delivery.subscription_id) != (client_id, subscription_id):
        raise NotFound
    if delivery.state is not DeliveryState.PARKED:
        raise DeliveryNotParked
    changes = delivery.changes or []
    still = await queries.not_told_since(session, changes, subscription.position)
    if changes and not still:
        raise DeliverySuperseded
    if still != changes:
        delivery.id = new_id()
        delivery.changes, delivery.count, delivery.whole = still, len(still), False
    delivery.state, delivery.parked_at = DeliveryState.PENDING, None
    delivery.attempts, delivery.first_tried_at, delivery.next_at = 0, None, clock.now()
    await session.flush()
    return delivery
