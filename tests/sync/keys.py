"""Keys and assertions of a machine of the province, right and wrong."""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, OKPKey, RSAKey

from app.core import clock
from app.stations.models import Role
from tests.world import Json, Province, World, ok

AUDIENCE = "http://127.0.0.1:8000/sync/v1/oauth/token"
KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ED = ed25519.Ed25519PrivateKey.generate()
OTHER = ed25519.Ed25519PrivateKey.generate()
EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65_537, 2048)
X = x25519.X25519PrivateKey.generate()
TOKEN = "/sync/v1/oauth/token"


def public(key: Any, kid: str, use: str = "sig", **more: str) -> Json:
    """Return the public JWK of a private key."""
    kinds = {
        rsa.RSAPrivateKey: RSAKey,
        ec.EllipticCurvePrivateKey: ECKey,
        ed25519.Ed25519PrivateKey: OKPKey,
        x25519.X25519PrivateKey: OKPKey,
    }
    kind: Any = next(made for known, made in kinds.items() if isinstance(key, known))
    jwk: Json = dict(kind.import_key(key.public_key()).as_dict(private=False))
    members = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
    return members | {"kid": kid, "use": use} | more


def claims(client_id: str, **changes: Any) -> Json:
    """Return right claims but for the changes; None leaves one out."""
    now = int(clock.now().timestamp())
    right = {
        "iss": client_id, "sub": client_id, "aud": AUDIENCE,
        "iat": now, "exp": now + 60, "jti": str(uuid4()),
    }  # fmt: skip
    return {name: value for name, value in (right | changes).items() if value is not None}


def assertion(
    client_id: str, key: Any = ED, kid: str | None = "ed", alg: str = "EdDSA", **changes: Any
) -> str:
    """Return an assertion, right but for the changes to its claims."""
    headers = {"kid": kid} if kid else None
    return jwt.encode(claims(client_id, **changes), key, algorithm=alg, headers=headers)


def by_hand(header: Json, body: Json, signature: bytes = b"") -> str:
    """Return a token put together without any library."""
    parts = [json.dumps(header).encode(), json.dumps(body).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def pem_of(key: Any) -> bytes:
    found: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return found


def form(signed: str, **more: str) -> dict[str, str]:
    """Return the form that signs in with an assertion."""
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": KIND,
        "client_assertion": signed,
    } | more


async def with_keys(world: World, **until: timedelta) -> Province:
    """Return a client that signs in by its keys; `until`: when a key by its id ends."""
    province = await world.province()
    operator = await world.staff(role=Role.OPERATOR)
    for kid, key in {"ed": ED, "ec": EC, "rsa": RSA}.items():
        ends = {"until": (clock.now() + until[kid]).isoformat()} if kid in until else {}
        given = {"jwk": public(key, kid)} | ends
        ok(await operator.post(f"/admin/v1/sync/clients/{province.client_id}/keys", given), 201)
    return province
