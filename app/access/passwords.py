"""Staff passwords: Argon2id, at most two hashed at once (each takes 64 MiB and about 160 ms)."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_hasher = PasswordHasher()
_turns = asyncio.Semaphore(2)
# Checked for a name that does not exist, so that its answer takes as long.
_NOBODY = _hasher.hash("nobody")


def hashed(password: str) -> str:
    """Return the password's hash with its parameters and salt."""
    return _hasher.hash(password)


async def matches(kept: str | None, password: str) -> bool:
    """Tell whether the password fits; takes as long when there is none to fit."""
    async with _turns:
        return await asyncio.to_thread(_verify, kept or _NOBODY, password) and kept is not None


def _verify(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except VerificationError:
        return False
