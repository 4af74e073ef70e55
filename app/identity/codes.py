"""One-time codes by SMS: six digits, five minutes, five tries, used once (trust.md, S5)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, limits
from app.core.keyring import blind_index
from app.core.limits import Rate
from app.core.sms import Message
from app.identity.messages import text_to
from app.identity.models import OneTimeCode
from app.identity.problems import CodeWrong

LIFETIME = timedelta(minutes=5)
TRIES = 5
AGAIN_AFTER = timedelta(seconds=60)
BY_PHONE = [
    Rate("codes-phone-minute", 1, AGAIN_AFTER),
    Rate("codes-phone-hour", 5, timedelta(hours=1)),
    Rate("codes-phone-day", 10, timedelta(days=1)),
]
BY_ADDRESS = Rate("codes-address", 30, timedelta(hours=1))
IN_ALL = Rate("codes-all", 6000, timedelta(minutes=10))
TRIES_BY_ADDRESS = Rate("code-tries-address", 60, timedelta(hours=1))
TRIES_BY_PHONE = Rate("code-tries-phone", 30, timedelta(hours=1))


@dataclass(frozen=True)
class Wording:
    """How a code is told: the SMS template, its values, and the text with {code} to be filled."""

    template: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)


SIGN_IN = "sign-in"
_TO_SIGN_IN = Wording(
    "code", "【临汾零工市场】验证码 {code},5 分钟内有效。工作人员不会索要验证码,请勿告诉他人。"
)


async def send_code(
    session: AsyncSession,
    phone: str,
    address: str | None,
    purpose: str = SIGN_IN,
    wording: Wording = _TO_SIGN_IN,
) -> None:
    """Send a fresh code; the one before it for the purpose ends. `address`: None where its limits are lifted.

    A code is good for the purpose that it was sent for and no other; the limits count all together. The
    answer does not depend on whether the phone is known.
    """
    for rate in BY_PHONE:
        await limits.take(session, rate, blind_index(phone, "phone").hex())
    if address:
        await limits.take(session, BY_ADDRESS, address)
        await limits.take(session, IN_ALL, "")
    code = f"{secrets.randbelow(10**6):06}"
    values = {
        "code_index": _index(phone, code),
        "expires_at": clock.now() + LIFETIME,
        "tries": 0,
    }
    await session.execute(
        insert(OneTimeCode)
        .values(phone_index=_row(phone, purpose), **values)
        .on_conflict_do_update(index_elements=["phone_index"], set_=values)
    )
    params = {**wording.values, "code": code}
    await text_to(session, phone, Message(wording.template, params, wording.text.format_map(params)))


async def use_code(
    session: AsyncSession, phone: str, code: str, address: str | None, purpose: str = SIGN_IN
) -> None:
    """Use the code up, or refuse; the row lock makes guesses wait for each other, each one counted."""
    if address:
        await limits.take(session, TRIES_BY_ADDRESS, address)
    await limits.take(session, TRIES_BY_PHONE, blind_index(phone, "phone").hex())
    kept = await session.scalar(
        select(OneTimeCode).where(OneTimeCode.phone_index == _row(phone, purpose)).with_for_update()
    )
    if kept is None or kept.expires_at <= clock.now() or kept.tries >= TRIES:
        raise CodeWrong
    if not secrets.compare_digest(kept.code_index, _index(phone, code)):
        kept.tries += 1
        raise CodeWrong
    await session.delete(kept)


def _row(phone: str, purpose: str) -> bytes:
    """Return the key of a phone's code for a purpose: a code for another one is not found there."""
    return blind_index(phone, "phone" if purpose == SIGN_IN else f"phone/{purpose}")


def _index(phone: str, code: str) -> bytes:
    return blind_index(f"{phone}/{code}", "one-time-code")
