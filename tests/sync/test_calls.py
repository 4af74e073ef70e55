"""A call of the province's: from where it may come, how often, and that it is in the ledger."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import time_machine

from app.core import clock
from app.stations.models import Role
from app.sync.models import Scope
from tests.world import Json, Province, World, ok, refused

CHANGES = "/sync/v1/changes"
JSON = {"Content-Type": "application/json"}


async def entries(world: World, province: Province) -> list[Json]:
    """Return what the auditor sees of a client, the latest first."""
    auditor = await world.staff(role=Role.AUDITOR)
    known = await world.look("SELECT ledger_id FROM province_clients WHERE id = $1", province.client_id)
    found: list[Json] = ok(await auditor.get(f"/admin/v1/ledger?actor_id={known}&limit=100"))["items"]
    return found


async def test_each_call_is_in_the_ledger_whatever_became_of_it(world: World) -> None:
    province = await world.province(Scope.READ_JOB)
    calls: list[tuple[str, str, dict[str, Any], int]] = [
        ("GET", f"{CHANGES}?types=job&limit=5&after=0-000000000000", {}, 200),
        ("GET", f"{CHANGES}?types=job,fair", {}, 403),
        ("GET", f"{CHANGES}?limit=-1&types=李建国", {}, 422),
        ("GET", "/sync/v1/subscriptions", {}, 403),
        ("PUT", "/sync/v1/inbound/jobs/v-1", {"content": "{", "headers": JSON}, 400),
        ("PUT", "/sync/v1/inbound/jobs/v-1", {"json": {}}, 403),
        ("GET", "/sync/v1/inbound/jobs/v-1?source_id=v-2", {}, 403),
    ]
    for method, path, given, status in calls:
        answer = await province.call(method, path, **given)
        assert answer.status_code == status, (path, answer.text)

    *found, _ = await entries(world, province)

    assert [(one["action"], one["after"]) for one in reversed(found)] == [
        ("province.list_changes", {"types": "job", "limit": "5"}),
        ("province.list_changes", {"types": "job,fair"}),
        ("province.list_changes", {"limit": "-1"}),
        ("province.list_subscriptions", None),
        ("province.put_inbound_job", {"source_id": "v-1"}),
        ("province.put_inbound_job", {"source_id": "v-1"}),
        ("province.read_inbound_job", {"source_id": "v-1"}),
    ]
    assert {(one["actor_kind"], one["actor_name"], one["address"]) for one in found} == {
        ("province", province.client_id, "127.0.0.1")
    }


async def test_who_may_not_call_is_told_nothing_and_the_ledger_all(world: World) -> None:
    """What an operator takes away holds for tokens that are out: at once."""
    province, operator = await world.province(), await world.staff(role=Role.OPERATOR)
    path = f"/admin/v1/sync/clients/{province.client_id}"
    ok(await province.get(CHANGES))

    ok(await operator.patch(path, {"addresses": ["203.0.113.0/24"]}))
    refused(await province.get(CHANGES), 401, "unauthenticated")
    ok(await operator.patch(path, {"addresses": ["::ffff:7f00:0/104", "127.0.0.0/24"]}))
    ok(await province.get(CHANGES))
    ok(await operator.patch(path, {"scopes": ["read:job"]}))
    needed = refused(await province.get(f"{CHANGES}?types=fair"), 403, "insufficient_scope")["needed"]
    assert needed == ["read:fair"]
    ok(await operator.post(f"{path}/disable", {"reason": "停用"}))
    refused(await province.get(CHANGES), 401, "unauthenticated")
    ok(await operator.post(f"{path}/enable"))
    ok(await province.get(CHANGES))

    found = [(one["action"], (one["after"] or {}).get("why")) for one in await entries(world, province)]
    assert [one for one in found if one[1]] == [
        ("province.list_changes", "disabled"),
        ("province.list_changes", "address"),
    ]


async def test_the_quota_is_exact_at_once(world: World) -> None:
    province, other = await world.province(calls_a_minute=60), await world.province(calls_a_minute=60)

    with time_machine.travel(clock.now(), tick=False):
        answers = await asyncio.gather(*(province.get(CHANGES) for _ in range(100)))
        ok(await other.get(CHANGES))

    assert Counter(answer.status_code for answer in answers) == {200: 60, 429: 40}
    late = next(answer for answer in answers if answer.status_code == 429)
    assert int(late.headers["retry-after"]) == 1
    assert late.headers["ratelimit-policy"] == '"province_calls";q=60;w=60'
    with time_machine.travel(clock.now() + timedelta(seconds=2), tick=False):
        ok(await province.get(CHANGES))
    by_why = Counter((one["after"] or {}).get("why") for one in await entries(world, province))
    assert by_why["quota"] == 40
    assert await world.count("ledger", "action = 'province.list_changes' AND after->>'why' IS NULL") == 62


async def test_what_costs_more_counts_for_more(world: World) -> None:
    """A snapshot counts as twenty calls, and says so in the contract."""
    province = await world.province(calls_a_minute=60)

    with time_machine.travel(clock.now(), tick=False):
        statuses = [(await province.get("/sync/v1/snapshot?types=station")).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
    held = world.app.openapi()["paths"]
    assert held["/sync/v1/snapshot"]["get"]["x-counts-as-calls"] == 20
    assert held["/sync/v1/inbound/batches"]["post"]["x-counts-as-calls"] == 20


async def test_a_body_is_not_read_before_it_is_known_who_sends_it(world: World) -> None:
    for content in ("{", "x" * 1_000_000):
        answer = await world.nobody.call("PUT", "/sync/v1/inbound/jobs/v-1", content=content, headers=JSON)
        refused(answer, 401, "unauthenticated")
