"""`make reset`: forget the local data; the next `make run` begins anew."""

import os
import shutil

from scripts import postgres
from scripts.cluster import Cluster
from scripts.terminal import LOCAL, finish, held, say


def main() -> int:
    """Remove what is in .local, but for what a running test uses; refuses while this checkout runs."""
    running = "This checkout is running. Stop it first (Ctrl-C), then  make reset"
    with held(LOCAL / "run.lock", refusal=running):
        cluster = LOCAL / "cluster"
        if cluster.exists():
            say(f"Removing the database in {postgres.home(cluster)}")
            Cluster(cluster, durable=True).remove()
        for path in sorted(LOCAL.iterdir()):
            if path.name == "run.lock" or path.name.startswith("throwaway-"):
                continue
            say(f"Removing {path}")
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    if os.environ.get("DATABASE_URL"):
        say("The database at DATABASE_URL is yours; it was not touched.")
    return 0


if __name__ == "__main__":
    finish(main)
