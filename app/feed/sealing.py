"""Sealing to a client's public key: who holds the private one reads it, and nobody on the way (RFC 7516)."""

import json
from typing import Any

from joserfc import jwe, jwk

_CONTENT = "A256GCM"
_TO_RSA, _TO_CURVE = "RSA-OAEP-256", "ECDH-ES+A256KW"


def sealed_to(key: dict[str, Any], content: dict[str, Any]) -> bytes:
    """Return the content as a compact JWE for one public JWK; its `kid` says for which."""
    public = jwk.import_key(key)
    way = _TO_RSA if key["kty"] == "RSA" else _TO_CURVE
    header = {"alg": way, "enc": _CONTENT, "cty": "application/json"}
    if key.get("kid"):
        header["kid"] = key["kid"]
    plain = json.dumps(content, ensure_ascii=False).encode()
    return jwe.encrypt_compact(header, plain, public, algorithms=[way, _CONTENT]).encode()
