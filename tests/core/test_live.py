"""Addresses of live servers: as the platforms' own examples have them, and good for so long."""

from datetime import UTC, datetime, timedelta
from hashlib import md5

import pytest

from app.core.live import LiveServer, Play
from app.core.live.aliyun import AliyunLive
from app.core.live.aliyun import signed as signed_by_aliyun
from app.core.live.own import OwnServer, admits, key_until
from app.core.live.tencent import TencentLive
from app.core.live.tencent import signed as signed_by_tencent

UNTIL = datetime(2026, 12, 1, 12, tzinfo=UTC)
SECRET = "a stream's own"


def hexmd5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def test_tencents_own_example() -> None:
    # intl.cloud.tencent.com/document/product/267/31560
    key, until = "e12c46f2612d5106e2034781ab261ca3", datetime.fromtimestamp(0x5C271099, UTC)
    assert signed_by_tencent(key, "test", until) == (
        "txSecret=f85a2ab363fe4deaffef9754d79da6fe&txTime=5C271099"
    )


def test_aliyuns_own_example() -> None:
    # help.aliyun.com/zh/cdn/user-guide/type-a-signing
    until = datetime.fromtimestamp(1444435200, UTC)
    assert signed_by_aliyun("aliyuncdnexp1234", "/video/standard/1K.html", until) == (
        "/video/standard/1K.html?auth_key=1444435200-0-0-80cd3862d699b7118eed99103f2a3a4f"
    )


def test_tencents_addresses() -> None:
    server = TencentLive(
        push_host="push.example.cn", push_key="k1", play_host="play.example.cn", play_key="k2"
    )
    time = f"{int(UNTIL.timestamp()):X}"
    push, play = (hexmd5(f"{key}show{time}") for key in ("k1", "k2"))

    assert server.push_address("show", SECRET, UNTIL) == (
        f"rtmp://push.example.cn/live/show?txSecret={push}&txTime={time}"
    )
    assert [(one.kind, one.url) for one in server.play_addresses("show", UNTIL)] == [
        (Play.HLS, f"https://play.example.cn/live/show.m3u8?txSecret={play}&txTime={time}"),
        (Play.FLV, f"https://play.example.cn/live/show.flv?txSecret={play}&txTime={time}"),
        (Play.RTMP, f"rtmp://play.example.cn/live/show?txSecret={play}&txTime={time}"),
    ]


def test_aliyuns_addresses() -> None:
    server = AliyunLive(
        push_host="push.example.cn", push_key="k1", play_host="play.example.cn", play_key="k2"
    )
    at = int(UNTIL.timestamp())

    def proof(path: str, key: str) -> str:
        return f"{path}?auth_key={at}-0-0-{hexmd5(f'{path}-{at}-0-0-{key}')}"

    assert server.push_address("show", SECRET, UNTIL) == f"rtmp://push.example.cn{proof('/live/show', 'k1')}"
    assert [one.url for one in server.play_addresses("show", UNTIL)] == [
        f"https://play.example.cn{proof('/live/show.m3u8', 'k2')}",
        f"https://play.example.cn{proof('/live/show.flv', 'k2')}",
        f"rtmp://play.example.cn{proof('/live/show', 'k2')}",
    ]


def test_our_own_addresses() -> None:
    server = OwnServer("rtmp://live.example.cn/live/", "https://live.example.cn/hls")

    address = server.push_address("show", SECRET, UNTIL)

    place, _, key = address.partition("?key=")
    assert place == "rtmp://live.example.cn/live/show"
    assert admits("show", SECRET, key, UNTIL - timedelta(seconds=1))
    assert [one.url for one in server.play_addresses("show", UNTIL)] == [
        "https://live.example.cn/hls/show.m3u8"
    ]


@pytest.mark.parametrize(
    ("name", "secret", "after", "changed"),
    [
        ("other", SECRET, -1, {}),
        ("show", "another secret", -1, {}),
        ("show", SECRET, 0, {}),
        ("show", SECRET, -1, {"1": "2"}),  # a later second than was signed
        ("show", SECRET, -1, {"-": "--"}),
        ("show", SECRET, -1, {"1": "\u0661"}),  # another script's digit
        ("show", "", -1, {}),
    ],
)
def test_a_key_opens_one_stream_until_it_is_over(
    name: str, secret: str, after: int, changed: dict[str, str]
) -> None:
    key = key_until("show", SECRET, UNTIL)
    for old, new in changed.items():
        key = key.replace(old, new, 1)
    assert not admits(name, secret, key, UNTIL + timedelta(seconds=after))


def test_a_key_that_is_over_still_says_whose_it_is() -> None:
    assert admits("show", SECRET, key_until("show", SECRET, UNTIL), None)
    assert not admits("show", "another", key_until("show", SECRET, UNTIL), None)


@pytest.mark.parametrize(
    "server",
    [
        OwnServer("rtmp://a/live", "http://a/hls"),
        TencentLive(push_host="a", push_key="k", play_host="b", play_key="l"),
        AliyunLive(push_host="a", push_key="k", play_host="b", play_key="l"),
    ],
)
def test_each_address_names_its_own_end(server: LiveServer) -> None:
    later = UNTIL + timedelta(hours=1)
    assert server.push_address("show", SECRET, UNTIL) != server.push_address("show", SECRET, later)
