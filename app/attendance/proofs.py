"""Events that a phone noted and signed while it was offline: compact JWS, EdDSA, by a device's key."""

from datetime import datetime
from typing import Any
from uuid import UUID

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.problems import ProofInvalid
from app.core.problems import Fault
from app.identity.models import Device

MOST_ID = 64
# The proof says when it happened, not until when it may be shown: how long we take it is our own rule.
_OPTIONS: Any = {
    "verify_aud": False,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_iss": False,
}


async def verified(session: AsyncSession, account_id: UUID, proof: str, said: dict[str, Any]) -> str:
    """Return the event's own id (`jti`, with its device) of a proof that says just what the request says.

    `said`: engagement_id, kind, at, and place or site_code, each as sent. Refuses another's device, a
    device without a key, a signature that is wrong, and any difference.
    """
    try:
        device_id = UUID(str(jwt.get_unverified_header(proof)["kid"]))
        device = await session.get(Device, (device_id, account_id))
        if device is None or device.public_key is None:
            raise _refused("不认识签名的设备", "The device that signed is not known")
        key = Ed25519PublicKey.from_public_bytes(device.public_key)
        payload = jwt.decode(proof, key, algorithms=["EdDSA"], options=_OPTIONS)
    except (jwt.PyJWTError, KeyError, ValueError, TypeError, UnsupportedAlgorithm):
        raise _refused("签名验证不通过", "The signature does not verify") from None
    event = payload.get("jti")
    if not isinstance(event, str) or not 1 <= len(event) <= MOST_ID or not event.isprintable():
        raise _refused("缺少事件编号 jti", "The event's id (jti) is missing")
    for name, value in said.items():
        if not _same(payload.get(name), value):
            raise _refused(f"签名内容与请求不一致:{name}", f"What was signed differs: {name}")
    return f"{device_id}/{event}"


def _same(signed: Any, said: Any) -> bool:
    if isinstance(said, datetime):
        try:
            return datetime.fromisoformat(str(signed)) == said
        except (ValueError, TypeError):
            return False
    if isinstance(said, dict):
        return isinstance(signed, dict) and all(signed.get(name) == value for name, value in said.items())
    return bool(signed == said)


def _refused(zh: str, en: str) -> ProofInvalid:
    return ProofInvalid(zh, en, faults=[Fault("/proof", ProofInvalid.code, zh, en)])
