"""What the machine needs: PostgreSQL with PostGIS, the locked Python environment; nginx for streams."""

import ast
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.children import carry_out, failed
from scripts.postgres import binaries
from scripts.terminal import LOCAL, ROOT, Refused, finish, held, say

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
UV = "uv==0.13.9"
OLDEST_PYTHON = (3, 11)
OTHER_WAYS = (
    "Other ways: DATABASE_URL=postgresql://user:password@host/db make run  (15 or newer, with PostGIS)\n"
    "            docker compose up"
)
FONT = "fonts-wqy-microhei"
FACES = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
)
WITHOUT_SUDO = (
    "Have the administrator run:\n"
    f"  apt-get install postgresql-15 postgresql-15-postgis-3 python3-venv {FONT}\n"
    "and for streams (make live):  apt-get install nginx libnginx-mod-rtmp ffmpeg\n"
    "(15 stands for Debian 12; it is 16 on Ubuntu 24.04, 17 on Debian 13), then try again.\n" + OTHER_WAYS
)
# A fresh server package makes and starts a cluster for the whole machine; ours is private, so not that one.
INSTALL = """
drop_in=/etc/postgresql-common/createcluster.d/no-main-cluster.conf
mkdir -p "${drop_in%/*}" && echo "create_main_cluster = false" > "$drop_in"
apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
code=$?
rm -f "$drop_in"
exit $code
"""

# What streams need; its module is found where Debian puts it.
LIVE = ("nginx", "libnginx-mod-rtmp", "ffmpeg")
RTMP_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
NGINX = Path("/usr/sbin/nginx")
# A fresh nginx package starts a server on port 80, now and at every boot; ours is private, so not that one.
INSTALL_LIVE = """
policy=/usr/sbin/policy-rc.d
put_back() { rm -f "$policy"; [ ! -e "$policy.kept" ] || mv "$policy.kept" "$policy"; }
[ -e /usr/sbin/nginx ] && had=yes
[ ! -e "$policy" ] || mv "$policy" "$policy.kept"
trap put_back EXIT
trap 'exit 1' INT TERM HUP
printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" || exit
[ "$had" ] || [ ! -x /usr/sbin/update-rc.d ] || update-rc.d nginx disable
exit 0
"""


def set_up(*, database: bool) -> None:
    """Install what is missing; `database` is False for who brings a PostgreSQL of their own."""
    if sys.version_info < OLDEST_PYTHON:
        raise Refused(
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.\nmake PYTHON=python3.12 ..."
        )
    with held(LOCAL / "setup.lock", refusal=None):
        if database and binaries() is None:
            _install_postgres()
        elif not _has_chinese_face():
            _install_font()
        _install_environment()


def has_live() -> bool:
    """Tell whether streams can be taken, cut into pieces and kept."""
    return NGINX.exists() and RTMP_MODULE.exists() and shutil.which("ffmpeg") is not None


def set_up_live() -> None:
    """Install the media server and what makes replays; refuses where that can't be done."""
    with held(LOCAL / "setup.lock", refusal=None):
        if not has_live():
            prefix = _as_root("The media server (nginx with its RTMP module, ffmpeg) is missing")
            _update(prefix)
            _install(prefix, *LIVE, script=INSTALL_LIVE)
        if not has_live():
            raise Refused(f"{' and '.join(LIVE)} are installed, but {RTMP_MODULE} is not there.")


def _install_postgres() -> None:
    prefix = _as_root("PostgreSQL with PostGIS is missing")
    _update(prefix)
    offered = subprocess.run(
        ["apt-cache", "depends", "postgresql"], capture_output=True, text=True, check=False
    ).stdout
    match = re.search(r"Depends: postgresql-(\d+)", offered)
    if match is None:
        raise Refused(f"This system's packages offer no PostgreSQL.\n{OTHER_WAYS}")
    version = match[1]
    _install(prefix, f"postgresql-{version}", f"postgresql-{version}-postgis-3", FONT)
    if binaries() is None:
        raise Refused(f"PostgreSQL {version} is there, but not with PostGIS or older than 15.\n{OTHER_WAYS}")


