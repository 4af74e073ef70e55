"""Assertions: what a client signs to show that it is who it says (RFC 7523, OpenID's private_key_jwt)."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 8_000  # characters
AHEAD = timedelta(minutes=5)
_CLOCKS_APART_S = 30
_AGO_S = AHEAD.total_seconds() * 2
_JTI = re.compile(r"^[\x21-\x7e]{1,200}$")
# The key says which algorithms there are, never the assertion.
_ALGORITHMS = {
    ("OKP", "Ed25519"): ("EdDSA",),
    ("EC", "P-256"): ("ES256",),
    ("RSA", None): ("RS256", "PS256"),
}
# Every other check is made here, by our clock and each with its reason.
_SIGNATURE_ALONE: Any = {
    f"verify_{name}": False for name in ("aud", "exp", "iat", "nbf", "iss", "sub", "jti")
}


class AssertionRefused(Exception):  # noqa: N818 - why, for the ledger; the caller is told no more than "no"
    """The assertion does not hold."""


@dataclass(frozen=True)
class Proof:
    """What a good assertion shows: its number, until when it would be good, by which key."""

    jti: str
    until: datetime
    kid: str


def subject_of(assertion: str) -> str | None:
    """Return who the assertion says that it is from, unproven; None if it can't be read."""
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False} | _SIGNATURE_ALONE)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        return None
    subject = claims.get("sub")
    return subject if isinstance(subject, str) else None


def verified(
    assertion: str,
    keys: Sequence[Mapping[str, Any]],
    client_id: str,
    audiences: Collection[str],
    now: datetime,
) -> Proof:
    """Return the proof in an assertion that one of these public JWKs signed for us; else why not."""
    try:
        header = jwt.get_unverified_header(assertion)
        if "crit" in header:
            raise AssertionRefused("critical header")
        # Where the header names a key (kid) it is that one. Keys that it brings along (jwk, jku, x5u, x5c)
        # are nobody's word but the caller's own.
        named = [key for key in keys if header.get("kid") in (None, key["kid"])]
        for key in named:
            if header.get("alg") in algorithms_of(key):
                claims = _signed_by(assertion, key, header["alg"])
                if claims is not None:
                    return _judged(claims, key["kid"], client_id, audiences, now)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError, OverflowError):
        raise AssertionRefused("unreadable") from None
    raise AssertionRefused("signature" if named else "key")


def algorithms_of(key: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a public JWK may verify: what fits its kind, and of that its own `alg` if it names one."""
    fitting = _ALGORITHMS.get((key["kty"], key.get("crv")), ())
    return tuple(one for one in fitting if key.get("alg") in (None, one))


def _signed_by(assertion: str, key: Mapping[str, Any], algorithm: str) -> dict[str, Any] | None:
    try:
        public = jwt.PyJWK.from_dict(dict(key), algorithm).key
        return jwt.decode(assertion, public, algorithms=[algorithm], options=_SIGNATURE_ALONE)
    except jwt.InvalidSignatureError:
        return None


def _judged(
    claims: Mapping[str, Any], kid: str, client_id: str, audiences: Collection[str], now: datetime
) -> Proof:
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise AssertionRefused("issuer")
    audience = claims.get("aud")
    # For us alone: what also speaks to another could have been handed on by them.
    (audience,) = audience if isinstance(audience, list) and len(audience) == 1 else (audience,)
    if not isinstance(audience, str) or audience not in audiences:
        raise AssertionRefused("audience")
    present, until = now.timestamp(), _time(claims, "exp")
    if until is None or until <= present:
        raise AssertionRefused("expired")
    if until > present + AHEAD.total_seconds() + _CLOCKS_APART_S:
        raise AssertionRefused("good for too long")
    for name in ("iat", "nbf"):
        if (time := _time(claims, name)) is not None and time > present + _CLOCKS_APART_S:
            raise AssertionRefused("not yet valid")
    if (issued := _time(claims, "iat")) is not None and issued < present - _AGO_S:
        raise AssertionRefused("issued too long ago")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _JTI.match(jti):
        raise AssertionRefused("number")
    return Proof(jti, datetime.fromtimestamp(until, UTC), kid)


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise AssertionRefused("time")
    return float(value)
