"""Where the system keeps PostgreSQL, and where, as whom and with which settings it runs."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from scripts.terminal import Refused

OLDEST = 15
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # no socket file, so none that is too long, shared, or left behind
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# Acknowledged commits still survive a kill -9 of every process, though not of the machine.
IN_HASTE = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}


def binaries(version: int | None = None) -> Path | None:
    """Find the newest PostgreSQL (or this version) of Debian's layout that has PostGIS."""
    found = {
        int(folder.name): folder / "bin"
        for folder in Path("/usr/lib/postgresql").glob("[0-9]*")
        if (folder / "bin" / "initdb").exists() and (folder / "lib" / "postgis-3.so").exists()
    }
    newest = max((number for number in found if number >= OLDEST), default=0)
    return found.get(version or newest)


def owner() -> str | None:
    """Name whom PostgreSQL runs as; None is oneself. It refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else None


def home(folder: Path) -> Path:
    """Choose where a folder's cluster lives: there, unless PostgreSQL's user cannot enter, as below /root."""
    user = owner()
    if user is None or _can_enter(user, folder):
        return folder
    elsewhere = Path("/var/lib/linfen-gigs") / hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    for made in (elsewhere.parent, elsewhere):
        made.mkdir(exist_ok=True)
        made.chmod(0o755)
    (folder / "moved-to").write_text(f"{elsewhere}\n")
    return elsewhere


def _can_enter(user: str, folder: Path) -> bool:
    entered = subprocess.run(
        ["/usr/bin/test", "-x", folder], user=user, group=user, extra_groups=[], cwd="/", check=False
    )
    return entered.returncode == 0


def forget(folder: Path) -> None:
    """Remove a cluster's folder and where it was moved to."""
    for gone in (home(folder), folder):
        try:
            shutil.rmtree(gone)
        except FileNotFoundError:
            continue
        except PermissionError:
            raise Refused(f"{gone} belongs to another user; remove it as that user.") from None
