"""Child processes that end with us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from scripts.terminal import LOCAL, ROOT, Refused, say

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def spawn(
    args: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    user: str | None = None,
    output: IO[str] | None = None,
    last_word: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[str]:
    """Start a child in a session of its own, so that Ctrl-C reaches it through us and in our order.

    Should we be killed with -9, the kernel sends it `last_word` when the thread that started it is gone.
    """
    return subprocess.Popen(
        args,
        env=env,
        cwd=cwd,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=lambda: _LIBC.prctl(_PR_SET_PDEATHSIG, last_word),  # noqa: PLW1509 - takes no lock
        text=True,
    )


def end(child: subprocess.Popen[str], how: signal.Signals, *, within_s: float) -> None:
    """Ask the child to end, and make it end when it did not within `within_s`."""
    if child.poll() is None:
        child.send_signal(how)
    try:
        child.wait(within_s)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def end_strays(name: str, *, first: int) -> None:
    """End PostgreSQL's processes of this cluster name; `first`, the postmaster's pid, ends the others."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        strays = _strays(name)
        for pid in [first] if first in strays else strays:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + 10
        while strays and time.monotonic() < deadline:
            time.sleep(0.05)
            strays = _strays(name)
        if not strays:
            return
    raise Refused(f"PostgreSQL of an earlier run does not end: processes {strays}.")


def _strays(name: str) -> list[int]:
    # A command line can be read by everybody; a working folder in a container not even by root.
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line = (entry / "cmdline").read_bytes()
            program = line.split(b"\0")[0].split(b": ")[0]
            if program.endswith(b"postgres") and name.encode() in line:
                found.append(int(entry.name))
    return found


def attend(child: subprocess.Popen[str], *, how: signal.Signals = signal.SIGINT) -> int:
    """Wait for a child's exit code; when we are told to stop, it is told first."""
    try:
        return child.wait()
    finally:
        end(child, how, within_s=10)


def carry_out(what: str, args: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> bool:
    """Run a lengthy program with its output in .local/setup.log; say what it does and for how long."""
    started = time.monotonic()
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "setup.log").open("a", encoding="utf-8") as log:
        log.write(f"\n== {what}\n")
        log.flush()
        say(f"{what} ...")
        # In our session, for sudo knows by the terminal that the password was given.
        child = subprocess.Popen(
            args, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            while child.poll() is None:
                time.sleep(0.2)
                if sys.stdout.isatty():
                    sys.stdout.write(f"\r  {time.monotonic() - started:.0f} s ")
                    sys.stdout.flush()
        except KeyboardInterrupt:
            with suppress(PermissionError, subprocess.TimeoutExpired):  # what sudo started is not ours to end
                child.terminate()
                child.wait(10)
            raise
    if sys.stdout.isatty():
        sys.stdout.write("\r")
    say(f"  {'done' if child.returncode == 0 else 'failed'} after {time.monotonic() - started:.0f} s")
    return child.returncode == 0


def failed(what: str, advice: str) -> Refused:
    """Tell of a program that failed, with its last lines and what to do next."""
    lines = (LOCAL / "setup.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return Refused(
        "\n".join([f"{what} failed. Its last lines (all: .local/setup.log):", *lines[-12:], "", advice])
    )
