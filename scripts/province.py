"""`make province`: a stub of the provincial platform beside the market, and the market too unless it runs."""

import os
import signal
import subprocess
from contextlib import ExitStack

from scripts import run
from scripts.children import attend, end, spawn
from scripts.ports import is_free
from scripts.setup import PYTHON
from scripts.terminal import LOCAL, Refused, finish, say


def main() -> int:
    """Run the stub until told to stop."""
    if run.runs_already():
        return _alone()
    return run.main(beside=_beside)


def _alone() -> int:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    try:
        with ExitStack() as started:
            code = attend(_stub(started, host, port))
            raise Refused(f"The stub province ended by itself with code {code}; its reason stands above.")
    except KeyboardInterrupt:
        say("Stopped.")
        return 0


def _beside(started: ExitStack, env: dict[str, str]) -> dict[str, subprocess.Popen[str]]:
    return {"stub province": _stub(started, env["HOST"], env["PORT"])}


def _stub(started: ExitStack, host: str, port: str) -> subprocess.Popen[str]:
    ours = run.province_port()
    if not is_free(ours):
        raise Refused(
            f"Port {ours} is taken by another program; the stub province needs it.\n"
            f"Choose another:  make province PROVINCE_PORT={ours + 1}"
        )
    reached = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    child = spawn([
        PYTHON, "-m", "tests.stubs.province", "--city", f"http://{reached}:{port}", "--port", str(ours),
        "--handout", LOCAL / "demo.json", "--folder", LOCAL / "province",
    ])  # fmt: skip
    started.callback(end, child, signal.SIGTERM, within_s=5)
    return child


if __name__ == "__main__":
    finish(main)
