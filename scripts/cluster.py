"""A private PostgreSQL with PostGIS: loopback, a free port, passwords that nobody chose."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

from scripts import postgres
from scripts.children import end, end_strays, spawn
from scripts.ports import any_free, is_free
from scripts.terminal import LOCAL, Refused, held

EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
# Who serves owns nothing (docs/second-wall.md); made at every start, for clusters from before there was one.
SERVING = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gigs_app') THEN CREATE ROLE gigs_app NOLOGIN; END IF;
END $$;
GRANT gigs_app TO gigs;
"""


class Cluster:
    """One cluster below `folder`, with a role `gigs` and its database `gigs`; made when first started.

    Start it from a thread that lives as long as it should: the kernel stops it when that thread is gone.
    """

    def __init__(self, folder: Path, *, durable: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._home = postgres.home(folder)
        self._data = self._home / "data"
        self._known = self._home / "cluster.json"
        self._durable = durable
        self._postmaster: subprocess.Popen[str] | None = None
        self._state: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def url(self, database: str = "gigs") -> str:
        """Give the address for the application's role, which is no superuser."""
        return self._address("gigs", self._state["password"], database)

    def superuser_url(self, database: str = "postgres") -> str:
        """Give the address for who makes databases and extensions."""
        return self._address("postgres", self._state["superuser_password"], database)

    def start(self) -> None:
        """Start, after a crash or a kill -9 too; refuses with the log's last lines."""
        if self._known.exists():
            self._state = json.loads(self._known.read_text())
        self._end_strays()
        if not self._state.get("made"):
            self._initialise()
        self._launch()
        if not self._state.get("made"):
            self._furnish()
        self.execute(SERVING)

    def stop(self) -> None:
        """Stop and keep the data; sessions still open are ended."""
        if self._postmaster is not None:
            end(self._postmaster, signal.SIGINT, within_s=30)
            self._postmaster = None

    def kill(self) -> None:
        """Kill the postmaster as a crash would; `start` recovers."""
        if self._postmaster is not None:
            end(self._postmaster, signal.SIGKILL, within_s=10)
            self._postmaster = None

    def remove(self) -> None:
        """Stop and forget everything."""
        self.stop()
        if self._known.exists():
            self._state = json.loads(self._known.read_text())
            self._end_strays()
        postgres.forget(self.folder)

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run statements as the superuser, each on its own; returns psql's bare output."""
        done = subprocess.run(
            [self._bin() / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1"],
            input=sql,
            env={
                "PGHOST": "127.0.0.1",
                "PGPORT": self._state["port"],
                "PGUSER": "postgres",
                "PGPASSWORD": self._state["superuser_password"],
                "PGDATABASE": database,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Refused(f"PostgreSQL refused:\n{done.stderr}")
        return done.stdout.strip()

    def _address(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self._state['port']}/{database}"

    def _bin(self) -> Path:
        version = self._data / "PG_VERSION"
        found = postgres.binaries(int(version.read_text()) if version.exists() else None)
        if found is None:
            raise Refused(
                f"The PostgreSQL that made {self._data} is no longer installed.\n"
                "Install it again, or forget the local data:  make reset"
            )
        return found

    def _save(self) -> None:
        new = self._known.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(self._state))
        new.replace(self._known)

    def _initialise(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)
        self._state = {
            "name": f"gigs-{secrets.token_hex(6)}",
            "port": str(any_free()),
            "password": secrets.token_hex(16),
            "superuser_password": secrets.token_hex(16),
        }
        self._save()
        pwfile = self._home / "password"
        pwfile.touch(mode=0o600)
        pwfile.write_text(self._state["superuser_password"])
        self._data.mkdir(mode=0o700)
        if (owner := postgres.owner()) is not None:
            shutil.chown(pwfile, owner)
            shutil.chown(self._data, owner)
        args = [
            "-k",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-A",
            "scram-sha-256",
            "-U",
            "postgres",
            "--no-instructions",
        ]
        if not self._durable:
            args.append("--no-sync")
        with self._log() as log:
            code = spawn(
                [self._bin() / "initdb", *args, f"--pwfile={pwfile}", "-D", self._data],
                user=owner,
                cwd=Path("/"),
                output=log,
            ).wait()
        pwfile.unlink()
        if code != 0:
            raise self._failed("initdb")

    def _furnish(self) -> None:
        if Path(self.execute("SHOW data_directory")) != self._data:
            raise Refused(f"Port {self._state['port']} belongs to somebody else's PostgreSQL. Try again.")
        # In template1, so that each database of tests and drills has them without a superuser.
        self.execute("".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS), "template1")
        self.execute(
            f"CREATE ROLE gigs LOGIN PASSWORD '{self._state['password']}';\nCREATE DATABASE gigs OWNER gigs;"
        )
        self._state["made"] = "yes"
        self._save()

    def _launch(self) -> None:
        for _ in range(5):
            if not is_free(int(self._state["port"])):
                self._state["port"] = str(any_free())
                self._save()
            settings = {
                **postgres.SETTINGS,
                **({} if self._durable else postgres.IN_HASTE),
                "port": self._state["port"],
                "cluster_name": self._state["name"],
            }
            with self._log() as log:
                self._postmaster = spawn(
                    [
                        self._bin() / "postgres",
                        "-D",
                        self._data,
                        *(f"--{k}={v}" for k, v in settings.items()),
                    ],
                    env={**os.environ, "LC_ALL": "C.UTF-8"},
                    user=postgres.owner(),
                    cwd=Path("/"),
                    output=log,
                    last_word=signal.SIGINT,
                )
            if self._is_ready(within_s=120):
                return
            self.stop()
        raise self._failed("PostgreSQL")

    def _is_ready(self, *, within_s: float) -> bool:
        """Wait for the line `ready` in postmaster.pid, or for the end of the postmaster."""
        assert self._postmaster is not None  # noqa: S101
        deadline = time.monotonic() + within_s
        while self._postmaster.poll() is None and time.monotonic() < deadline:
            status = self._pidfile()
            if status[:1] == [str(self._postmaster.pid)] and status[7:8] == ["ready"]:
                return True
            time.sleep(0.02)
        return False

    def _pidfile(self) -> list[str]:
        try:
            return [line.strip() for line in (self._data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _end_strays(self) -> None:
        """End what a killed run left, backends too, and drop the lock that it can no longer drop itself."""
        if "name" in self._state:
            end_strays(self._state["name"], first=int((self._pidfile() or ["0"])[0]))
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _log(self) -> IO[str]:
        return (self._home / "postgres.log").open("a", encoding="utf-8")

    def _failed(self, what: str) -> Refused:
        lines = (self._home / "postgres.log").read_text(encoding="utf-8", errors="replace").splitlines()
        return Refused("\n".join([f"{what} did not start. Its last lines:", *lines[-12:]]))


@contextmanager
def throwaway(purpose: str) -> Iterator[Cluster]:
    """Give an empty cluster for one command, and take away those of runs that were killed."""
    for left in LOCAL.glob("throwaway-*"):
        try:
            with held(left / "lock", refusal="in use"):
                Cluster(left, durable=False).remove()
        except Refused:
            continue
    folder = LOCAL / f"throwaway-{purpose}-{os.getpid()}"
    with held(folder / "lock", refusal="in use"):
        cluster = Cluster(folder, durable=False)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.remove()
