"""Outside the local environment nothing local is left: no known secret, no readable SMS."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI
from pydantic import ValidationError

from app.core import keyring, logs, ports
from app.core.settings import LOCAL_SEALING_KEY, LOCAL_SECRET, LOCAL_TOKEN_KEY, Settings
from app.main import create_app

ENVIRONMENTS = ["staging", "production"]
PEM = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SAFE = {
    "token_keys": f"k1:{PEM}",
    "sealing_keys": "s1:" + "7f" * 32,
    "index_key": "a key of one's own",
    "sms_provider": "aliyun",
    "sms_key_id": "id",
    "sms_key_secret": "secret",
    "live_push_url": "rtmp://live.example.cn/live",
    "live_callback_secret": "another secret",
}
LOCAL: dict[str, list[str | None]] = {
    "token_keys": [None, f"k1:{LOCAL_TOKEN_KEY}", f"k1:{PEM}\nk2:{LOCAL_TOKEN_KEY}"],
    "sealing_keys": [None, f"s1:{LOCAL_SEALING_KEY}", f"s2:{'7f' * 32},s1:{LOCAL_SEALING_KEY}"],
    "index_key": [None, LOCAL_SECRET],
    "sms_provider": [None, "local"],
    "live_callback_secret": [None, LOCAL_SECRET],
}


def settings(environment: str, **changes: Any) -> Settings:
    given = {name: value for name, value in (SAFE | changes).items() if value is not None}
    return Settings(environment=environment, **given)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in LOCAL.items() for v in values])
def test_a_local_value_is_refused_by_its_name_and_not_repeated(
    environment: str, name: str, value: str | None
) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(environment, **{name: value})
    message = refused.value.errors()[0]["msg"]
    assert name.upper() in message
    assert "input_value" not in str(refused.value), "a start that fails would log the keys"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
async def test_short_messages_can_be_read_locally_alone(
    environment: str, app: FastAPI, tmp_path: Path
) -> None:
    local: Settings = app.state.settings
    try:
        elsewhere = create_app(settings(environment, local_dir=tmp_path, database_url=local.database_url))
        async with elsewhere.router.lifespan_context(elsewhere):
            transport = httpx.ASGITransport(elsewhere, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://city") as client:
                answer = await client.get("/dev/messages", params={"to": "13800138000"})
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    finally:
        logs.set_up(local.log_level)
        keyring.install(local)
        ports.install(local)


def test_a_setting_s_secret_is_not_shown_by_its_text() -> None:
    shown = repr(settings("production"))
    assert "7f7f" not in shown
    assert "PRIVATE" not in shown
    assert "one's own" not in shown
