# ruff: noqa: S608 - the statements of a hand that forges
"""A hand that owns the database: what the ledger must find out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import time_machine

from app.audit.actions import Actor, record
from app.audit.models import ActorKind
from app.audit.sealing import seal_days
from app.core import clock
from app.core.types import new_id
from tests.conftest import at
from tests.world import Actor as Person
from tests.world import Json, World, ok

REBUILD = """
DO $$
DECLARE previous bytea := decode(repeat('00', 32), 'hex'); l record;
BEGIN
    FOR l IN SELECT * FROM ledger_links ORDER BY number LOOP
        SELECT sha256(previous || convert_to(to_char(l.day, 'YYYY-MM-DD') || jsonb_build_object(
          'id', e.id, 'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
          'actor_kind', e.actor_kind, 'actor_id', e.actor_id, 'actor_name', e.actor_name,
          'action', e.action, 'object_kind', e.object_kind, 'object_id', e.object_id,
          'division', e.division, 'before', e.before, 'after', e.after, 'reason', e.reason,
          'address', e.address)::text, 'UTF8')) INTO previous FROM ledger e WHERE e.id = l.entry_id;
        UPDATE ledger_links SET hash = previous WHERE number = l.number;
    END LOOP;
    UPDATE ledger_head h SET hash = k.hash FROM ledger_links k WHERE k.number = h.number;
END $$
"""


@dataclass
class Hand:
    """The superuser, with every trigger asleep."""

    world: World
    server: asyncpg.Connection
    entries: list[UUID] = field(default_factory=list)

    async def does(self, *statements: str) -> None:
        for statement in statements:
            await self.server.execute(statement)

    async def rebuilds(self) -> None:
        """Give every link the hash that fits what is there now."""
        await self.does(REBUILD)

    async def days_pass(self, days: int = 1) -> None:
        """Let all that was done be so many days ago, and rightly so."""
        await self.does(
            f"UPDATE ledger_links SET day = day - {days}",
            f"UPDATE ledger_head SET day = day - {days}",
        )
        await self.rebuilds()

    async def seals(self) -> None:
        """Let the worker's round seal what is over."""
        with time_machine.travel(clock.start_of(clock.today()) + timedelta(minutes=5), tick=False):
            await seal_days(self.world.database)

    async def knows(self) -> None:
        """Learn the entries in the order of the chain."""
        found = await self.server.fetch("SELECT entry_id FROM ledger_links ORDER BY number")
        self.entries = [row["entry_id"] for row in found]

    async def staff_act(self, times: int) -> None:
        """Write so many entries, each in a transaction of its own."""
        for n in range(times):
            async with self.world.session() as session:
                await record(
                    session,
                    Actor(ActorKind.STAFF, new_id(), "张工", "10.0.0.1"),
                    "job.remove",
                    object_kind="job",
                    object_id=new_id(),
                    division="141002101",
                    before={"state": "open", "number": n},
                    after={"state": "closed"},
                    reason=f"第 {n} 次",
                )

    async def found(self, auditor: Person, **params: str | int) -> Json:
        """Return what `verify` says."""
        answer: Json = ok(await auditor.get("/admin/v1/ledger/verify", params=params))
        return answer


@asynccontextmanager
async def hand(world: World, superuser_url: str) -> AsyncIterator[Hand]:
    """Give the hand."""
    server = await asyncpg.connect(at(superuser_url, urlsplit(world.settings.database_url).path[1:]))
    await server.execute("SET session_replication_role = replica")
    try:
        yield Hand(world, server)
    finally:
        await server.close()
