"""Tokens that are not ours, not for this door, or over: refused at both doors alike (S14)."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from app.core.keyring import ISSUER, keys
from app.core.settings import LOCAL_SECRET, LOCAL_TOKEN_KEY
from tests.world import Actor, Worker, World, ok, refused

DOORS = {"mobile": "/v1/me", "admin": "/admin/v1/me"}
OURS: Any = load_pem_private_key(LOCAL_TOKEN_KEY.encode(), password=None)


@pytest.fixture
async def worker(world: World) -> Worker:
    return await world.worker(verified=False)


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def unsigned(token: str) -> str:
    header, claims = _parts(token)
    return f"{_encoded(header | {'alg': 'none'})}.{_encoded(claims)}."


def signed_with_the_public_key(token: str) -> str:
    """HS256 over our public key: an old confusion."""
    header, claims = _parts(token)
    signed = f"{_encoded(header | {'alg': 'HS256'})}.{_encoded(claims)}"
    public = OURS.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    digest = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def signed_by_another(token: str) -> str:
    header, claims = _parts(token)
    return jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers=header)


def with_claims(**changed: Any) -> Any:
    """Signed by our own key, with other claims."""

    def change(token: str) -> str:
        header, claims = _parts(token)
        return jwt.encode(claims | changed, OURS, algorithm="EdDSA", headers=header)

    return change


def cut(token: str) -> str:
    return token.rsplit(".", 1)[0] + "."


PAST = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
FORGED = {
    "unsigned": unsigned,
    "signed with the public key": signed_with_the_public_key,
    "signed by another": signed_by_another,
    "without signature": cut,
    "of another issuer": with_claims(iss="elsewhere"),
    "expired": with_claims(iat=PAST, exp=PAST + 900),
    "of tomorrow": with_claims(iat=2**33, exp=2**34),
    "for nobody": with_claims(aud="province"),
    "for all": with_claims(aud=["mobile", "admin"]),
    "of no session": with_claims(sid="0193a3c0-0000-7000-8000-000000000000"),
    "of a session that is none": with_claims(sid={"$ne": None}),
}


@pytest.mark.usefixtures("world")
def test_the_key_of_these_tests_is_the_servers() -> None:
    token = jwt.encode(
        _parts(keys().tokens.issue("x", "mobile", timedelta(minutes=1)))[1],
        OURS,
        algorithm="EdDSA",
        headers={"kid": LOCAL_SECRET, "typ": "at+jwt"},
    )
    assert keys().tokens.verify(token, "mobile")["iss"] == ISSUER


@pytest.mark.parametrize("forgery", FORGED)
@pytest.mark.parametrize("door", DOORS)
async def test_a_forged_token_opens_no_door(world: World, worker: Worker, door: str, forgery: str) -> None:
    holder: Actor = worker if door == "mobile" else await world.staff()
    ok(await holder.get(DOORS[door]))

    forged = Actor(world, token=FORGED[forgery](holder.token or ""))
    answer = await forged.get(DOORS[door])

    refused(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_one_audience_s_token_is_none_at_the_other_s_door(world: World, worker: Worker) -> None:
    staff = await world.staff()

    refused(await staff.get("/v1/me"), 401, "unauthenticated")
    refused(await worker.get("/admin/v1/me"), 401, "unauthenticated")
    # Where signing in is optional, a wrong token is refused and not overlooked.
    refused(await staff.get("/v1/jobs/0193a3c0-0000-7000-8000-000000000000"), 401, "unauthenticated")


@pytest.mark.parametrize(
    "scheme", ["", "Basic eDp5", "Bearer", "Bearer ", "bearer x", "Token {}", "Bearer é"]
)
async def test_what_is_no_bearer_token_is_no_sign_in(worker: Worker, scheme: str) -> None:
    headers = {"Authorization": scheme.format(worker.token).encode("latin-1")}
    answer = await worker.world.http.get("/v1/me", headers=headers)  # type: ignore[arg-type]
    refused(answer, 401, "unauthenticated")


async def test_an_ended_session_ends_its_token_at_once(worker: Worker) -> None:
    ok(await worker.get("/v1/me"))
    ok(await worker.delete("/v1/auth/sessions/current"), 204)

    refused(await worker.get("/v1/me"), 401, "unauthenticated")


async def test_a_token_is_over_after_fifteen_minutes(worker: Worker) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=True):
        refused(await worker.get("/v1/me"), 401, "unauthenticated")


async def test_a_refresh_token_used_twice_ends_the_family_the_latest_token_included(world: World) -> None:
    phone = world.new_phone()
    ok(await world.nobody.post("/v1/auth/codes", {"phone": phone}), 202)
    text = ok(await world.nobody.get("/dev/messages", params={"to": phone}))["items"][0]["text"]
    code = text.partition("验证码 ")[2][:6]
    body = {"phone": phone, "code": code, "device_name": "手机"}
    stolen = ok(await world.nobody.post("/v1/auth/sessions", body), 201)["refresh_token"]
    latest = ok(await world.nobody.post("/v1/auth/sessions/refresh", {"refresh_token": stolen}))
    holder = Actor(world, token=latest["access_token"])
    ok(await holder.get("/v1/me"))

    again = await world.nobody.post("/v1/auth/sessions/refresh", {"refresh_token": stolen})

    refused(again, 401, "refresh_refused")
    refused(await holder.get("/v1/me"), 401, "unauthenticated")
    body = {"refresh_token": latest["refresh_token"]}
    refused(await world.nobody.post("/v1/auth/sessions/refresh", body), 401, "refresh_refused")


async def test_an_access_token_is_no_refresh_token(worker: Worker) -> None:
    body = {"refresh_token": (worker.token or "")[:200]}
    refused(await worker.post("/v1/auth/sessions/refresh", body), 401, "refresh_refused")
