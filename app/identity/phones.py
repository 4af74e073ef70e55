"""Phone numbers: Chinese mobiles, kept as E.164 and shown masked."""

import re
from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, Field

from app.core.types import refusal

# phonenumbers also takes landlines and other countries; a code by SMS needs a mainland mobile.
_PLAIN = re.compile(r"^1[3-9][0-9]{9}\Z")
_MOBILE = re.compile(r"^\+861[3-9]\d{9}$")


def normalised(given: str) -> str:
    """Return the phone in E.164; refuses what is not a mainland mobile."""
    if _PLAIN.match(
        given
    ):  # as nearly everybody writes it: reading it any further costs a hundred times more
        return f"+86{given}"
    try:
        phone = phonenumbers.format_number(
            phonenumbers.parse(given, "CN"), phonenumbers.PhoneNumberFormat.E164
        )
    except phonenumbers.NumberParseException:
        phone = ""
    if not _MOBILE.match(phone):
        raise refusal("phone_invalid", "应为中国大陆手机号", "Should be a mainland Chinese mobile number")
    return phone


def masked(phone: str) -> str:
    """Return the phone as screens show it: 138****5678."""
    national = phone.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}"


Phone = Annotated[
    str,
    Field(min_length=5, max_length=20, description="手机号", examples=["13800138000"]),
    AfterValidator(normalised),
]
