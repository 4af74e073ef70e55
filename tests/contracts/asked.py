"""Somebody who asks for a vacancy of the province and agreed to be known to it, in a furnished city."""

from joserfc.jwk import ECKey
from sqlalchemy import update

from app.sync.models import Client
from tests.contracts.city import OfTheCity
from tests.inbound.asked import asked
from tests.world import Actor, Json, Province, World, ok

OUTCOMES: dict[str, Json] = {"put_application_outcome": {"version": 1, "outcome": "accepted"}}


async def furnish_asked(world: World, province: Province, worker: Actor, engagement_id: str) -> OfTheCity:
    """Let somebody wait for the province, a worker in the city consent, and the province know of both."""
    case = await asked(world)
    ok(await worker.put("/v1/me/consents", {"province": True}))
    key = {**ECKey.generate_key("P-256").as_dict(private=False), "kid": "sealing", "use": "enc"}
    async with world.session() as session:
        await session.execute(update(Client).where(Client.id == province.client_id).values(keys=[key]))
    await world.publish()
    application = {"application_id": case.id}
    return OfTheCity(
        ids={},
        fitting={
            "put_application_outcome": [application],
            "read_applying_person": [application],
            "read_engaged_person": [{"engagement_id": engagement_id}],
        },
    )
