"""The process's keys, installed once from the settings before anything is served."""

import hashlib
from dataclasses import dataclass

from app.core.cursors import Cursors
from app.core.files import Links
from app.core.sealed import Sealer
from app.core.settings import Settings
from app.core.tokens import TokenKeys

ISSUER = "linfen-gigs"


@dataclass(frozen=True)
class Keyring:
    sealer: Sealer
    tokens: TokenKeys
    cursors: Cursors
    links: Links
    site_codes: bytes
    ledger: bytes


_installed: Keyring | None = None


def install(settings: Settings) -> None:
    """Take the keys from the settings; the first of each kind is the current one."""
    global _installed  # noqa: PLW0603 - one keyring a process, set before it serves
    index_key = hashlib.sha256(settings.index_key.get_secret_value().encode()).digest()
    sealing = {kid: bytes.fromhex(key.get_secret_value()) for kid, key in settings.sealing_keys.items()}
    _installed = Keyring(
        sealer=Sealer(sealing, next(iter(sealing)), index_key),
        tokens=TokenKeys([(kid, key.get_secret_value()) for kid, key in settings.token_keys.items()], ISSUER),
        cursors=Cursors(index_key),
        links=Links(hashlib.sha256(b"links" + index_key).digest()),
        site_codes=hashlib.sha256(b"site_codes" + index_key).digest(),
        ledger=hashlib.sha256(b"ledger" + index_key).digest(),
    )


def keys() -> Keyring:
    """Return the installed keys."""
    if _installed is None:
        raise RuntimeError("install(settings) comes first")
    return _installed


def seal(text: str, aad: str) -> bytes:
    return keys().sealer.seal(text, aad)


def unseal(blob: bytes, aad: str) -> str:
    return keys().sealer.open(blob, aad)


def blind_index(text: str, purpose: str) -> bytes:
    return keys().sealer.index(text, purpose)
