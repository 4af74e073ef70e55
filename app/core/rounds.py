"""Rounds of the clock, each thing in a transaction of its own: one that fails holds up no other."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import logs
from app.core.db import Database

log = structlog.get_logger()
Key = TypeVar("Key", UUID, str)


async def each(
    database: Database,
    due: Select[Key],
    do: Callable[[AsyncSession, Key], Awaitable[None]],
    batch: int = 200,
) -> None:
    """Do something for each id that is due, in the order of the ids.

    `due` selects the ids alone and does not lock: `do` locks what it changes, and looks again whether it
    still is due, for somebody may have come first. What fails is logged and left to the next round; as
    every batch begins after the last id of the one before, it is neither met again nor in the way.
    """
    (key,) = due.selected_columns
    last: Key | None = None
    while True:
        async with database.transaction(read_only=True) as session:
            page = due.order_by(key).limit(batch)
            found = (await session.scalars(page.where(key > last) if last else page)).all()
        for id_ in found:
            try:
                async with database.transaction() as session:
                    await do(session, id_)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others are not to wait for it
                log.warning("left_for_the_next_round", id=str(id_), **logs.where_it_failed(error))
        if len(found) < batch:
            return
        last = found[-1]
