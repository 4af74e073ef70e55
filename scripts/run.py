"""`make run`: install what is missing, run PostgreSQL, API and worker, stop them at the end."""

import hashlib
import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

from scripts.children import attend, end, spawn
from scripts.cluster import Cluster
from scripts.ports import is_free
from scripts.setup import PYTHON, set_up
from scripts.terminal import LOCAL, ROOT, Refused, finish, held, say

RUNNING = (
    "This checkout is running already, in another terminal or in the background.\n"
    "Stop that one first (Ctrl-C, or SIGTERM to its make)."
)
READY_WITHIN_S = 120
Beside = Callable[[ExitStack, dict[str, str]], dict[str, subprocess.Popen[str]]]
HIGHEST_PORT = 65535


def main(beside: Beside | None = None) -> int:
    """Run until told to stop, which is a success; a process that ends by itself is a failure.

    `beside` starts what else there is to be, and may tell the market of it in the environment.
    """
    host, port = os.environ.get("HOST") or "127.0.0.1", _port()
    try:
        with held(LOCAL / "run.lock", refusal=RUNNING), ExitStack() as started:
            if not is_free(port, host):
                raise Refused(
                    f"Port {port} is taken by another program. Choose one:  make run PORT={port + 1}"
                )
            env = _environment(started, host, port)
            others = beside(started, env) if beside else {}
            _prepare(env)
            children = {"API": _child(started, "app.main", env), "worker": _child(started, "app.worker", env)}
            _await_readiness(children, host, port)
            subprocess.run([PYTHON, "-m", "app.cli", "welcome"], env=env, check=False)
            while True:
                _refuse_ended(children | others)
                time.sleep(0.2)
    except KeyboardInterrupt:
        say("Stopped.")
        return 0


def runs_already() -> bool:
    """Tell whether this checkout's market is running."""
    try:
        with held(LOCAL / "run.lock", refusal=RUNNING):
            return False
    except Refused:
        return True


def port_of(name: str, otherwise: int) -> int:
    """Return the port that the environment names, or else this one."""
    text = os.environ.get(name) or str(otherwise)
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise Refused(f"{name}={text} is no port.")
    return int(text)


def province_port() -> int:
    """Return where `make province` takes pushes; a local market may call it from its start."""
    return port_of("PROVINCE_PORT", 8936)


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise Refused(f"PORT={text} is no port. Choose one from 1024 to {HIGHEST_PORT}:  make run PORT=8001")
    return int(text)


def _environment(started: ExitStack, host: str, port: int) -> dict[str, str]:
    env = {
        **os.environ,
        "HOST": host,
        "PORT": str(port),
        "ENVIRONMENT": os.environ.get("ENVIRONMENT") or "local",
        "LOCAL_DIR": str(LOCAL),
        "PYTHONUNBUFFERED": "1",
    }
    if env["ENVIRONMENT"] == "local":
        env.setdefault("OUTBOUND_ALLOWED", f"127.0.0.1:{province_port()}")
    given = os.environ.get("DATABASE_URL")
    set_up(database=not given)
    if not given:
        env["DATABASE_URL"] = started.enter_context(Cluster(LOCAL / "cluster", durable=True)).url()
    return env


def _prepare(env: dict[str, str]) -> None:
    """Migrate and load, unless the private cluster has been prepared from the same files before."""
    stamp, mark = LOCAL / "prepared", _fingerprint(env)
    own = not os.environ.get("DATABASE_URL")
    if own and (LOCAL / "demo.json").exists() and stamp.exists() and stamp.read_text() == mark:
        return
    if attend(spawn([PYTHON, "-m", "app.cli", "prepare"], env=env), how=signal.SIGTERM) != 0:
        raise Refused("The database could not be prepared; the reason stands above.")
    stamp.write_text(mark)


def _fingerprint(env: dict[str, str]) -> str:
    """Name all that `prepare` depends on: the settings, the migrations, reference data, the demo city."""
    folders = (ROOT / "migrations", ROOT / "app", ROOT / "scripts" / "demo")
    files = sorted(f for folder in folders for f in folder.rglob("*.*") if f.suffix != ".pyc")
    parts = [f"{f} {f.stat().st_mtime_ns} {f.stat().st_size}" for f in files if f.is_file()]
    parts += [
        f"{name}={env.get(name)}" for name in ("DATABASE_URL", "ENVIRONMENT", "HOST", "PORT", "BASE_URL")
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _child(started: ExitStack, module: str, env: dict[str, str]) -> subprocess.Popen[str]:
    child = spawn([PYTHON, "-m", module], env=env)
    started.callback(end, child, signal.SIGTERM, within_s=8)
    return child


def _await_readiness(children: dict[str, subprocess.Popen[str]], host: str, port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    reached = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  compared, not bound
    while time.monotonic() < deadline:
        _refuse_ended(children)
        connection = http.client.HTTPConnection(reached, port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.client.OK:
                return
        connection.close()
        time.sleep(0.05)
    raise Refused(f"The API did not become ready within {READY_WITHIN_S} s; its log stands above.")


def _refuse_ended(children: dict[str, subprocess.Popen[str]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise Refused(
                f"The {name} ended by itself with code {child.returncode}; the others were stopped."
            )


if __name__ == "__main__":
    finish(main)
