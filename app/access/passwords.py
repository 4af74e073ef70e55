"""Staff passwords: what is good enough, and Argon2id, at most two at once (64 MiB and 160 ms each)."""

import asyncio
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_hasher = PasswordHasher()
_turns = asyncio.Semaphore(2)
LEAST = 12
FEWEST_CHARACTERS = 5
# NIST SP 800-63B: what is on everybody's list. Those of twelve characters and more, for fewer are too short.
_COMMON = """
    password1234 passw0rd1234 password12345 123456789012 1234567890123 123123123123 qwertyuiop12
    qwertyuiop123 1qaz2wsx3edc 1q2w3e4r5t6y qwerty123456 asdfghjkl123 abcdefghijkl abcd12345678
    abc123456789 a12345678901 woaini123456 woaini1314520 iloveyou1234 admin1234567 administrator
    administrator1 linfen123456 linfen1234567 linfenrenshe linfenlinggong shanxi123456 welcome12345
    letmein12345 changeme1234 qazwsxedcrfv zxcvbnm12345 520131452013 147258369000
"""
COMMON = frozenset(_COMMON.split())
# Without what is mistaken for something else when it is read out or copied from a screen.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def hashed(password: str) -> str:
    """Return the password's hash with its parameters and salt."""
    return _hasher.hash(password)


async def freshly_hashed(password: str) -> str:
    """Return the same as `hashed`, without holding anybody else up."""
    async with _turns:
        return await asyncio.to_thread(hashed, password)


def weakness(password: str, username: str) -> tuple[str, str] | None:
    """Say in both languages why a password will not do (NIST SP 800-63B: length, no rules of composition)."""
    folded = password.casefold()
    if len(password) < LEAST:
        return f"密码至少 {LEAST} 个字符", f"A password needs at least {LEAST} characters"
    if username.casefold() in folded:
        return "密码不能包含用户名", "A password may not contain the username"
    if folded in COMMON or len(set(folded)) < FEWEST_CHARACTERS:
        return "该密码过于常见,请换一个", "This password is too common; choose another"
    return None


def temporary() -> str:
    """Return a password for the first sign-in, easy to copy by hand: 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


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
