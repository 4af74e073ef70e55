"""Messages onto a device's screen: the port, and the provider that pushes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Note:
    """What shows on the screen, and the ids that the app needs to open the right page.

    Nothing of it is shown by repr().
    """

    title: str = field(repr=False)
    text: str = field(repr=False)
    data: Mapping[str, str] = field(repr=False)


class PushRefused(Exception):  # noqa: N818 - named for what the provider did
    """The provider did not take the note; `code` is a plain word of ours for why.

    `gone`: the token belongs to no device any more, and is to be forgotten.
    """

    def __init__(self, code: str, *, retryable: bool = False, gone: bool = False) -> None:
        self.code, self.retryable, self.gone = code, retryable, gone
        super().__init__(code)


class Push(Protocol):
    """A channel to devices: WeChat subscription messages, JPush, a phone maker's own."""

    async def push(self, token: str, platform: str, note: Note, message_id: str) -> None:
        """Hand the note for the device with this token to the provider; refuses with PushRefused.

        `platform` is android, ios, harmony or wechat: one channel may serve some of them by another.
        A refusal that is retryable may pass by itself. An answer that got lost counts as one, so a note
        can be handed over twice: the id goes along, for the provider to know the second by.
        """


class LocalPush:
    """Pushes nothing; what would have been pushed is read where notes are kept."""

    async def push(self, token: str, platform: str, note: Note, message_id: str) -> None:
        """Take any note."""