def _has_chinese_face() -> bool:
    """Tell whether the documents that are printed find a face (app/core/print/paper.typ)."""
    return sys.platform != "linux" or any(Path(face).exists() for face in FACES)


def _install_font() -> None:
    """Install the face that documents are set in; without it all works but the PDFs, so only warn."""
    try:
        prefix = _as_root("The Chinese font of the printed documents is missing")
        _update(prefix)
        _install(prefix, FONT)
    except Refused:
        say(f"Without the package {FONT} the PDFs come without Chinese letters; all else works.")


def _as_root(why: str) -> list[str]:
    if shutil.which("apt-get") is None:
        raise Refused(f"{why}, and only Debian's and Ubuntu's packages are known here.\n{OTHER_WAYS}")
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        raise Refused(f"{why}, and there is no sudo to install it with.\n{WITHOUT_SUDO}")
    # With a terminal sudo may ask for the password here; later it must not.
    interactive = [] if sys.stdin.isatty() else ["-n"]
    if subprocess.run(["sudo", *interactive, "-v"], check=False).returncode != 0:
        raise Refused(f"{why}, and sudo did not let us install it.\n{WITHOUT_SUDO}")
    return ["sudo", "-n"]


def _update(prefix: list[str]) -> None:
    args = [*prefix, "apt-get", "update", "-q", "-o", "DPkg::Lock::Timeout=120"]
    if not carry_out("Reading the system's package lists", args):
        raise failed("apt-get update", f"Is the network up?\n{OTHER_WAYS}")


def _install(prefix: list[str], *packages: str, script: str = INSTALL) -> None:
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1"]
    if not carry_out(
        f"Installing {' and '.join(packages)} (some minutes on a fresh machine)",
        [*prefix, *quiet, "sh", "-c", script, "install", *packages],
    ):
        raise failed("apt-get install", f"Is the network up, and the disk not full?\n{OTHER_WAYS}")


def _install_environment() -> None:
    stamp = VENV / "installed"
    python = "{}.{}".format(*sys.version_info)
    wanted = f"{python} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if importlib.util.find_spec("ensurepip") is None:
        prefix = _as_root("Python's venv is missing")
        _update(prefix)
        _install(prefix, "python3-venv")
    if not _runs(python):
        make: list[str | Path] = [sys.executable, "-m", "venv", "--clear", VENV]
        if not carry_out("Making the Python environment in .venv", make):
            raise failed("python3 -m venv", "Remove .venv and try again.")
    _install_packages()
    stamp.write_text(wanted)


def _runs(python: str) -> bool:
    if not PYTHON.exists():
        return False
    ask = "import sys, pip; print('{}.{}'.format(*sys.version_info))"
    answer = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == python


def _install_packages() -> None:
    locked: list[str | Path] = ["install", "--require-hashes", "-r", LOCK]
    pip: list[str | Path] = [PYTHON, "-m", "pip"]
    uv = VENV / "bin" / "uv"
    env = {**os.environ, **_pip_settings_for_uv(), "VIRTUAL_ENV": str(VENV)}
    if not uv.exists():
        carry_out("Installing uv", [*pip, "install", "-q", UV])
    if uv.exists() and carry_out("Installing the locked Python packages", [uv, "pip", *locked], env=env):
        return
    # uv knows neither pip.conf nor each kind of index or certificate that pip can be told of.
    if not carry_out("Installing the locked Python packages with pip", [*pip, *locked]):
        raise failed(
            "pip install", "Is the network up? A mirror or proxy that pip knows (pip config) is used."
        )


def _pip_settings_for_uv() -> dict[str, str]:
    """Translate where pip was told to look, and whom to trust."""
    listed = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    told = {}
    for section in ("global", "install", ":env:"):
        for line in listed.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(f"{section}."):
                told[name.removeprefix(f"{section}.")] = str(ast.literal_eval(value))
    known = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    return {
        known[name]: value for name, value in told.items() if name in known and known[name] not in os.environ
    }


def _all() -> int:
    set_up(database=True)
    return 0


if __name__ == "__main__":
    finish(_all)
