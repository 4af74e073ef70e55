"""Every deed of staff is in the ledger (S9): each operation that changes or unseals, called with success."""

from app.core.contract import Audience
from tests.contracts.furnished import Furnished, furnish
from tests.security.matrix import WITHOUT_A_TOKEN, Operation, operations
from tests.security.roles import ASSISTED
from tests.world import Json, World

# What is done for a person at the counter is written in one place for all of it: tests/counter.
# Whatever is not written there has its reason.
NOT_A_DEED = {
    "staff_sign_out": "ends the officer's own sign-in and changes nothing of anybody's",
    "send_worker_phone_code": "sends a code to the phone that the worker names; its use is written",
    "see_alerts": "the alert itself keeps who saw it and when",
}


async def entries_of(world: World, actor_id: object) -> int:
    return await world.count("ledger", f"actor_id = '{actor_id}'")


async def calls(city: Furnished, one: Operation) -> bool:
    """Call with each set of ids that fit, until one is answered with success."""
    path, method, operation = one
    name: str = operation["operationId"]
    given: Json = {}
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        given["json"] = city.bodies.get(name)
    for fit in [*city.fitting.get(name, []), {}]:
        address = path
        for known, values in city.ids.items():
            address = address.replace("{" + known + "}", fit.get(known, values[0]))
        answer = await city.caller(path, operation).call(method.upper(), address, **given)
        if answer.is_success:
            return True
    return False


async def test_every_deed_of_staff_is_in_the_ledger(world: World) -> None:
    """Some can't be shown once others have acted in the same city: most must be, and none is silent."""
    city = await furnish(world)
    elsewhere = WITHOUT_A_TOKEN | ASSISTED | NOT_A_DEED.keys()
    deeds = [
        one
        for one in operations(Audience.ADMIN)
        if one[1] != "get" and one[2]["operationId"] not in elsewhere
    ]
    silent, not_shown = [], []
    for one in deeds:
        officer, name = city.caller(one[0], one[2]), one[2]["operationId"]
        before = await entries_of(world, officer.id)
        if not await calls(city, one):
            not_shown.append(name)
        elif await entries_of(world, officer.id) == before:
            silent.append(name)
    print(f"{len(deeds) - len(not_shown)} of {len(deeds)} shown; not: {not_shown}")  # noqa: T201
    assert silent == []
    assert len(not_shown) * 3 <= len(deeds), not_shown
