"""`make test`: everything, against a PostgreSQL of its own that is gone afterwards."""

import os
import sys
import time

from scripts.children import attend, spawn
from scripts.cluster import throwaway
from scripts.setup import PYTHON, set_up, set_up_live
from scripts.terminal import Refused, finish, say

NOT_OURS = {"DATABASE_URL", "ENVIRONMENT", "HOST", "PORT", "BASE_URL", "LOCAL_DIR"}


def main() -> int:
    """Run pytest with the command's arguments; returns its code."""
    set_up(database=True)
    try:
        set_up_live()
    except Refused as refusal:
        say(f"Tests of real streams are left out.\n{refusal}")
    began = time.monotonic()
    with throwaway("test") as cluster:
        cluster.execute("ALTER ROLE gigs CREATEDB")
        env = {
            **{name: value for name, value in os.environ.items() if name not in NOT_OURS},
            "TEST_DATABASE_URL": cluster.superuser_url(),
            "TEST_APP_URL": cluster.url("postgres"),
        }
        code = attend(spawn([PYTHON, "-m", "pytest", "-n", "2", "-q", *sys.argv[1:]], env=env))
    say(f"Tests took {time.monotonic() - began:.0f} s.")
    return code


if __name__ == "__main__":
    finish(main)
