"""Field encryption: what must not be read from a dump, and the blind index that finds it again."""

import hmac
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12
_LONGEST_KEY_ID = 255


class SealBroken(Exception):  # noqa: N818 - named for what happened to the seal
    """The sealed value was altered, moved to another place, or sealed under a key that is gone."""


class Sealer:
    """Seals short texts with AES-256-GCM and indexes them with HMAC-SHA256.

    A sealed value is: version (1 byte), length of the key's id (1 byte), the key's id, nonce
    (12 bytes), ciphertext with its tag. Everything before the nonce is authenticated too. Nonces
    are random, so one key is good for 2^32 seals (NIST SP 800-38D, 8.3).
    """

    def __init__(self, keys: Mapping[str, bytes], current: str, index_key: bytes) -> None:
        """Take keys of 32 bytes by their ids; `current` seals, all open, `index_key` is another one."""
        if current not in keys:
            raise ValueError("the current sealing key is missing")
        if any(len(key) != _KEY_BYTES for key in (*keys.values(), index_key)):
            raise ValueError("sealing and index keys have 32 bytes")
        if any(hmac.compare_digest(key, index_key) for key in keys.values()):
            raise ValueError("the index key must not be a sealing key")
        if not all(0 < len(key_id.encode()) <= _LONGEST_KEY_ID for key_id in keys):
            raise ValueError("a key id has 1 to 255 bytes")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = current
        self._index_key = index_key
        self._purposes: dict[str, bytes] = {}  # a dozen words of ours, each with its key

    def seal(self, text: str, aad: str) -> bytes:
        """Seal the text to its place; `aad` is "table/column/row id"."""
        name = self._current.encode()
        header = bytes([_VERSION, len(name)]) + name
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), header + aad.encode())
        return header + nonce + sealed

    def open(self, blob: bytes, aad: str) -> str:
        """Open what was sealed to the same place; refuses with SealBroken."""
        key_id, header, rest = _parted(blob)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealBroken("sealed under a key that is not here")
        nonce, sealed = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, sealed, header + aad.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBroken("altered, or sealed to another place") from None

    def is_current(self, blob: bytes) -> bool:
        """Tell whether the value was sealed under the current key; if not, seal it anew."""
        return _parted(blob)[0] == self._current

    def index(self, text: str, purpose: str) -> bytes:
        """Return 32 bytes, equal for equal texts of one purpose and unrelated between purposes.

        Normalise the text first. The index key never rotates: rows could not be found any more.
        """
        key = self._purposes.get(purpose)
        if key is None:
            key = self._purposes[purpose] = hmac.digest(self._index_key, purpose.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256")


def _parted(blob: bytes) -> tuple[str, bytes, bytes]:
    """Part a sealed value into its key's id, its header, and the rest."""
    if len(blob) <= 1 or blob[0] != _VERSION:
        raise SealBroken("not a sealed value")
    end = 2 + blob[1]
    try:
        return blob[2:end].decode(), blob[:end], blob[end:]
    except UnicodeDecodeError:
        raise SealBroken("not a sealed value") from None
