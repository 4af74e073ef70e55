"""Pages of a list, newest or oldest first, by keyset over ids that grow with time."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.core.keyring import keys

MOST = 100
Limit = Annotated[int, Query(ge=1, le=MOST, description="每页条数,1 至 100,默认 20")]
Cursor = Annotated[
    str | None,
    Query(max_length=1000, description="上一页给出的游标;第一页不填", pattern=r"^[A-Za-z0-9_\-]+$"),
]


async def newest(
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]],
    by: InstrumentedAttribute[UUID],
    limit: int,
    cursor: str | None,
    scope: str,
) -> tuple[list[Any], str | None]:
    """Return a page of rows, newest first, and the cursor of the next one.

    `by` is the UUIDv7 that orders the list, `scope` says who asks with which filters. Refuses a
    cursor of another list.
    """
    return await _page(session, statement, by, limit, cursor, scope, newest_first=True)


async def oldest(
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]],
    by: InstrumentedAttribute[UUID],
    limit: int,
    cursor: str | None,
    scope: str,
) -> tuple[list[Any], str | None]:
    """Return a page of rows like `newest`, what came first before the rest: for what falls due."""
    return await _page(session, statement, by, limit, cursor, scope, newest_first=False)


async def _page(
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]],
    by: InstrumentedAttribute[UUID],
    limit: int,
    cursor: str | None,
    scope: str,
    *,
    newest_first: bool,
) -> tuple[list[Any], str | None]:
    if cursor:
        last = UUID(keys().cursors.read(cursor, scope)[0])
        statement = statement.where(by < last if newest_first else by > last)
    statement = statement.add_columns(by).order_by(by.desc() if newest_first else by).limit(limit + 1)
    found = (await session.execute(statement)).all()
    rows = found[:limit]
    following = keys().cursors.sign([rows[-1][-1]], scope) if len(found) > limit else None
    return [row[0] if len(row) == 2 else row[:-1] for row in rows], following  # noqa: PLR2004
