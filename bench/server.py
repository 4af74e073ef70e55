"""The API as it runs in production, with so many processes, and how much memory they take."""

import os
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from scripts.children import end, spawn
from scripts.cluster import Cluster
from scripts.ports import any_free
from scripts.setup import PYTHON
from scripts.terminal import LOCAL, Refused

PROCESSES = 2


class Served(NamedTuple):
    base_url: str
    pid: int

    def largest_mib(self) -> float:
        """Resident memory of the API process that has most, MiB."""
        kib = [
            int(found[1])
            for status in Path("/proc").glob("[0-9]*/status")
            if (found := _memory_of_child(status, self.pid))
        ]
        return max(kib) / 1024


@contextmanager
def serving(cluster: Cluster) -> Iterator[Served]:
    """Serve the cluster's market while the block runs; the log is in .local/bench/api.log."""
    port = any_free()
    env = {
        **os.environ,
        "DATABASE_URL": cluster.url(),
        "ENVIRONMENT": "local",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "API_PROCESSES": str(PROCESSES),
        "LOCAL_DIR": str(LOCAL / "bench"),
    }
    with (LOCAL / "bench" / "api.log").open("w", encoding="utf-8") as log:
        child = spawn([PYTHON, "-m", "app.main"], env=env, output=log)
        try:
            base_url = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 180
            while not _is_ready(base_url):
                if child.poll() is not None or time.monotonic() > deadline:
                    raise Refused("The API did not start; see .local/bench/api.log")
                time.sleep(0.1)
            yield Served(base_url, child.pid)
        finally:
            end(child, signal.SIGTERM, within_s=15)


def _is_ready(base_url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"{base_url}/readyz", timeout=5) as answer:  # noqa: S310
        return bool(answer.status == 200)
    return False


def _memory_of_child(status: Path, parent: int) -> re.Match[str] | None:
    with suppress(OSError):
        text = status.read_text()
        if f"\nPPid:\t{parent}\n" in text:
            return re.search(r"VmRSS:\s+(\d+) kB", text)
    return None
