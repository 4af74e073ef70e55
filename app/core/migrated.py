"""Which revision of the schema this code was written for."""

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

ROOT = Path(__file__).parents[2]


@cache
def expected_revision() -> str | None:
    """Return the newest migration's revision."""
    return ScriptDirectory.from_config(config()).get_current_head()


def config(url: str = "") -> Config:
    """Return alembic's configuration for a database (its driver URL)."""
    found = Config(ROOT / "alembic.ini")
    found.set_main_option("script_location", str(ROOT / "migrations"))
    found.attributes["url"] = url
    return found
