"""Whatever the app can do for a person, the officer whom the person asked can; and nobody else."""

import httpx
import pytest

from app.core.contract import Audience
from app.counter.doors import GREAT_READS, PLAIN_READS
from tests.contracts.furnished import Furnished, furnish
from tests.security.matrix import operations
from tests.security.roles import ASSISTED
from tests.world import World, refused

# What ends something that the others need.
LAST = ("assist_close_me", "assist_remove_employer_member")


@pytest.fixture
async def city(world: World) -> Furnished:
    return await furnish(world)


async def test_the_officer_who_asked_can_do_all_of_it(world: World, city: Furnished) -> None:
    done = set()
    lost = []
    mounted = [one for one in operations(Audience.ADMIN) if one[2]["operationId"] in ASSISTED]
    for path, method, operation in sorted(mounted, key=lambda one: one[2]["operationId"] in LAST):
        name = operation["operationId"]
        taken = operation.get("requestBody", {}).get("content", {})
        given = {"json": city.bodies.get(name)} if "application/json" in taken else {}
        address = city.address(path, operation)
        answer = await city.helper.call(method.upper(), address, **given)
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, (name, answer.text)
        if answer.status_code == httpx.codes.NOT_FOUND:
            lost.append(name)
        elif answer.is_success and (method != "get" or name.removeprefix("assist_") not in PLAIN_READS):
            done.add(name.removeprefix("assist_"))

    assert lost in ([], ["assist_remove_employer_member"])  # who is no member is not found
    assert len(done) > len(mounted) / 4
    assert done >= GREAT_READS
    # Each is in the ledger by its name, and nothing that was refused or opened nothing.
    written = await world.look(
        "SELECT array_agg(DISTINCT action) FROM ledger WHERE action LIKE 'assist.%' AND actor_id = $1",
        city.helper.id,
    )
    assert {action.removeprefix("assist.") for action in written} == done


async def test_a_colleague_at_the_same_station_finds_nothing(world: World, city: Furnished) -> None:
    colleague = await world.staff(city.township)
    for path, method, operation in operations(Audience.ADMIN):
        if operation["operationId"] in ASSISTED:
            body = city.bodies.get(operation["operationId"])
            answer = await colleague.call(method.upper(), city.address(path, operation), json=body)
            refused(answer, 404, "not_found")


def test_no_operation_at_the_counter_takes_the_persons_own_token() -> None:
    for _, _, operation in operations(Audience.ADMIN):
        for requirement in operation.get("security", []):
            assert set(requirement) == {"staff"}, operation["operationId"]
