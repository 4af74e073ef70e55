"""What the server decides is never taken from a client (S4), operation by operation."""

import json
from typing import Any

import pytest

from app.core.contract import Audience
from app.core.migrated import ROOT
from tests.contracts.furnished import Furnished, furnish
from tests.world import World, refused

Json = dict[str, Any]
# What only the server sets, at the top of a body.
OWNED = {
    "id": "0193a3c0-0000-7000-8000-000000000000",
    "state": "open",
    "account_id": "0193a3c0-0000-7000-8000-000000000000",
    "worker_id": "0193a3c0-0000-7000-8000-000000000000",
    "verified": True,
    "verified_at": "2026-12-01T00:00:00+08:00",
    "verified_until": "2036-12-01T00:00:00+08:00",
    "legal_index": "00",
    "division": "1410",
    "county_code": "141002",
    "station_id": "0193a3c0-0000-7000-8000-000000000000",
    "hires": 1000,
    "hired": 0,
    "reviewed": True,
    "published_at": "2026-12-01T00:00:00+08:00",
    "findings": [],
    "source": "province",
    "terms_hash": "00",
    "version": 1,
    "created_at": "2020-12-01T00:00:00+08:00",
    "is_admin": True,
}
# `trusted` is staff's to say when they verify, and nobody else's.
TRUSTED = {"trusted": True}
NESTED: dict[str, list[tuple[str | int, ...]]] = {
    "draft_job": [
        ("shifts", 0, "hired"),
        ("shifts", 0, "id"),
        ("shifts", 0, "waiting"),
        ("pay", "hourly_fen"),
        ("place", "division"),
        ("requirements", "reviewed"),
        ("insurance", "verified"),
    ],
    "add_shifts": [("shifts", 0, "hired"), ("shifts", 0, "county_code")],
    "register_employer": [("contact", "verified"), ("place", "division")],
    "put_worker_profile": [("home", "division")],
}


def takers() -> list[tuple[str, str, Json]]:
    """Return path, method and operation of everything that takes JSON."""
    found = []
    for audience in Audience:
        contract = json.loads((ROOT / "openapi" / f"{audience}.json").read_text("utf-8"))
        for path, item in contract["paths"].items():
            for method, operation in item.items():
                if "application/json" in operation.get("requestBody", {}).get("content", {}):
                    found.append((path, method, operation))
    return found


TAKERS = takers()


@pytest.fixture
async def city(world: World) -> Furnished:
    return await furnish(world)


async def test_each_field_that_is_the_servers_is_refused_by_name(city: Furnished) -> None:
    tried = 0
    for path, method, operation in TAKERS:
        body = city.bodies.get(operation["operationId"], {})
        owned = OWNED if operation["operationId"] == "verify_employer" else OWNED | TRUSTED
        for name, value in owned.items():
            await _refuses(city, path, method, body | {name: value}, f"/{name}")
            tried += 1
    assert tried > 500


async def test_fields_within_fields_are_refused_too(city: Furnished) -> None:
    for path, method, operation in TAKERS:
        for place in NESTED.get(operation["operationId"], []):
            body = json.loads(json.dumps(city.bodies[operation["operationId"]]))
            inner: Any = body
            for step in place[:-1]:
                inner = inner[step]
            inner[place[-1]] = 1
            await _refuses(city, path, method, body, "/" + "/".join(map(str, place)))


async def _refuses(city: Furnished, path: str, method: str, body: Json, pointer: str) -> None:
    for name, known in city.ids.items():
        path = path.replace("{" + name + "}", known[0])
    caller = city.reviewer if path.startswith("/admin") else city.worker
    if "employer" in path or "/jobs" in path:
        caller = city.reviewer if path.startswith("/admin") else city.employer
    if path.endswith("/applications") or "/withdraw" in path:
        caller = city.worker
    answer = await caller.call(method.upper(), path, json=body)
    faults = refused(answer, 422, "invalid")["errors"]
    assert (pointer, "extra_forbidden") in {(f["pointer"], f["code"]) for f in faults}, (method, path, faults)
