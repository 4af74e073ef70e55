"""Whatever is read of a thing for the province, a change of it is noticed: no column was forgotten."""

import json
from typing import Any

import pytest
from sqlalchemy import Column, Select, Table
from sqlalchemy.sql import visitors

from app.core.types import new_id
from app.feed.models import Kind
from app.feed.sources import BESIDES, SOURCES
from tests.world import World

# Written once, with the row: whose it is, what it hangs on, when it began.
NEVER_CHANGES = {
    "applications": {"job_id", "worker_id", "created_at"},
    "application_shifts": {"application_id", "shift_id"},
    "employers": {"source", "created_at"},
    "engagements": {"application_id", "job_id", "shift_id", "employer_id", "worker_id", "agreed_at"},
    "jobs": {"source", "source_id"},
    "pay_records": {"engagement_id", "owed_for"},
}


class _Listener:
    """A session that keeps what is asked and answers nothing."""

    def __init__(self) -> None:
        self.asked: list[Select[Any]] = []

    async def execute(self, statement: Select[Any]) -> "_Nothing":
        self.asked.append(statement)
        return _Nothing()

    scalars = execute


class _Nothing(list[Any]):
    def all(self) -> list[Any]:
        return []


@pytest.mark.parametrize("kind", SOURCES)
async def test_each_column_that_is_read_touches(world: World, kind: Kind) -> None:
    listener: Any = _Listener()
    await SOURCES[kind](listener, [new_id()])
    read = {
        (column.table.name, column.name)
        for statement in listener.asked
        for column in (*visitors.iterate(statement), *statement.selected_columns)
        if isinstance(column, Column) and isinstance(column.table, Table) and column.name != "id"
    }
    # A trigger on UPDATE (16) without columns is on all of them; its argument ends with a zero byte.
    rows = await world.look(
        r"""SELECT json_agg(json_build_array(t.tgrelid::regclass, a.attname,
                                            split_part(encode(t.tgargs, 'escape'), '\000', 1)))
              FROM pg_trigger t
              LEFT JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = ANY(t.tgattr)
             WHERE right(t.tgname, 15) = '_touch_province' AND t.tgtype & 16 > 0"""
    )
    leads_here = {kind, *(cause for cause, other, _ in BESIDES if other == kind)}
    noticed = {(table, column) for table, column, touched in json.loads(rows) if touched in leads_here}
    forgotten = {
        (table, column)
        for table, column in read
        if not {(table, column), (table, None)} & noticed and column not in NEVER_CHANGES.get(table, ())
    }
    assert read
    assert forgotten == set()
