"""The second wall: PostgreSQL is told who reads, and shows that reader no row of anybody else's.

Row-level security (the migration 0015, docs/second-wall.md) stands in the transactions of reading requests;
writing ones and the worker's see all, for what they do concerns others' rows too. Until it is known who
asks, a reading request is nobody's and sees what is public.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, cast, column, func, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.core import clock

T = TypeVar("T")

WALLED = "walled"  # in a session's info: its transaction is a reading request's


def account_asks(account_id: InstrumentedAttribute[UUID] | UUID) -> ColumnElement[bool]:
    """Return what lets an account read, for the SELECT list of the one row that says who asks."""
    return func.wall_as_account(account_id, clock.now())


def staff_ask(served: ColumnElement[Sequence[str]]) -> ColumnElement[str]:
    """Return what lets staff read what belongs to these divisions; else as `account_asks`."""
    return func.set_config("gigs.served", cast(served, Text), True)


@asynccontextmanager
async def lifted(session: AsyncSession) -> AsyncIterator[None]:
    """Take the wall away for a computation whose result is for more eyes than what it is made from.

    Whoever calls it stands in tests/security/test_second_wall.py with the reason.
    """
    if not session.info.get(WALLED):
        yield
        return
    await session.execute(select(lift("on")))
    try:
        yield
    except DBAPIError:
        raise  # the transaction is over, and would only say so in the place of why
    except BaseException:
        await session.execute(select(lift("")))
        raise
    await session.execute(select(lift("")))


def lift(value: str) -> ColumnElement[str]:
    return func.set_config("gigs.lifted", value, True)


def behind(function: str, entity: type[T]) -> type[T]:
    """Return the entity as read through a function that gives the one row behind a `session_id`."""
    found = getattr(func, function)(bindparam("session_id", type_=Uuid))
    columns = [column(one.name, one.type) for one in inspect(entity).columns]
    return aliased(entity, found.table_valued(*columns), adapt_on_names=True)
