"""The database: one request or message, one transaction, opened and committed here and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from enum import Enum
from typing import Annotated, Any
from uuid import uuid4

import asyncpg
from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from app.core import idempotency, wall
from app.core.problems import Problem

# The service serves as a role that owns nothing: it can't change a table, nor what may only grow
# (docs/second-wall.md). Migrations run as who logs in, the owner.
ROLE = "gigs_app"
# The database gives up before the request does, and a lock is never waited for without end.
LIMITS = {
    "application_name": "gigs",
    "role": ROLE,
    "statement_timeout": "15000",
    "lock_timeout": "12000",
    "idle_in_transaction_session_timeout": "30000",
    "jit": "off",
    "timezone": "UTC",
}
BESIDE = 2  # connections of a process for what is written beside a request
# A copy of the whole takes as long as it takes, within an hour.
COPYING = LIMITS | {"statement_timeout": "3600000"}
READING = LIMITS | {"default_transaction_read_only": "on", "max_parallel_workers_per_gather": "0"}


class Plan(Enum):
    """When a search's statement is planned (docs/decisions/0006-search.md).

    Once a connection for all values, where one index gives the order and any other plan would be a
    mistake; or each time for its own values, where their number decides which index is best.
    """

    ONCE = READING | {
        "plan_cache_mode": "force_generic_plan",
        "enable_seqscan": "off",
        "enable_bitmapscan": "off",
    }
    EACH = READING | {"plan_cache_mode": "force_custom_plan"}


SAFE = {"GET", "HEAD", "OPTIONS"}


class Database:
    """The connections of one process."""

    def __init__(self, driver_url: str, pool: int = 16) -> None:
        self.engine = _engine(driver_url, pool)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=True)
        # A pool of its own: as many as hold a connection and wait for a second one would wait for each other.
        self._beside = _engine(driver_url, BESIDE)
        self._sessions_beside = async_sessionmaker(self._beside, expire_on_commit=False, autoflush=True)
        self._dsn = driver_url.replace("postgresql+asyncpg://", "postgresql://")
        self._readers: dict[Plan, asyncpg.Pool[asyncpg.Record]] = {}
        self._opening = asyncio.Lock()

    async def readers(self, plan: Plan = Plan.ONCE) -> "asyncpg.Pool[asyncpg.Record]":
        """Return a pool for searches: plain asyncpg, read only, not reset on return (trap 6)."""
        if plan not in self._readers:
            async with self._opening:
                if plan not in self._readers:
                    self._readers[plan] = await asyncpg.create_pool(
                        self._dsn,
                        min_size=1,
                        max_size=2,
                        max_inactive_connection_lifetime=0,
                        statement_cache_size=1_000,
                        max_cached_statement_lifetime=0,
                        server_settings=plan.value,
                        reset=_keep,
                        timeout=5,
                    )
        return self._readers[plan]

    @asynccontextmanager
    async def transaction(
        self, *, read_only: bool = False, walled: bool = False, beside: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """Open a session whose one transaction commits at the end, and is undone by an exception.

        A problem that `keeps` commits what was written before it. Read-only is PostgreSQL's own; `walled`:
        read-only for a request, which sees what is public until it is known who asks (core/wall.py);
        `beside`: what a request writes, and keeps, while its own transaction is still open.
        """
        sessions = self._sessions_beside if beside else self._sessions
        async with sessions(info={wall.WALLED: walled}) as session:
            if read_only or walled:
                await session.connection(execution_options={"postgresql_readonly": True})
            if read_only and not walled:
                await session.execute(select(wall.lift("on")))
            try:
                yield session
            except Problem as problem:
                await (session.commit() if problem.keeps else session.rollback())
                raise
            await session.commit()

    @asynccontextmanager
    async def whole(self) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
        """Open a connection of its own, read only, that sees one state for as long as a copy of it takes."""
        connection = await asyncpg.connect(self._dsn, timeout=5, server_settings=COPYING)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                yield connection
        finally:
            # Not asked politely: who is cancelled in the middle of a copy would wait for its end.
            connection.terminate()

    async def close(self) -> None:
        """Close every connection."""
        for readers in self._readers.values():
            await readers.close()
        await self.engine.dispose()
        await self._beside.dispose()


def _engine(driver_url: str, pool: int) -> AsyncEngine:
    return create_async_engine(
        driver_url,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,  # a failed statement's values may be personal
        connect_args={
            "server_settings": LIMITS,
            "timeout": 5,
            # Names that no two connections share: PgBouncer may hand one connection's to another.
            "prepared_statement_name_func": lambda: f"s{uuid4().hex}",
        },
    )


async def _keep(_: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Reset nothing: searches leave nothing behind, and a reset costs a round trip."""


class Transacted(APIRoute):
    """A route inside one transaction that is committed before the answer leaves.

    A POST with an Idempotency-Key has its answer recorded in that same transaction.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def within_a_transaction(request: Request) -> Response:
            database: Database = request.app.state.database
            async with database.transaction(walled=request.method in SAFE) as session:
                request.state.session = session
                try:
                    response = await handle(request)
                except idempotency.AnsweredBefore as before:
                    return before.response()
                await idempotency.record(session, request, response)
            return response

        return within_a_transaction


def _session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def let_go(session: AsyncSession) -> None:
    """End the request's transaction early: for what goes on for long, with transactions of its own."""
    await session.commit()


Session = Annotated[AsyncSession, Depends(_session)]
# For what must be written although the request's own transaction is read only.
Apart = Annotated[Database, Depends(_database)]
