"""Live servers: the port, and what an address of theirs is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Play(StrEnum):
    """How an address is played; PAGE is opened in a browser or the platform's app."""

    HLS = "hls"
    FLV = "flv"
    RTMP = "rtmp"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class PlayAddress:
    """Where viewers watch."""

    kind: Play
    url: str


class LiveServer(Protocol):
    """Takes one publisher's stream and gives it to everybody."""

    def push_address(self, name: str, secret: str, until: datetime) -> str:
        """Return where a stream of this name may be published until an instant.

        `secret` is the stream's own; who holds the address may publish.
        """

    def play_addresses(self, name: str, until: datetime) -> list[PlayAddress]:
        """Return where the stream is watched; addresses that are signed are good until an instant."""


def seconds(until: datetime) -> int:
    """Return the Unix second until which an address is good."""
    return int(until.timestamp())
