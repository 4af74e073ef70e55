"""Short messages: the port, and the provider that sends nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """A text as providers take it: an approved template by our name for it, and its values.

    `text` is the whole text for who reads it on a screen; providers compose their own. Neither it
    nor the values are shown by repr(): they hold codes and names.
    """

    template: str
    params: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)


class SmsRefused(Exception):  # noqa: N818 - named for what the provider did
    """The provider did not take the message; `code` is its own word, and never tells the phone."""

    def __init__(self, code: str, *, retryable: bool) -> None:
        # What is no plain word may be an echo of what was sent.
        self.code = code if re.fullmatch(r"[A-Za-z_]+(\.[A-Za-z_]+)*", code) else "unreadable"
        self.retryable = retryable
        super().__init__(self.code)


class Sms(Protocol):
    """A provider of short messages."""

    async def send(self, to: str, message: Message, message_id: str) -> None:
        """Hand the message for `to` (+8613…, E.164) to the provider; refuses with SmsRefused.

        A refusal that is retryable may pass by itself. An answer that got lost counts as one, so a
        message can come twice; the id goes along and shows up in the provider's reports.
        """


class LocalSms:
    """Sends nothing; what would have been sent is read where messages are kept."""

    async def send(self, to: str, message: Message, message_id: str) -> None:
        """Take any message."""
