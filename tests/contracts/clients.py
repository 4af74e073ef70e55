"""Clients made from the contracts by a standard generator, as an app's developers would make them."""

import importlib
import pkgutil
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

from app.core.contract import Audience
from app.core.migrated import ROOT

# Pictures and archives are bytes to the generator, which knows no other kind of them.
CONFIG = """
post_hooks: []
package_name_override: {package}
content_type_overrides:
  application/zip: application/octet-stream
  application/ld+json: application/json
  application/x-ndjson: application/octet-stream
  application/jose: application/octet-stream
  text/calendar: application/octet-stream
  text/event-stream: text/plain
  image/jpeg: application/octet-stream
  image/svg+xml: application/octet-stream
  video/mp4: application/octet-stream
  application/pdf: application/octet-stream
  application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: application/octet-stream
"""


class Generated:
    """A generated package: its models by name, its operations by theirs."""

    def __init__(self, audience: Audience, folder: Path, address: str) -> None:
        """Generate into the folder; fails on whatever the generator can't make of the contract."""
        self.address = address
        self._clients: list[Any] = []
        package = f"{audience}_client"
        config = folder / f"{audience}.yml"
        config.write_text(CONFIG.format(package=package), "utf-8")
        command = ["-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
        made = subprocess.run(  # noqa: S603 - our own interpreter and contract
            [
                sys.executable,
                *command,
                "--path",
                ROOT / "openapi" / f"{audience}.json",
                "--config",
                config,
                "--output-path",
                folder / package,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        sys.path.insert(0, str(folder))
        try:
            self._client: Any = importlib.import_module(f"{package}.client")
            self.models: Any = importlib.import_module(f"{package}.models")
            self.types: Any = importlib.import_module(f"{package}.types")
            self._operations = {
                module.__name__.rpartition(".")[2]: module
                for module in _modules(importlib.import_module(f"{package}.api"))
            }
        finally:
            sys.path.remove(str(folder))

    def caller(self, token: str | None = None) -> "Caller":
        """Return somebody with a token, or nobody in particular."""
        if token is None:
            client = self._client.Client(base_url=self.address)
        else:
            client = self._client.AuthenticatedClient(base_url=self.address, token=token)
        self._clients.append(client)
        return Caller(self, client)

    def close(self) -> None:
        """Hang up."""
        for client in self._clients:
            client.get_httpx_client().close()

    def operation(self, name: str) -> Any:
        return self._operations[name]


class Caller:
    """Calls operations by their generated functions."""

    def __init__(self, generated: Generated, client: Any) -> None:
        self._generated, self._client = generated, client

    def __call__(self, operation: str, *path: Any, status: int = HTTPStatus.OK, **given: Any) -> Any:
        """Return what the operation answers with, parsed; fails with another status."""
        function = self._generated.operation(operation).sync_detailed
        answer = function(*path, client=self._client, **given)
        assert answer.status_code == status, answer.content.decode()
        return answer.parsed


def _modules(package: ModuleType) -> list[ModuleType]:
    names = [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.") if not m.ispkg]
    return [importlib.import_module(name) for name in names]
