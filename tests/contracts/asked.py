"""Somebody who asks for a vacancy of the province and agreed to be known to it, in a furnished city."""

from joserfc.jwk import ECKey
from sqlalchemy import update

from app.sync.models import Client
from tests.contracts.city import OfTheCity
from tests.inbound.asked import asked
from tests.world import Json, Province, World, ok, shift

OUTCOMES: dict[str, Json] = {"put_application_outcome": {"version": 1, "outcome": "accepted"}}


async def furnish_asked(world: World, province: Province) -> OfTheCity:
    """Let a worker wait for the province's answer, work in the city besides, and the province have both."""
    case = await asked(world)
    employer = await world.employer(trusted=True)
    ok(await case.worker.applies(await employer.posts_job(shifts=[shift(8, days=20)])), 201)
    engagement = (await case.engagement())["id"]
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
            "read_engaged_person": [{"engagement_id": engagement}],
        },
    )
