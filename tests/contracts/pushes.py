"""A subscription, and a message that could not be pushed to it."""

from app.core import clock
from app.core.types import new_id
from app.pushes.models import Delivery, DeliveryState
from tests.world import Json, Province, World, ok

# An address of IANA's, which is public and which nothing here ever calls.
SUBSCRIPTION: Json = {
    "url": "https://192.0.43.8/changes",
    "types": ["job"],
    "secret": "whsec_bGluZmVuLWdpZ3MtYW4tZXhhbXBsZS1vZi1hLWtleQ==",
}


async def furnish_pushes(world: World, province: Province) -> dict[str, list[str]]:
    """Let the province subscribe, and a message to it be parked; return the ids."""
    ok(await province.put("/sync/v1/subscriptions/main", SUBSCRIPTION), 201)
    now = clock.now()
    async with world.session() as session:
        parked = Delivery(
            id=new_id(),
            client_id=province.client_id,
            subscription_id="main",
            lane="",
            first_change=1,
            last_change=1,
            whole=False,
            count=0,
            changes=[],
            state=DeliveryState.PARKED,
            next_at=now,
            parked_at=now,
            last_status=503,
        )
        session.add(parked)
    return {"subscription_id": ["main"], "delivery_id": [str(parked.id)]}
