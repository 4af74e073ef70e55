"""The process's ways out of the city's own machines: files, short messages, pushing, live servers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.core import outbound
from app.core.files import Files
from app.core.live import LiveServer
from app.core.live.aliyun import AliyunLive
from app.core.live.own import OwnServer
from app.core.live.tencent import TencentLive
from app.core.push import LocalPush, Push
from app.core.settings import Settings, SmsProvider
from app.core.sms import LocalSms, Sms
from app.core.sms.aliyun import AliyunSms
from app.core.sms.tencent import TencentSms

# Where `make live` runs it.
LOCAL_PUSH, LOCAL_PLAY = "rtmp://127.0.0.1:1935/live", "http://127.0.0.1:8935/hls"


@dataclass(frozen=True)
class Live:
    """The live servers that are set up, by name, and how our own is dealt with."""

    servers: Mapping[str, LiveServer]
    callback_secret: str
    recordings: Path
    drop: timedelta  # a stream away for longer has ended


@dataclass(frozen=True)
class Ports:
    files: Files
    sms: Sms
    live: Live
    push: Push | None  # none: nobody to push through, so nothing is promised
    allowed: tuple[str, ...] = ()  # host:port of test servers that outbound calls may reach


_installed: list[Ports] = []


def install(settings: Settings) -> None:
    """Open the ports that the settings name."""
    push = LocalPush() if settings.is_local else None
    _installed[:] = [
        Ports(Files(settings.files_at), _sms(settings), _live(settings), push, settings.outbound_allowed)
    ]


def ports() -> Ports:
    """Return the open ports."""
    return _installed[0]


def _live(settings: Settings) -> Live:
    servers: dict[str, LiveServer] = {}
    if settings.live_push_url or settings.is_local:
        servers["own"] = OwnServer(settings.live_push_url or LOCAL_PUSH, settings.live_play_url or LOCAL_PLAY)
    if settings.live_tencent_push_host:
        servers["tencent"] = TencentLive(
            push_host=settings.live_tencent_push_host,
            push_key=settings.live_tencent_push_key.get_secret_value(),
            play_host=settings.live_tencent_play_host,
            play_key=settings.live_tencent_play_key.get_secret_value(),
        )
    if settings.live_aliyun_push_host:
        servers["aliyun"] = AliyunLive(
            push_host=settings.live_aliyun_push_host,
            push_key=settings.live_aliyun_push_key.get_secret_value(),
            play_host=settings.live_aliyun_play_host,
            play_key=settings.live_aliyun_play_key.get_secret_value(),
        )
    return Live(
        servers,
        settings.live_callback_secret.get_secret_value(),
        settings.recordings_at,
        timedelta(seconds=settings.live_drop_s),
    )


def _sms(settings: Settings) -> Sms:
    if settings.sms_provider is SmsProvider.LOCAL:
        return LocalSms()
    client, secret = outbound.client(), settings.sms_key_secret.get_secret_value()
    if settings.sms_provider is SmsProvider.ALIYUN:
        return AliyunSms(
            client,
            key_id=settings.sms_key_id,
            key_secret=secret,
            sign_name=settings.sms_sign_name,
            templates=settings.sms_templates,
        )
    return TencentSms(
        client,
        key_id=settings.sms_key_id,
        key_secret=secret,
        app_id=settings.sms_app_id,
        sign_name=settings.sms_sign_name,
        templates=settings.sms_templates,
    )
