"""Rates: wrk against the API and pgbench against PostgreSQL, told the same things."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from scripts import postgres
from scripts.terminal import Refused

Statement = tuple[str, Sequence[object]]

# Cycles through the requests' paths, each connection thread from another one; the summary as JSON.
_LUA = """
local paths = { %s }
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\\nSUMMARY {"requests": %%d, "us": %%d, "wrong": %%d, "p50_us": %%d, "p99_us": %%d}\\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


class Rate(NamedTuple):
    """How many a second, and how long one took: milliseconds."""

    per_s: float
    p50_ms: float
    p99_ms: float


def wrk(base_url: str, paths: Sequence[str], *, connections: int, seconds: int) -> Rate:
    """Send the paths in turn over so many connections; refuses when any answer was no 2xx."""
    program = shutil.which("wrk")
    if program is None:
        raise Refused("The bench needs wrk:  sudo apt-get install wrk")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_LUA % ", ".join(json.dumps(path) for path in paths))
        script.flush()
        args = [program, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", script.name]
        out = subprocess.run([*args, base_url], capture_output=True, text=True, check=False)
    found = re.search(r"^SUMMARY (.*)$", out.stdout, re.MULTILINE)
    if found is None:
        raise Refused(f"wrk failed:\n{out.stdout}{out.stderr}")
    summary = json.loads(found[1])
    if summary["wrong"] or not summary["requests"]:
        raise Refused(f"wrk counted {summary['wrong']} wrong answers to {summary['requests']} requests")
    return Rate(summary["requests"] / summary["us"] * 1e6, summary["p50_us"] / 1e3, summary["p99_us"] / 1e3)


def pgbench(
    url: str, statements: Sequence[Statement], *, clients: int, seconds: int, settings: Mapping[str, str]
) -> Rate:
    """Run the statements, one drawn at a time, prepared and with their parameters as parameters."""
    binaries = postgres.binaries()
    if binaries is None:
        raise Refused("The bench needs PostgreSQL with pgbench.")
    address = urlsplit(url)
    env = {
        **os.environ,
        "PGHOST": address.hostname or "",
        "PGPORT": str(address.port),
        "PGUSER": address.username or "",
        "PGPASSWORD": address.password or "",
        "PGDATABASE": address.path[1:],
        "PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    with tempfile.TemporaryDirectory() as folder:
        args: list[str | Path] = [binaries / "pgbench", "-n", "-M", "prepared", f"-c{clients}", "-j1"]
        args += ["-T", str(seconds), "--log", f"--log-prefix={folder}/took"]
        for number, (text, values) in enumerate(statements):
            script = Path(folder) / f"{number}.sql"
            # A variable for each parameter: pgbench sends them as such.
            script.write_text(re.sub(r"\$(\d+)", rf":v{number}_\1", text) + ";\n")
            args += ["-f", script]
            for place, value in enumerate(values, 1):
                args += ["-D", f"v{number}_{place}={_text(value)}"]
        out = subprocess.run(args, env=env, capture_output=True, text=True, check=False)
        took = sorted(
            int(line.split()[2])
            for log in Path(folder).glob("took.*")
            for line in log.read_text().splitlines()
        )
    found = re.search(r"tps = ([0-9.]+)", out.stdout)
    if (
        out.returncode != 0
        or found is None
        or not re.search(r"failed transactions: 0 ", out.stdout)
        or not took
    ):
        raise Refused(f"pgbench failed:\n{out.stdout}{out.stderr}")
    return Rate(float(found[1]), took[len(took) // 2] / 1e3, took[len(took) * 99 // 100] / 1e3)


def _text(value: object) -> str:
    """Return the text form of a parameter, as PostgreSQL reads it."""
    match value:
        case (tuple() as one, tuple() as other):
            return f"{_text(one)},{_text(other)}"
        case tuple():
            return f"({','.join(repr(float(part)) for part in value)})"
        case _:
            return str(value)
