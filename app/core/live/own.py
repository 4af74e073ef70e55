"""Our own nginx-rtmp: publishers come by RTMP with a key, viewers by HLS without one."""

import hmac
import re
from datetime import datetime

from app.core.live import Play, PlayAddress, seconds

_KEY = re.compile(r"([0-9]{1,11})-([0-9a-f]{64})")


class OwnServer:
    """One nginx-rtmp, which asks us at each callback (deploy/nginx-live.conf)."""

    def __init__(self, push_url: str, play_url: str) -> None:
        """Take `rtmp://host/live` and `https://host/hls`."""
        self._push_url, self._play_url = push_url.rstrip("/"), play_url.rstrip("/")

    def push_address(self, name: str, secret: str, until: datetime) -> str:
        return f"{self._push_url}/{name}?key={key_until(name, secret, until)}"

    def play_addresses(self, name: str, until: datetime) -> list[PlayAddress]:  # noqa: ARG002 - anybody may
        return [PlayAddress(Play.HLS, f"{self._play_url}/{name}.m3u8")]


def key_until(name: str, secret: str, until: datetime) -> str:
    """Return the key that publishes a stream until an instant: "seconds-signature"."""
    return f"{seconds(until)}-{_signature(name, secret, seconds(until))}"


def admits(name: str, secret: str, key: str, now: datetime | None) -> bool:
    """Tell whether the key was given for this stream, in constant time; without `now` an old one too."""
    found = _KEY.fullmatch(key)
    if found is None:
        return False
    until = int(found[1])
    good = hmac.compare_digest(found[2], _signature(name, secret, until))
    return good and (now is None or now.timestamp() < until)


def _signature(name: str, secret: str, until: int) -> str:
    return hmac.digest(secret.encode(), f"{name}\n{until}".encode(), "sha256").hex()
