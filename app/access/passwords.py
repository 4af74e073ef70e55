"""Staff passwords: Argon2id, at most two hashed at once (each takes 64 MiB and about 160 ms)."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_hasher = PasswordHasher()
_turns = asyncio.Semaphore(2)


def hashed(password: str) -> str:
    """Return the password's hash with its parameters and salt."""
    return _hasher.hash(password)


async def matches(kept: str | None, password: str) -> bool:
    """Tell whether the password fits; takes as long when there is none to fit."""
    async with _turns:
        return await asyncio.to_thread(_verify, kept, password)


@cache
def _nobody() -> str:
    """Return what is checked for a name that does not exist, so that its answer takes as long."""
    return _hasher.hash("nobody")


def _verify(kept: str | None, password: str) -> bool:
    try:
        return _hasher.verify(kept or _nobody(), password) and kept is not None
    except VerificationError:
        return False
