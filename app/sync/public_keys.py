"""Public keys that the province hands in: what they must be to be of use, and not to harm."""

import base64
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from app.core.problems import refuse_field
from app.sync.assertions import algorithms_of
from app.sync.models import KeyUse

LEAST_BITS, MOST_BITS = 2048, 8192
LEAST_EXPONENT, MOST_EXPONENT = 65_537, 2**64
# What we seal to, as JOSE calls it (RFC 7518 4.1, RFC 8037).
_TO_A_CURVE = "ECDH-ES+A256KW"
SEALED_BY = {
    ("RSA", None): "RSA-OAEP-256",
    ("EC", "P-256"): _TO_A_CURVE,
    ("OKP", "X25519"): _TO_A_CURVE,
}


def check(jwk: dict[str, Any]) -> None:
    """Refuse a public JWK that is not one, is weak, or does not fit its use and algorithm."""
    if reason := _unfit(jwk):
        raise refuse_field("/jwk", "key_unfit", *reason)


def _unfit(jwk: dict[str, Any]) -> tuple[str, str] | None:
    kind = (jwk["kty"], jwk.get("crv"))
    if jwk["use"] == KeyUse.SEAL:
        fitting = {SEALED_BY[kind]} if kind in SEALED_BY else set()
    else:
        fitting = set(algorithms_of({key: value for key, value in jwk.items() if key != "alg"}))
    if not fitting or jwk.get("alg") not in (None, *fitting):
        return (
            "验签可用 Ed25519、P-256、RSA 公钥,加密可用 X25519、P-256、RSA 公钥,alg 须与之相符",
            "Keys that sign: Ed25519, P-256, RSA; that we seal to: X25519, P-256, RSA; alg must fit",
        )
    try:
        if jwk["kty"] == "RSA" and not _strong(_number(jwk["n"]), _number(jwk["e"])):
            return "RSA 公钥须为 2048 至 8192 位,指数不小于 65537", "RSA: 2048 to 8192 bits, e from 65537 on"
        # Both libraries that will use it: each has its own idea of what a key is.
        public = import_key({key: value for key, value in jwk.items() if key in _MEMBERS}).public_key
        if jwk["use"] == KeyUse.SIGN:
            jwt.PyJWK.from_dict(jwk, min(fitting))
        if isinstance(public, X25519PublicKey):
            X25519PrivateKey.generate().exchange(public)  # refuses a point of small order
    except (JoseError, jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError):
        return "不是有效的公钥", "Not a valid public key"
    return None


def _strong(modulus: int, exponent: int) -> bool:
    fits = LEAST_BITS <= modulus.bit_length() <= MOST_BITS and modulus % 2 == 1
    return fits and LEAST_EXPONENT <= exponent < MOST_EXPONENT and exponent % 2 == 1


def _number(encoded: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)), "big")


_MEMBERS = {"kty", "crv", "x", "y", "n", "e"}
