"""`make live`: the media server beside the market, and the market too unless it runs already."""

import argparse
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import IO, Self
from urllib.parse import quote, urlsplit

from scripts import run
from scripts.children import attend, end, spawn
from scripts.ports import is_free
from scripts.setup import NGINX, set_up_live
from scripts.terminal import LOCAL, ROOT, Refused, finish, say

TEMPLATE = ROOT / "deploy" / "nginx-live.conf"
READY_WITHIN_S = 10
LOCAL_SECRET = "local-only"  # noqa: S105 - as in app/core/settings.py; refused outside the local environment


@dataclass(frozen=True)
class Ports:
    """Where the media server listens; the defaults are those that a local API expects."""

    rtmp: int = 1935
    http: int = 8935


class MediaServer:
    """nginx with its RTMP module, below a folder of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        api: str,
        secret: str = LOCAL_SECRET,
        ports: Ports | None = None,
        host: str = "127.0.0.1",
        output: IO[str] | None = None,
    ) -> None:
        """Take the folder of its recordings' folder, and the API's address for the callbacks."""
        self.folder, self.recordings = folder.resolve(), folder.resolve() / "recordings"
        self.ports, self._host = ports or Ports(), host
        self.push_url = f"rtmp://{host}:{self.ports.rtmp}/live"
        self.play_url = f"http://{host}:{self.ports.http}/hls"
        self._values = {
            "FOLDER": str(self.folder),
            "RECORDINGS": str(self.recordings),
            "HOST": host,
            "RTMP_PORT": str(self.ports.rtmp),
            "HTTP_PORT": str(self.ports.http),
            "API": api.rstrip("/"),
            "SECRET": quote(secret, safe=""),
        }
        self.output = output
        self.child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it listens; refuses when a port is taken."""
        for port in (self.ports.rtmp, self.ports.http):
            if not is_free(port, self._host):
                raise Refused(
                    f"Port {port} is taken by another program; the media server needs it.\n"
                    "Choose others:  make live RTMP_PORT=11935 HLS_PORT=18935"
                )
        for folder in (self.recordings, self.folder / "hls", self.folder / "temp"):
            folder.mkdir(parents=True, exist_ok=True)
        conf = self.folder / "nginx.conf"
        conf.touch(mode=0o600)
        conf.write_text(Template(TEMPLATE.read_text(encoding="utf-8")).safe_substitute(self._values))
        # As root its worker would be nobody, who may not write into a checkout of root's.
        as_root = ["-g", "user root;"] if os.geteuid() == 0 else []
        args: list[str | Path] = [NGINX, "-e", "stderr", "-p", self.folder, "-c", conf, *as_root]
        self.child = spawn(args, output=self.output)
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            if self.child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Refused("The media server did not start; its reason stands above.")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it; who publishes is cut off."""
        if self.child is not None:
            end(self.child, signal.SIGTERM, within_s=5)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(self._host, self.ports.http, timeout=2)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.NO_CONTENT
        return False


def colour_bars(address: str, *, seconds: int | None = None) -> list[str]:
    """Return the command that publishes colour bars with a clock and a tone, as a host's encoder would."""
    return [
        shutil.which("ffmpeg") or "ffmpeg", "-nostdin", "-v", "error", "-re",
        "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-f", "lavfi", "-i", "sine=frequency=440",
        *(["-t", str(seconds)] if seconds else []),
        "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p",
        "-g", "25", "-b:v", "400k", "-c:a", "aac", "-b:a", "64k", "-f", "flv", address,
    ]  # fmt: skip


def main(args: Sequence[str] | None = None) -> int:
    """Run the media server until told to stop, or send a test picture to a push address."""
    parser = argparse.ArgumentParser(prog="make live", description=__doc__)
    parser.add_argument("--test-picture", metavar="ADDRESS", help="publish colour bars to this push address")
    chosen = parser.parse_args(args)
    set_up_live()
    if chosen.test_picture:
        say("Sending a test picture; stop it with Ctrl-C.")
        return attend(spawn(colour_bars(chosen.test_picture)))
    if run.runs_already():
        return _alone()
    return run.main(beside=_beside)


def _alone() -> int:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    try:
        with _server(host, port) as server:
            _welcome(server)
            code = attend(server.child) if server.child else 1
            raise Refused(f"The media server ended by itself with code {code}.")
    except KeyboardInterrupt:
        say("Stopped.")
        return 0


def _beside(started: ExitStack, env: dict[str, str]) -> dict[str, subprocess.Popen[str]]:
    server = started.enter_context(_server(env["HOST"], env["PORT"]))
    env.setdefault("LIVE_PUSH_URL", server.push_url)
    env.setdefault("LIVE_PLAY_URL", server.play_url)
    _welcome(server)
    return {"media server": server.child} if server.child else {}


def _server(host: str, port: str) -> MediaServer:
    """Return the server that calls the API of this machine back, and takes streams from it alone."""
    reached = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return MediaServer(
        LOCAL / "live",
        api=f"http://{reached}:{port}",
        secret=os.environ.get("LIVE_CALLBACK_SECRET") or LOCAL_SECRET,
        ports=Ports(run.port_of("RTMP_PORT", Ports.rtmp), run.port_of("HLS_PORT", Ports.http)),
    )


def _welcome(server: MediaServer) -> None:
    say(
        f"The media server takes streams at {server.push_url} ({urlsplit(server.push_url).hostname} alone)\n"
        f"and shows them at {server.play_url}/NAME.m3u8; docs/live.md says how to get a push address.\n"
        "For the demo city's next fair, in another terminal:  .venv/bin/python -m app.cli try live"
    )


if __name__ == "__main__":
    finish(lambda: main(sys.argv[1:]))
