"""The rules of the house that no linter knows: who commits, and what the database itself holds."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateTable

import app.main
import app.schema
from app.core.db import Database
from app.core.migrated import ROOT
from app.core.problems import Problem
from app.core.settings import Settings
from app.core.types import Base

LOADED = (app.main, app.schema)  # every problem and every table are known once these are
SOURCES = sorted((ROOT / "app").rglob("*.py"))
MOST_LINES = 320  # two hundred and fifty are meant; what stands between is to be split at its next change
DIALECT: Any = PGDialect()  # type: ignore[no-untyped-call]
BANNED = {"utils", "helpers", "manager", "common", "service", "constants"}


def calls_of(source: Path, name: str) -> list[int]:
    """Return the lines on which something's method of that name is called."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def test_only_the_core_commits() -> None:
    committing = {str(source.relative_to(ROOT)) for source in SOURCES if calls_of(source, "commit")}
    assert committing == {"app/core/db.py"}


def test_only_the_clock_tells_the_time() -> None:
    asking = {
        str(source.relative_to(ROOT))
        for source in SOURCES
        for name in ("now", "today", "utcnow")
        for line in calls_of(source, name)
        if re.search(rf"\b(datetime|date)\.{name}\(", source.read_text("utf-8").splitlines()[line - 1])
    }
    assert asking == {"app/core/clock.py"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.relative_to(ROOT)))
def test_a_module_is_small_and_says_what_it_is(source: Path) -> None:
    content = source.read_text("utf-8")
    assert source.stem not in BANNED
    if not content:
        return
    said = ast.get_docstring(ast.parse(content))
    assert said, "a module says what it is"
    assert len(content.splitlines()) <= MOST_LINES


async def test_the_migrated_database_holds_the_models_constraints(settings: Settings) -> None:
    database = Database(settings.driver_url, 2)
    try:
        async with database.engine.connect() as connection:
            rows = await connection.execute(
                text(
                    """SELECT conrelid::regclass::text, conname, contype::text FROM pg_constraint
                       WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
                         AND contype <> 't' -- a deferred trigger, which tests of its own hold
                         AND conrelid::regclass::text !~ '^(procrastinate_|spatial_ref|alembic_)'"""
                )
            )
            there = {tuple(row) for row in rows}
    finally:
        await database.close()

    kinds = {CheckConstraint: "c", ForeignKeyConstraint: "f", UniqueConstraint: "u", ExcludeConstraint: "x"}
    expected = set()
    for table in Base.metadata.sorted_tables:
        CreateTable(table).compile(dialect=DIALECT)  # names the enumerations' constraints
        expected.add((table.name, f"pk_{table.name}", "p"))
        for constraint in table.constraints:
            kind = next((short for cls, short in kinds.items() if isinstance(constraint, cls)), None)
            if kind:
                expected.add((table.name, str(_named(constraint)), kind))
    assert there == expected


def _named(constraint: Any) -> str | None:
    name: str | None = DIALECT.identifier_preparer.format_constraint(constraint)
    return name


async def test_every_constraint_that_a_problem_explains_exists(settings: Settings) -> None:
    database = Database(settings.driver_url, 2)
    try:
        async with database.engine.connect() as connection:
            rows = await connection.scalars(
                text(
                    "SELECT conname::text FROM pg_constraint UNION SELECT relname::text FROM pg_class"
                    " WHERE relkind = 'i'"
                )
            )
            there = set(rows)
    finally:
        await database.close()

    assert Problem.by_constraint
    assert set(Problem.by_constraint) <= there
