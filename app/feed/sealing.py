"""Sealing to a client's public key: who holds the private one reads it, and nobody on the way (RFC 7516)."""

import json
from typing import Any

from joserfc import jwe, jwk

from app.sync.public_keys import SEALED_BY

_CONTENT = "A256GCM"


def sealed_to(key: dict[str, Any], content: dict[str, Any]) -> bytes:
    """Return the content as a compact JWE for one public JWK; its `kid` says for which."""
    public = jwk.import_key(key)
    way = SEALED_BY[key["kty"], key.get("crv")]
    header = {"alg": way, "enc": _CONTENT, "cty": "application/json"}
    if key.get("kid"):
        header["kid"] = key["kid"]
    plain = json.dumps(content, ensure_ascii=False).encode()
    return jwe.encrypt_compact(header, plain, public, algorithms=[way, _CONTENT]).encode()
