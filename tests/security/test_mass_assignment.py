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
    "owed_fen": 1,
    "settled_fen": 1,
    "due_at": "2036-12-01T00:00:00+08:00",
    "decided_at": "2020-12-01T00:00:00+08:00",
    "standing": "accepted",
    "score": 100,
    "outcome": "for_employer",
    "by": "employer",
    "visible_from": "2020-12-01T00:00:00+08:00",
    "station_division": "1410",
    "missed": 0,
}
TRUSTED = {"trusted": True}
# What is somebody's to say here, though it has the name of what is the server's elsewhere.
SAID = {
    ("verify_employer", "trusted"),
    ("put_application_outcome", "version"),
    ("put_application_outcome", "outcome"),
    ("resolve_dispute", "outcome"),
    ("hand_dispute_over", "station_id"),
    ("set_late_cancellation_shares", "source"),
    ("begin_assistance", "worker_id"),
    ("open_office", "division"),
    ("make_province_client", "id"),
    ("appoint_staff", "station_id"),
    ("change_staff", "station_id"),
    ("send_referral", "worker_id"),
    ("tell_referral_outcome", "outcome"),
    ("draft_notice", "division"),
    ("export_workers", "division"),
    ("export_employers", "division"),
    ("set_minimum_wage", "source"),
    ("plan_fair", "division"),
    ("put_inbound_job", "version"),
    ("put_inbound_job", "division"),
}
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
    "check_in": [("place", "distance_m"), ("place", "rounded")],
    "report_pay_of_many": [("items", 0, "state"), ("items", 0, "received_fen")],
    "confirm_hours_of_many": [("items", 0, "owed_fen")],
    "put_notification_settings": [("kinds", 0, "must")],
    "set_late_cancellation_shares": [("shares", 0, "effective_from")],
    "put_inbound_job": [("shifts", 0, "hired"), ("employer", "verified"), ("origin", "state")],
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
SCHEMAS: Json = {
    name: schema
    for audience in Audience
    for name, schema in json.loads((ROOT / "openapi" / f"{audience}.json").read_text("utf-8"))["components"][
        "schemas"
    ].items()
}


def _properties(operation: Json) -> set[str]:
    """Return the names of the fields that an operation takes."""
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    found: set[str] = set()
    for one in [schema, *schema.get("anyOf", [])]:
        named = SCHEMAS.get(one.get("$ref", "").rpartition("/")[2], {})
        found |= set(named.get("properties", {}))
    return found


@pytest.fixture
async def city(world: World) -> Furnished:
    return await furnish(world)


async def test_each_field_that_is_the_servers_is_refused_by_name(city: Furnished) -> None:
    tried = 0
    for path, method, operation in TAKERS:
        body = city.bodies.get(operation["operationId"], {})
        properties = _properties(operation)
        for name, value in (OWNED | TRUSTED).items():
            if name in properties:
                assert (operation["operationId"], name) in SAID, "whose is it to say?"
                continue
            await _refuses(city, path, method, operation, body | {name: value}, f"/{name}")
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
            await _refuses(city, path, method, operation, body, "/" + "/".join(map(str, place)))


async def _refuses(
    city: Furnished, path: str, method: str, operation: Json, body: Json, pointer: str
) -> None:
    caller = city.caller(path, operation)
    answer = await caller.call(method.upper(), city.address(path, operation), json=body)
    faults = refused(answer, 422, "invalid")["errors"]
    assert (pointer, "extra_forbidden") in {(f["pointer"], f["code"]) for f in faults}, (method, path, faults)
