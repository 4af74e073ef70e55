"""`make check`: what a machine can tell of the code without the tests."""

import os
import time
from pathlib import Path

from scripts.children import attend, spawn
from scripts.cluster import throwaway
from scripts.setup import PYTHON, VENV, set_up
from scripts.terminal import finish, say

Command = list[str | Path]
BIN = VENV / "bin"
# What squawk says of tables in use does not hold for a table that the same migration makes, and it cannot
# tell them apart in the whole history; timeouts are set by migrations/env.py for all of them.
LEFT_OUT = (
    "require-concurrent-index-creation",
    "require-timeout-settings",
    "prefer-robust-stmts",
    # Enumerations are short texts under a CHECK, counts and amounts in fen are bounded far below four
    # bytes, and the queue's tables are procrastinate's own.
    "prefer-text-field",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
)


def main() -> int:
    """Run each check, also after one has failed; 0 when all passed."""
    set_up(database=True)
    failed = []
    with throwaway("check") as cluster:
        env = {**os.environ, "DATABASE_URL": cluster.url(), "ENVIRONMENT": "local"}
        sql = cluster.folder / "migrations.sql"
        migrate: Command = [BIN / "alembic", "upgrade", "head"]
        checks: dict[str, list[Command]] = {
            "ruff": [[BIN / "ruff", "check"], [BIN / "ruff", "format", "--check"]],
            "mypy, strict": [[BIN / "mypy"]],
            "import-linter": [[BIN / "lint-imports"]],
            "bandit": [[BIN / "bandit", "-q", "-r", "app", "-c", "pyproject.toml"]],
            "models and migrations": [migrate, [BIN / "alembic", "check"]],
            "squawk": [["sh", "-c", '"$0" "$@" --sql > "$SQL"', *migrate], _squawk(sql)],
            "exported contracts": [[PYTHON, "-m", "app.contracts", "check"]],
        }
        for name, steps in checks.items():
            say(f"\n== {name}")
            began = time.monotonic()
            passed = [attend(spawn(step, env={**env, "SQL": str(sql)})) == 0 for step in steps]
            say(f"   {'passed' if all(passed) else 'FAILED'} in {time.monotonic() - began:.1f} s")
            if not all(passed):
                failed.append(name)
    say(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0


def _squawk(sql: Path) -> Command:
    return [BIN / "squawk", "--pg-version=15", f"--exclude={','.join(LEFT_OUT)}", sql]


if __name__ == "__main__":
    finish(main)
