"""The process's ways out of the city's own machines: the file store, the SMS provider, pushing."""

from dataclasses import dataclass

from app.core import outbound
from app.core.files import Files
from app.core.push import LocalPush, Push
from app.core.settings import Settings, SmsProvider
from app.core.sms import LocalSms, Sms
from app.core.sms.aliyun import AliyunSms
from app.core.sms.tencent import TencentSms


@dataclass(frozen=True)
class Ports:
    files: Files
    sms: Sms
    push: Push | None  # none: nobody to push through, so nothing is promised


_installed: list[Ports] = []


def install(settings: Settings) -> None:
    """Open the ports that the settings name."""
    push = LocalPush() if settings.is_local else None
    _installed[:] = [Ports(Files(settings.files_at), _sms(settings), push)]


def ports() -> Ports:
    """Return the open ports."""
    return _installed[0]


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
