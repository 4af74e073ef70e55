"""docker-compose.yml stays valid where no Docker engine is at hand."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.core.settings import LOCAL_SECRET, Settings

ROOT = Path(__file__).parents[2]
LASTING = {"db", "api", "worker", "live"}
OURS = {"migrate", "api", "worker"}
Service = dict[str, Any]


@pytest.fixture
def services() -> dict[str, Service]:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return dict(compose["services"])


def test_the_market_is_a_database_a_migration_an_api_a_worker_and_a_media_server(
    services: dict[str, Service],
) -> None:
    assert set(services) == LASTING | {"migrate"}


def test_each_lasting_service_tells_whether_it_is_well(services: dict[str, Service]) -> None:
    for name in LASTING:
        check = services[name]["healthcheck"]
        assert check["test"][0] == "CMD", name
        assert {"interval", "timeout", "retries"} <= set(check), name


def test_checks_written_in_python_compile(services: dict[str, Service]) -> None:
    for name in ("api", "worker"):
        python, flag, code = services[name]["healthcheck"]["test"][1:]
        assert (python, flag) == ("python", "-c")
        compile(code, name, "exec")


def test_api_and_worker_wait_for_the_migration_and_it_for_the_database(services: dict[str, Service]) -> None:
    for name in ("api", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"


def test_every_variable_given_to_the_app_is_a_setting(services: dict[str, Service]) -> None:
    known = {name.upper() for name in Settings.model_fields}
    known |= {"FORWARDED_ALLOW_IPS"}  # uvicorn reads it itself
    for name in OURS:
        assert set(services[name]["environment"]) <= known, name


def test_every_secret_can_be_given(services: dict[str, Service]) -> None:
    secret = {
        name.upper() for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)
    }
    assert secret
    assert secret <= set(services["api"]["environment"])


def test_without_an_env_file_the_local_environment_starts(
    services: dict[str, Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in services["api"]["environment"].items():
        monkeypatch.setenv(name, _with_defaults(value))

    settings = Settings()

    assert settings.is_local
    assert settings.reached_at == "http://127.0.0.1:8000"
    assert settings.database_url == f"postgresql://gigs:{_password(services)}@db:5432/gigs"


def _password(services: dict[str, Service]) -> str:
    return _with_defaults(services["db"]["environment"]["GIGS_PASSWORD"])


def _with_defaults(value: str) -> str:
    """Put in what Compose puts in when nothing is set, the innermost ${NAME:-default} first."""
    while (filled := re.sub(r"\$\{\w+:-([^${}]*)\}", r"\1", value)) != value:
        value = filled
    return value


def test_named_volumes_are_declared(services: dict[str, Service]) -> None:
    declared = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["volumes"]
    used = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert used == set(declared)


def test_api_and_streams_are_published_and_only_to_this_machine(services: dict[str, Service]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert {name: [_with_defaults(port) for port in ports] for name, ports in published.items()} == {
        "api": ["127.0.0.1:8000:8000"],
        "live": ["127.0.0.1:1935:1935", "127.0.0.1:8935:8935"],
    }


def test_the_media_server_and_the_market_know_each_other(services: dict[str, Service]) -> None:
    market, server = services["api"]["environment"], services["live"]["environment"]
    assert _with_defaults(server["SECRET"]) == LOCAL_SECRET
    assert market["LIVE_PUSH_URL"].endswith(":1935/live}")
    assert market["LIVE_PLAY_URL"].endswith(":8935/hls}")
    template = (ROOT / "deploy" / "nginx-live.conf").read_text(encoding="utf-8")
    image = (ROOT / "deploy" / "live.Dockerfile").read_text(encoding="utf-8")
    filled = re.search(r"envsubst '([^']+)'", image)
    assert filled
    assert set(re.findall(r"\$\{(\w+)\}", template)) == {name[1:] for name in filled[1].split()}
    recordings = {
        name: service["volumes"][-1] for name, service in services.items() if name in {"worker", "live"}
    }
    assert recordings == {
        "worker": f"recordings:{market['LIVE_RECORDINGS']}",
        "live": "recordings:/srv/live/recordings",
    }


def test_images_copy_only_what_exists_and_is_not_ignored(services: dict[str, Service]) -> None:
    kept = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    for dockerfile in {service["build"]["dockerfile"] for service in services.values()}:
        copied = _copied(ROOT / dockerfile)
        assert copied, dockerfile
        for source in copied:
            assert (ROOT / source).exists(), f"{dockerfile} copies {source}"
            assert source in kept, f".dockerignore leaves out {source}"


def _copied(dockerfile: Path) -> list[str]:
    lines = dockerfile.read_text(encoding="utf-8").splitlines()
    return [source for line in lines if line.startswith("COPY ") for source in shlex.split(line)[1:-1]]
