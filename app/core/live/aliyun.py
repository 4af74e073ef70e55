"""Aliyun's live streaming (视频直播): addresses signed with auth_key, type A.

Sources: help.aliyun.com/zh/live/user-guide/url-signing (live) and, with the example that the tests hold,
help.aliyun.com/zh/cdn/user-guide/type-a-signing, by whose rule live addresses are signed too.
"""

from datetime import datetime
from hashlib import md5

from app.core.live import Play, PlayAddress, seconds

APP = "live"


class AliyunLive:
    """Signs with the keys of the account's two domains."""

    def __init__(self, *, push_host: str, push_key: str, play_host: str, play_key: str) -> None:
        self._push_host, self._push_key = push_host, push_key
        self._play_host, self._play_key = play_host, play_key

    def push_address(self, name: str, secret: str, until: datetime) -> str:  # noqa: ARG002 - the domain's key
        return f"rtmp://{self._push_host}{signed(self._push_key, f'/{APP}/{name}', until)}"

    def play_addresses(self, name: str, until: datetime) -> list[PlayAddress]:
        def at(ending: str) -> str:
            return f"{self._play_host}{signed(self._play_key, f'/{APP}/{name}{ending}', until)}"

        return [
            PlayAddress(Play.HLS, f"https://{at('.m3u8')}"),
            PlayAddress(Play.FLV, f"https://{at('.flv')}"),
            PlayAddress(Play.RTMP, f"rtmp://{at('')}"),
        ]


def signed(key: str, path: str, until: datetime) -> str:
    """Return the path with its `auth_key=second-rand-uid-md5`; rand and uid are 0, as Aliyun advises."""
    about = f"{seconds(until)}-0-0"
    # MD5 is what Aliyun checks; the address lasts for hours.
    proof = md5(f"{path}-{about}-{key}".encode(), usedforsecurity=False).hexdigest()
    return f"{path}?auth_key={about}-{proof}"
