"""Operators keep the province's clients: made, changed, given other secrets and keys, stopped (S14)."""

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec

from app.core import clock
from app.maintenance import forget
from app.stations.models import Role
from tests.sync.keys import EC, ED, RSA, TOKEN, X, assertion, form, public, with_keys
from tests.world import Actor, Json, World, ok, refused

CLIENTS = "/admin/v1/sync/clients"
DRAFT: Json = {
    "id": "province-main",
    "name": "省平台交换节点",
    "scopes": ["read:job", "push"],
    "addresses": ["127.0.0.0/8"],
}


@pytest.fixture
async def operator(world: World) -> Actor:
    return await world.staff(role=Role.OPERATOR)


async def test_a_client_is_made_and_its_secret_told_once(world: World, operator: Actor) -> None:
    made = ok(answer := await operator.post(CLIENTS, DRAFT), 201)
    assert answer.headers["cache-control"] == "no-store"
    refused(await operator.post(CLIENTS, DRAFT), 409, "client_id_taken")

    form = {
        "grant_type": "client_credentials",
        "client_id": made["id"],
        "client_secret": made["client_secret"],
    }
    token = ok(await world.nobody.post(TOKEN, data=form))
    ok(await Actor(world, token=token["access_token"]).get("/sync/v1/changes"))

    (one,) = ok(await operator.get(CLIENTS))["items"]
    assert {name: one[name] for name in DRAFT} == DRAFT
    assert one["has_secret"]
    assert one["last_call_from"] == "127.0.0.1"
    assert one["last_call_at"] is not None
    assert made["client_secret"] not in (await operator.get(f"{CLIENTS}/province-main")).text
    held = await world.look("SELECT string_agg(l::text, '') FROM ledger l")
    assert made["client_secret"] not in held
    assert "province_client.make" in held
    refused(await operator.get(f"{CLIENTS}/nobody"), 404, "not_found")


async def test_two_operators_do_not_undo_each_other(operator: Actor) -> None:
    seen = ok(answer := await operator.post(CLIENTS, DRAFT), 201)
    path, etag = f"{CLIENTS}/{seen['id']}", {"If-Match": answer.headers["etag"]}

    first = await operator.patch(path, {"scopes": ["read:job"]}, headers=etag)
    second = await operator.patch(path, {"name": "另一名称"}, headers=etag)

    assert ok(first)["scopes"] == ["read:job"]
    refused(second, 412, "stale")
    assert first.headers["etag"] == '"2"'


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "A b"), ("id", "x" * 65), ("scopes", []), ("scopes", ["read:all"]), ("scopes", ["push"] * 12),
        ("addresses", []), ("addresses", ["203.0.113.5/24"]), ("addresses", ["x"]), ("addresses", ["1" * 51]),
        ("calls_a_minute", 0), ("calls_a_minute", 2**40), ("name", "\x00"), ("secret_digest", "00"),
        ("keys", []), ("disabled_at", None),
    ],
)  # fmt: skip
async def test_a_client_is_made_as_it_should_be(operator: Actor, field: str, value: Any) -> None:
    refused(await operator.post(CLIENTS, DRAFT | {field: value}), 422, "invalid")


def encoded(number: int, size: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(size, "big")).decode().rstrip("=")


P384 = ec.generate_private_key(ec.SECP384R1())
UNFIT: dict[str, Json] = {
    "private": public(ED, "k") | {"d": "x" * 43},
    "short": public(RSA, "k") | {"n": encoded(2**1023 + 1, 128)},
    "of exponent 3": public(RSA, "k") | {"e": "Aw"},
    "of an even modulus": public(RSA, "k") | {"n": encoded(2**2048 - 2, 256)},
    "of an endless modulus": public(RSA, "k") | {"n": "A" * 100_000},
    "off the curve": public(EC, "k") | {"x": encoded(7, 32)},
    "of another curve": public(P384, "k"),
    "that can't sign": public(X, "k", "sig"),
    "that can't be sealed to": public(ED, "k", "enc"),
    "of small order": public(X, "k", "enc") | {"x": encoded(0, 32)},
    "cut": public(ED, "k") | {"x": "AAAA"},
    "without its point": {"kty": "OKP", "crv": "Ed25519", "kid": "k", "use": "sig"},
    "of no kind": public(ED, "k") | {"kty": "oct"},
    "of another algorithm": public(ED, "k", alg="RS256"),
    "of no use": public(ED, "k", "both"),
    "of a name that leads elsewhere": public(ED, "../secret"),
    "of a certificate": public(ED, "k") | {"x5c": ["x"]},
}


async def test_a_key_that_is_none_or_weak_is_refused(world: World, operator: Actor) -> None:
    province = await world.province()
    path = f"{CLIENTS}/{province.client_id}/keys"

    for name, jwk in UNFIT.items():
        answer = await operator.post(path, {"jwk": jwk})
        assert answer.status_code == 422, (name, answer.text)
        refused(answer, 422, "invalid")
    for kid, key, use in (("x", X, "enc"), ("p", EC, "enc"), ("r", RSA, "enc"), ("s", RSA, "sig")):
        ok(await operator.post(path, {"jwk": public(key, kid, use)}), 201)
    refused(await operator.post(path, {"jwk": public(ED, "s")}), 409, "key_id_taken")
    past = {"jwk": public(ED, "k"), "until": (clock.now() - timedelta(minutes=1)).isoformat()}
    refused(await operator.post(path, past), 422, "invalid")
    for n in range(6):
        ok(await operator.post(path, {"jwk": public(ED, f"k{n}")}), 201)
    refused(await operator.post(path, {"jwk": public(ED, "k6")}), 409, "too_many_keys")


async def test_a_client_with_keys_needs_no_secret(world: World, operator: Actor) -> None:
    province = await world.province()
    path = f"{CLIENTS}/{province.client_id}"
    refused(await operator.delete(f"{path}/secret"), 409, "no_way_in")
    ok(await operator.post(f"{path}/keys", {"jwk": public(ED, "ed")}), 201)

    ok(await operator.delete(f"{path}/secret"), 204)

    form_ = {"grant_type": "client_credentials", "client_id": province.client_id, "client_secret": "x"}
    refused(await world.nobody.post(TOKEN, data=form_), 401, "invalid_client")
    ok(await world.nobody.post(TOKEN, data=form(assertion(province.client_id))))
    refused(await operator.delete(f"{path}/keys/ed"), 409, "no_way_in")
    refused(await operator.delete(f"{path}/keys/other"), 404, "not_found")
    assert [key["kid"] for key in ok(await operator.get(path))["keys"]] == ["ed"]


async def test_used_assertions_are_kept_for_as_long_as_they_are_good(world: World) -> None:
    province = await with_keys(world)
    for lives_s in (60, 240):
        until = int(clock.now().timestamp()) + lives_s
        ok(await world.nobody.post(TOKEN, data=form(assertion(province.client_id, exp=until))))

    await forget(world.database)
    assert await world.count("province_assertions") == 2
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        await forget(world.database)
    assert await world.count("province_assertions") == 1
