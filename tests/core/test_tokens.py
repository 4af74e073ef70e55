"""Only tokens that we signed, for this audience and of today, are believed."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from app.core import tokens
from app.core.tokens import TokenInvalid, TokenKeys

ISSUER, AUDIENCE = "gigs", "mobile"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
MINUTES = timedelta(minutes=10)
Key = Ed25519PrivateKey


def pem(key: Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


OLD, NEW, STRANGER = Key.generate(), Key.generate(), Key.generate()
keys = TokenKeys([("new", pem(NEW)), ("old", pem(OLD))], ISSUER)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def forged(
    key: Any = NEW, algorithm: str | None = "EdDSA", header: dict[str, Any] | None = None, **claims: Any
) -> str:
    body = {
        "iss": ISSUER,
        "sub": "worker",
        "aud": AUDIENCE,
        "jti": "1",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 600,
        **claims,
    }
    body = {name: value for name, value in body.items() if value is not None}
    return jwt.encode(
        body, key, algorithm=algorithm, headers={"kid": "new", "typ": "at+jwt", **(header or {})}
    )


def test_a_token_tells_who_is_asking() -> None:
    claims = keys.verify(keys.issue("0199", AUDIENCE, MINUTES, session="s1"), AUDIENCE)

    assert (claims["sub"], claims["session"]) == ("0199", "s1")
    assert claims["exp"] - claims["iat"] == 600


def test_the_hand_made_token_of_these_tests_is_believed_as_long_as_nothing_is_wrong() -> None:
    assert keys.verify(forged(), AUDIENCE)["sub"] == "worker"


def test_a_claim_of_the_caller_never_replaces_one_of_ours() -> None:
    assert (
        keys.verify(keys.issue("0199", AUDIENCE, MINUTES, iss="evil", exp=2**40), AUDIENCE)["iss"] == ISSUER
    )


def test_both_keys_verify_and_the_first_signs() -> None:
    before = TokenKeys([("old", pem(OLD))], ISSUER)

    assert keys.verify(before.issue("0199", AUDIENCE, MINUTES), AUDIENCE)["sub"] == "0199"
    assert jwt.get_unverified_header(keys.issue("0199", AUDIENCE, MINUTES))["kid"] == "new"
    with pytest.raises(TokenInvalid):
        before.verify(keys.issue("0199", AUDIENCE, MINUTES), AUDIENCE)


def test_a_token_ends_at_its_second_also_when_it_is_remembered(clock: time_machine.Traveller) -> None:
    token = keys.issue("0199", AUDIENCE, MINUTES)
    clock.move_to(NOON + timedelta(seconds=599))
    keys.verify(token, AUDIENCE)

    clock.move_to(NOON + timedelta(seconds=600))

    with pytest.raises(TokenInvalid, match="expired"):
        keys.verify(token, AUDIENCE)
    with pytest.raises(TokenInvalid, match="expired"):
        TokenKeys([("new", pem(NEW))], ISSUER).verify(token, AUDIENCE)


def test_a_remembered_token_is_still_refused_to_another_audience() -> None:
    token = keys.issue("0199", AUDIENCE, MINUTES)
    keys.verify(token, AUDIENCE)

    with pytest.raises(TokenInvalid, match="audience"):
        keys.verify(token, "admin")


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NEW_PUBLIC = NEW.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
ENDED = int(NOON.timestamp()) - 1


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(forged(STRANGER), id="another's key under our kid"),
        pytest.param(forged(OLD), id="the old key under the new kid"),
        pytest.param(forged(header={"kid": "nobody"}), id="unknown kid"),
        pytest.param(forged(header={"typ": "JWT"}), id="another type of JWT"),
        pytest.param(forged("", None), id="alg none"),
        pytest.param(forged(NEW_PUBLIC, "HS256"), id="our public key as a shared secret"),
        pytest.param(forged(RSA, "RS256"), id="RS256"),
        pytest.param(forged(ec.generate_private_key(ec.SECP256R1()), "ES256"), id="ES256"),
        pytest.param(forged(iss="another"), id="another issuer"),
        pytest.param(forged(aud="admin"), id="another audience"),
        pytest.param(forged(aud=[AUDIENCE, "admin"]), id="a list of audiences"),
        pytest.param(forged(exp=ENDED), id="expired"),
        pytest.param(forged(exp=2**31 + 0.5), id="exp is not whole"),
        pytest.param(forged(exp=True), id="exp is a truth value"),
        pytest.param(forged(iat=int(NOON.timestamp()) + 61), id="from the future"),
        *(pytest.param(forged(**{name: None}), id=f"no {name}") for name in tokens._REQUIRED),
        pytest.param("", id="empty"),
        pytest.param("a.b.c", id="not base64"),
        pytest.param("é.é.é", id="not ASCII"),
        pytest.param("\ud800", id="a lone surrogate"),
        pytest.param(forged(sub="x" * 5000), id="too long"),
    ],
)
def test_what_is_wrong_with_a_token_gets_it_refused(token: str) -> None:
    for _again in range(2):
        with pytest.raises(TokenInvalid) as refusal:
            keys.verify(token, AUDIENCE)
        assert refusal.value.__cause__ is None


def test_changed_claims_under_an_old_signature_are_refused() -> None:
    header, _, signature = keys.issue("0199", AUDIENCE, MINUTES).split(".")
    body = base64.urlsafe_b64encode(json.dumps({"sub": "0200"}).encode()).decode().rstrip("=")

    with pytest.raises(TokenInvalid):
        keys.verify(f"{header}.{body}.{signature}", AUDIENCE)


@given(st.text(alphabet="abcXYZ019_-.{}\x00é", max_size=200))
def test_noise_is_refused_and_never_an_error(noise: str) -> None:
    with pytest.raises(TokenInvalid):
        keys.verify(noise, AUDIENCE)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_REMEMBERED", 3)
    small = TokenKeys([("new", pem(NEW))], ISSUER)

    for number in range(10):
        small.verify(small.issue(str(number), AUDIENCE, MINUTES), AUDIENCE)

    assert len(small._verified) == 3


def test_remembered_claims_can_not_be_changed() -> None:
    claims = keys.verify(keys.issue("0199", AUDIENCE, MINUTES), AUDIENCE)

    with pytest.raises(TypeError):
        claims["sub"] = "0200"  # type: ignore[index]


def test_only_distinct_ed25519_keys_are_taken() -> None:
    with pytest.raises(ValueError):
        TokenKeys([], ISSUER)
    with pytest.raises(ValueError):
        TokenKeys([("a", pem(OLD)), ("a", pem(NEW))], ISSUER)
    with pytest.raises(TypeError):
        TokenKeys([("a", pem(RSA))], ISSUER)
