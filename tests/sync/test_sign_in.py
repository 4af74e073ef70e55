"""The province's machines sign in by secret; the token is good for ten minutes and for their scopes."""

from app.sync.models import Scope
from tests.world import World


async def test_a_machine_signs_in_with_its_scopes_alone(world: World) -> None:
    assert (await world.province(Scope.READ_JOB)).token
    assert (await world.province()).token
