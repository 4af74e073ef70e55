"""Events signed by the phone while it was offline."""

import base64
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.attendance.gate import HERE, Gate, gate
from tests.world import Actor, World, ok, refused

HOUR = timedelta(hours=1)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PLACE = {name: HERE[name] for name in ("lng", "lat", "datum")}


async def phone(actor: Actor) -> UUID:
    """Let somebody's phone make its key known."""
    device_id = uuid4()
    raw = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    ok(await actor.put(f"/v1/me/devices/{device_id}", {"platform": "android", "public_key": key}))
    return device_id


def signed(
    of: Gate, device_id: Any, when: timedelta, kind: str = "check_in", **changes: Any
) -> dict[str, Any]:
    """Return the body of an event that happened then, with its proof; `changes` are signed, not sent."""
    key, headers = changes.pop("key", KEY), changes.pop("headers", {"kid": str(device_id)})
    moment = of.moment(when).isoformat()
    payload = {"engagement_id": of.id, "kind": kind, "at": moment, "jti": "event-1", "place": PLACE} | changes
    algorithm = changes.pop("alg", "EdDSA")
    payload.pop("alg", None)
    proof = jwt.encode(payload, key, algorithm=algorithm, headers=headers)
    return {"place": HERE, "at": moment, "proof": proof}


async def test_a_signed_event_is_taken_later_and_noted_once(world: World) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        device = await phone(at.worker)
    async with at.at(5 * HOUR):
        came = signed(at, device, timedelta())
        for _ in range(2):
            assert ok(await at.worker.post(f"{at.path}/check-in", came))["state"] == "checked_in"
        went = signed(at, device, 4 * HOUR, "check_out")
        assert ok(await at.worker.post(f"{at.path}/check-out", went))["state"] == "checked_out"
        assert ok(await at.worker.post(f"{at.path}/check-in", came))["state"] == "checked_out"
        assert [(n["kind"], n["signed"], n["late"]) for n in await at.notes()] == [
            ("check_in", True, True),
            ("check_out", True, True),
        ]


@pytest.mark.parametrize(
    "lie",
    [
        {"engagement_id": "01a206d0-3e46-76e9-9d9f-7b4ac601ff8c"},
        {"kind": "check_out"},
        {"at": "2026-01-01T00:00:00+08:00"},
        {"at": "yesterday"},
        {"at": 5},
        {"jti": ""},
        {"jti": "x" * 65},
        {"jti": 7},
        {"place": {"lng": 1, "lat": 2, "datum": "wgs84"}},
        {"place": None},
        {"key": OTHER_KEY},
        {"headers": {}},
        {"headers": {"kid": "nobody"}},
        {"headers": {"kid": "01a206d0-3e46-46e9-9d9f-7b4ac601ff8c"}},
        {"key": "a secret that is long enough for HMAC-SHA-256", "alg": "HS256"},
    ],
    ids=[
        "another engagement",
        "another kind",
        "another time",
        "no time",
        "a number as time",
        "an empty id",
        "a long id",
        "a number as id",
        "another place",
        "no place",
        "another key",
        "no device",
        "a device that is no id",
        "an unknown device",
        "another algorithm",
    ],
)
async def test_what_is_signed_is_what_is_said(world: World, lie: dict[str, Any]) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        device = await phone(at.worker)
    async with at.at(HOUR):
        body = signed(at, device, timedelta(), **lie)
        problem = refused(await at.worker.post(f"{at.path}/check-in", body), 422, "proof_invalid")
        assert problem["errors"][0]["pointer"] == "/proof"
        assert await at.notes() == []


async def test_another_persons_phone_proves_nothing(world: World) -> None:
    at, other = await gate(world), await world.worker()
    async with at.at(-HOUR, other):
        device = await phone(other)
    async with at.at(HOUR, other):
        body = signed(at, device, timedelta())
        refused(await at.worker.post(f"{at.path}/check-in", body), 422, "proof_invalid")
        refused(await other.post(f"{at.path}/check-in", body), 404, "not_found")


async def test_a_proof_comes_with_its_time(world: World) -> None:
    at = await gate(world)
    async with at.at(HOUR):
        body = {"place": HERE, "proof": "a.b.c"}
        refused(await at.worker.post(f"{at.path}/check-in", body), 422, "invalid")
        timed = body | {"at": at.moment(timedelta()).isoformat()}
        refused(await at.worker.post(f"{at.path}/check-in", timed), 422, "proof_invalid")
        deep = base64.urlsafe_b64encode(b"[" * 2900).rstrip(b"=").decode() + ".e30.AA"
        refused(await at.worker.post(f"{at.path}/check-in", timed | {"proof": deep}), 422, "proof_invalid")
        device = await phone(at.worker)
        unsigned = signed(at, device, timedelta())["proof"].rsplit(".", 1)[0] + ".AA"
        refused(
            await at.worker.post(f"{at.path}/check-in", timed | {"proof": unsigned}), 422, "proof_invalid"
        )
