"""Tencent's live streaming (云直播 CSS): addresses signed with txSecret and txTime.

Sources: cloud.tencent.com/document/product/267/32735 and, with the example that the tests hold,
intl.cloud.tencent.com/document/product/267/31560.
"""

from datetime import datetime
from hashlib import md5

from app.core.live import Play, PlayAddress, seconds

APP = "live"  # the AppName that every account has


class TencentLive:
    """Signs with the keys of the account's two domains."""

    def __init__(self, *, push_host: str, push_key: str, play_host: str, play_key: str) -> None:
        self._push_host, self._push_key = push_host, push_key
        self._play_host, self._play_key = play_host, play_key

    def push_address(self, name: str, secret: str, until: datetime) -> str:  # noqa: ARG002 - the domain's key
        return f"rtmp://{self._push_host}/{APP}/{name}?{signed(self._push_key, name, until)}"

    def play_addresses(self, name: str, until: datetime) -> list[PlayAddress]:
        place, query = f"{self._play_host}/{APP}/{name}", signed(self._play_key, name, until)
        return [
            PlayAddress(Play.HLS, f"https://{place}.m3u8?{query}"),
            PlayAddress(Play.FLV, f"https://{place}.flv?{query}"),
            PlayAddress(Play.RTMP, f"rtmp://{place}?{query}"),
        ]


def signed(key: str, name: str, until: datetime) -> str:
    """Return `txSecret=…&txTime=…`: MD5 over key, name and the second in upper-case hexadecimal digits."""
    time = f"{seconds(until):X}"
    # MD5 is what Tencent checks; the address lasts for hours.
    secret = md5(f"{key}{name}{time}".encode(), usedforsecurity=False).hexdigest()
    return f"txSecret={secret}&txTime={time}"
