"""What differs between one installation and another, read from the environment."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LOCAL_SECRET = "local-only"  # noqa: S105 - a mark that start-up refuses outside the local environment
LOCAL_TOKEN_KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIDCEarCBESBXa+CtSo7OCgFnJb0M59k5M0Zi+31M9iiR
-----END PRIVATE KEY-----"""  # noqa: S105 - known to all, and so refused elsewhere too
LOCAL_SEALING_KEY = "6c" * 32


class Environment(StrEnum):
    """Where the service runs; only `local` shows what would have been sent by SMS."""

    LOCAL = "local"
    STAGING = "staging"
    PRODUCTION = "production"


class SmsProvider(StrEnum):
    LOCAL = "local"
    ALIYUN = "aliyun"
    TENCENT = "tencent"


class Settings(BaseSettings):
    """Every setting is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    environment: Environment = Environment.LOCAL
    database_url: str = Field(
        "postgresql://gigs@127.0.0.1:5432/gigs", description="postgresql://user:password@host:port/name"
    )
    database_pool: int = Field(16, ge=2, le=200, description="connections that an API process keeps")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    api_processes: int = Field(1, ge=1, le=64)
    base_url: str = Field("", description="address under which clients reach the service")
    local_dir: Path = Path(".local")
    files_url: str = Field("", description="file:///folder or s3://bucket/prefix for uploaded files")
    log_level: str = "INFO"

    # Keys: `id:value` pairs parted by commas or blank lines, the first is the current one.
    token_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(
        default_factory=lambda: {LOCAL_SECRET: SecretStr(LOCAL_TOKEN_KEY)},
        description="kid:Ed25519 private key in PEM, one after the other; the first signs, all verify",
    )
    sealing_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(
        default_factory=lambda: {LOCAL_SECRET: SecretStr(LOCAL_SEALING_KEY)},
        description="id:64 hexadecimal digits, parted by commas; the first seals, all open",
    )
    index_key: SecretStr = Field(
        SecretStr(LOCAL_SECRET), description="key of the blind indexes; it can't be changed later"
    )

    sms_provider: SmsProvider = SmsProvider.LOCAL
    sms_key_id: str = ""
    sms_key_secret: SecretStr = SecretStr("")
    sms_sign_name: str = "临汾零工市场"
    sms_app_id: str = Field("", description="Tencent's SmsSdkAppId")
    sms_templates: dict[str, str] = Field(default={}, description="our template name: the provider's code")

    outbound_allowed: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="host:port, parted by commas: test servers that may be private; local alone"
    )

    # Live streams (deploy/README.md): a server whose addresses are empty is not offered.
    live_push_url: str = Field("", description="rtmp://host/live of our own nginx-rtmp")
    live_play_url: str = Field("", description="https://host/hls of the same")
    live_callback_secret: SecretStr = Field(
        SecretStr(LOCAL_SECRET), description="how our nginx-rtmp is known at its callbacks"
    )
    live_recordings: str = Field("", description="folder in which our nginx-rtmp leaves its recordings")
    live_drop_s: int = Field(60, ge=1, le=3600, description="a stream away for longer has ended")
    live_tencent_push_host: str = ""
    live_tencent_push_key: SecretStr = SecretStr("")
    live_tencent_play_host: str = ""
    live_tencent_play_key: SecretStr = SecretStr("")
    live_aliyun_push_host: str = ""
    live_aliyun_push_key: SecretStr = SecretStr("")
    live_aliyun_play_host: str = ""
    live_aliyun_play_key: SecretStr = SecretStr("")

    @model_validator(mode="before")
    @classmethod
    def _parse_keys(cls, values: dict[str, object]) -> dict[str, object]:
        allowed = values.get("outbound_allowed")
        if isinstance(allowed, str):
            values["outbound_allowed"] = tuple(part.strip() for part in allowed.split(",") if part.strip())
        for name, separator in (("token_keys", "-----END PRIVATE KEY-----"), ("sealing_keys", ",")):
            raw = values.get(name)
            if isinstance(raw, str):
                parts = [part.strip() for part in raw.replace("\\n", "\n").split(separator) if part.strip()]
                tail = separator if name == "token_keys" else ""
                values[name] = {
                    kid.strip(): value.strip() + ("\n" + tail if tail else "")
                    for kid, _, value in (part.partition(":") for part in parts)
                }
        return values

    @model_validator(mode="after")
    def _no_local_secrets_elsewhere(self) -> Self:
        if self.environment is Environment.LOCAL:
            return self
        left = [
            name
            for name, is_local in {
                "TOKEN_KEYS": LOCAL_SECRET in self.token_keys
                or any(key.get_secret_value() == LOCAL_TOKEN_KEY for key in self.token_keys.values()),
                "SEALING_KEYS": LOCAL_SECRET in self.sealing_keys
                or any(key.get_secret_value() == LOCAL_SEALING_KEY for key in self.sealing_keys.values()),
                "INDEX_KEY": self.index_key.get_secret_value() == LOCAL_SECRET,
                "SMS_PROVIDER": self.sms_provider is SmsProvider.LOCAL,
                "OUTBOUND_ALLOWED (leave it out)": bool(self.outbound_allowed),
                "LIVE_CALLBACK_SECRET": bool(self.live_push_url)
                and self.live_callback_secret.get_secret_value() == LOCAL_SECRET,
            }.items()
            if is_local
        ]
        if left:
            message = f"ENVIRONMENT={self.environment}: set {', '.join(left)}; local values are refused"
            raise ValueError(message)
        return self

    @property
    def is_local(self) -> bool:
        return self.environment is Environment.LOCAL

    @property
    def driver_url(self) -> str:
        """The database's address as SQLAlchemy with asyncpg wants it."""
        return "postgresql+asyncpg://" + self.database_url.partition("://")[2]

    @property
    def files_at(self) -> str:
        """Where uploaded files are kept: FILES_URL, else a folder beside the local state."""
        return self.files_url or (self.local_dir.resolve() / "files").as_uri()

    @property
    def recordings_at(self) -> Path:
        """Where our nginx-rtmp leaves its recordings: LIVE_RECORDINGS, else beside the local state."""
        return Path(self.live_recordings) if self.live_recordings else self.local_dir / "live" / "recordings"

    @property
    def reached_at(self) -> str:
        """The address under which clients reach the service, as far as it is known here."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104  # nosec B104 - compared
        return self.base_url or f"http://{host}:{self.port}"
