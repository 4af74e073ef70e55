"""What the commands say, how they refuse, and how they end."""

import fcntl
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"


class Refused(Exception):  # noqa: N818 - a refusal is not a fault of the program
    """Something outside stands in the way; the text says what to do about it."""


def say(text: str) -> None:
    """Tell the user at once, whether or not a terminal is there."""
    print(text, flush=True)


def finish(command: Callable[[], int]) -> NoReturn:
    """Run a whole command; Ctrl-C, SIGTERM and a closed terminal unwind it once, however often they come."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _unwind)
    try:
        code = command()
    except KeyboardInterrupt:
        code = 130
    except Refused as refusal:
        sys.stderr.write(f"\n{refusal}\n")
        code = 1
    sys.exit(code)


def _unwind(_number: int, _frame: FrameType | None) -> None:
    # make passes SIGTERM on to a process that may have had it already: the second must not cut the tidying.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def held(lock: Path, *, refusal: str | None) -> Iterator[None]:
    """Hold a lock that ends with this process; when another has it, refuse with this text, or wait."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a")
    except PermissionError:
        raise Refused(
            f"{lock.parent} belongs to another user (was a command run with sudo before?).\n"
            f"Run this as that user, or take it over:  sudo chown -R $USER {lock.parent}"
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if refusal else 0))
        except BlockingIOError:
            raise Refused(refusal or "") from None
        yield
