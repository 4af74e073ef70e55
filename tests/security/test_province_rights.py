"""Each operation of the province's contract × each scope alone × none: what it opens, and nothing else.

An operation without an expectation fails the run, as in the matrix of the stations' operations.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core.contract import Audience
from app.core.keyring import keys
from app.sync.asking import Called
from app.sync.models import Scope
from tests.contracts.furnished import Furnished, furnish
from tests.security.matrix import Operation, operations
from tests.world import Actor, Province, World, ok, refused

READS = frozenset(
    {
        Scope.READ_JOB, Scope.READ_EMPLOYER, Scope.READ_ENGAGEMENT, Scope.READ_FAIR, Scope.READ_STATION,
        Scope.READ_APPLICATION,
    }
)  # fmt: skip
SENDS, OUTCOMES = frozenset({Scope.WRITE_JOB}), frozenset({Scope.WRITE_APPLICATION})
PERSONS, FIGURES, PUSHES = (frozenset({one}) for one in (Scope.READ_PERSON, Scope.READ_FIGURES, Scope.PUSH))
# Which scopes open an operation, each of them alone.
OPENED_BY: dict[str, frozenset[Scope]] = {
    "list_changes": READS,
    "take_snapshot": READS,
    "read_digest": READS,
    "compare_digest": READS,
    "read_engaged_person": PERSONS,
    "read_applying_person": PERSONS,
    "read_figures": FIGURES,
    "put_subscription": PUSHES,
    "read_subscription": PUSHES,
    "delete_subscription": PUSHES,
    "list_subscriptions": PUSHES,
    "pause_subscription": PUSHES,
    "resume_subscription": PUSHES,
    "list_subscription_deliveries": PUSHES,
    "retry_subscription_delivery": PUSHES,
    "put_application_outcome": OUTCOMES,
    "put_inbound_job": SENDS,
    "close_inbound_job": SENDS,
    "read_inbound_job": SENDS,
    "list_inbound_jobs": SENDS,
    "post_inbound_batch": SENDS,
}
PERIOD = {"period": "2026-10"}
# What is pushed is read: a subscription needs the scopes of its types beside its own.
BESIDE = {"put_subscription": tuple(READS)}
SIGN_IN = {"issue_token"}
OPERATIONS = [one for one in operations(Audience.PROVINCE) if one[2]["operationId"] not in SIGN_IN]
# What ends what others are called with comes last.
OPERATIONS.sort(key=lambda one: one[1] == "delete")


def with_scopes(world: World, client_id: str, *scopes: Scope) -> Province:
    token = keys().tokens.issue(client_id, "province", timedelta(minutes=10), scope=" ".join(scopes))
    return Province(world, token=token, client_id=client_id)


async def call(city: Furnished, actor: Actor, one: Operation, kind: str = "job") -> httpx.Response:
    """Call with what the operation needs; `kind`: the type that is asked for where one must be."""
    path, method, operation = one
    name, taken = operation["operationId"], operation.get("requestBody", {}).get("content", {})
    given: dict[str, Any] = {"params": {"read_digest": {"type": kind}, "read_figures": PERIOD}.get(name)}
    if "application/json" in taken:
        given["json"] = (city.bodies.get(name) or {}) | ({"type": kind} if name == "compare_digest" else {})
    elif taken:
        given |= {"content": b"{}\n", "headers": {"Content-Type": next(iter(taken))}}
    return await actor.call(method.upper(), city.address(path, operation), **given)


def test_every_operation_has_an_expectation() -> None:
    assert {one[2]["operationId"] for one in OPERATIONS} == OPENED_BY.keys()


def test_every_operation_is_noted_before_it_is_done(world: World) -> None:
    """Each door but the sign-in's is one that knows its caller, counts and writes into the ledger first."""
    found = {route.name: route for route in _routes(world.app) if route.name in OPENED_BY}
    assert found.keys() == OPENED_BY.keys()
    assert {name for name, route in found.items() if not isinstance(route, Called)} == set()


def _routes(within: Any) -> Iterator[Any]:
    for route in within.routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if inner is not None and hasattr(inner, "routes"):
            yield from _routes(inner)
        else:
            yield route


@pytest.fixture
async def city(world: World) -> Furnished:
    return await furnish(world)


async def test_a_scope_opens_what_it_is_for_and_nothing_else(world: World, city: Furnished) -> None:
    cells = 0
    for one in OPERATIONS:
        name = one[2]["operationId"]
        refused(await call(city, Actor(world), one), 401, "unauthenticated")
        refused(await call(city, with_scopes(world, "province"), one), 403, "insufficient_scope")
        for scope in Scope:
            kind = scope.removeprefix("read:") if scope in READS else "job"
            answer = await call(city, with_scopes(world, "province", scope), one, kind)
            cells += 1
            if scope in OPENED_BY[name]:
                if name in BESIDE:
                    refused(answer, 403, "insufficient_scope")
                    both = with_scopes(world, "province", scope, *BESIDE[name])
                    answer = await call(city, both, one, kind)
                assert answer.status_code not in {401, 403}, (name, scope, answer.text)
                assert answer.status_code < 500, (name, scope, answer.text)
            else:
                refused(answer, 403, "insufficient_scope")
    assert cells == len(OPENED_BY) * len(Scope)


async def test_a_type_is_read_with_its_own_scope_alone(world: World) -> None:
    province = await world.province()
    for scope in READS:
        kind = scope.removeprefix("read:")
        reader = with_scopes(world, province.client_id, scope)
        for asked in (one.removeprefix("read:") for one in READS):
            for path in ("changes?types=", "snapshot?types="):
                answer = await reader.get(f"/sync/v1/{path}{asked}")
                if asked == kind:
                    assert answer.status_code == 200, (path, asked, answer.text)
                else:
                    assert refused(answer, 403, "insufficient_scope")["needed"] == [f"read:{asked}"]


async def test_what_is_another_clients_does_not_exist(world: World, city: Furnished) -> None:
    """Subscriptions are a client's own; vacancies the province's, whichever of its machines sends them."""
    other = await world.province()
    for one in OPERATIONS:
        name = one[2]["operationId"]
        if "{subscription_id}" in one[0] and name != "put_subscription":
            refused(await call(city, other, one), 404, "not_found")
    assert ok(await other.get("/sync/v1/subscriptions"))["items"] == []
    assert ok(await city.province.get("/sync/v1/subscriptions"))["items"]
