"""Writers that commit late, roll back and touch the same things, for the proof of the cursor."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from app.core.types import new_id
from tests.world import World, shift

WRITERS, EMPLOYERS = 32, 8
# A posting like the one that it is made after.
_POST = """INSERT INTO jobs SELECT (jsonb_populate_record(j, jsonb_build_object(
             'id', $2::uuid, 'employer_id', $3::uuid, 'title', $4::text))).* FROM jobs j WHERE id = $1"""
_SHIFT = """INSERT INTO shifts SELECT (jsonb_populate_record(s, jsonb_build_object(
              'id', gen_random_uuid(), 'job_id', $2::uuid))).* FROM shifts s WHERE job_id = $1"""
_RENAME = "UPDATE jobs SET title = $2 WHERE id = $1"
_HIRE = "UPDATE shifts SET hired = (hired + 1) % (headcount + 1) WHERE job_id = $1"
_CLOSE = "UPDATE jobs SET state = 'closed', closed_because = 'withdrawn' WHERE id = $1"
_OPEN = "UPDATE jobs SET state = 'open', closed_because = NULL WHERE id = $1"
_DELETE = "DELETE FROM jobs WHERE id = $1"
_STOP_OR_NOT = """UPDATE employers SET state = CASE state WHEN 'verified' THEN 'suspended' ELSE 'verified' END
                   WHERE id = $1"""
_DEEDS = {_RENAME: 400, _HIRE: 300, _POST: 120, _OPEN: 100, _CLOSE: 60, _DELETE: 15, _STOP_OR_NOT: 1}

# What would be told to a reader who asks a sequence for what is new: the mistake that the feed avoids.
_NAIVE = """
CREATE TABLE naive (id bigserial PRIMARY KEY);
GRANT ALL ON naive, naive_id_seq TO gigs_app;
CREATE FUNCTION note_naively() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO naive DEFAULT VALUES; RETURN NULL; END $$;
CREATE TRIGGER naive AFTER INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION note_naively();
"""

# The open postings of verified employers, by other means than the feed's.
STATE = """
SELECT json_object_agg(j.id, json_build_array(j.title, j.pay_fen, j.employer_id, (
         SELECT json_agg(json_build_array(s.id, s.headcount, s.hired) ORDER BY s.starts_at, s.id)
           FROM shifts s WHERE s.job_id = j.id)))
  FROM jobs j WHERE j.state = 'open' AND j.source = 'city'
   AND j.employer_id IN (SELECT id FROM employers WHERE state = 'verified')
"""


def as_state(data: dict[str, Any]) -> list[Any]:
    """Return what STATE says of a posting, from what was told of it."""
    shifts = [[one["id"], one["headcount"], one["hired"]] for one in data["shifts"]] or None
    return [data["title"], data["pay"]["amount_fen"], data["employer_id"], shifts]


@dataclass
class Market:
    """What the writers share."""

    url: str
    template: UUID
    employers: list[UUID]
    jobs: list[UUID]
    longest_s: float
    done: Counter[str] = field(default_factory=Counter)
    slept_s: float = 0.0
    over: bool = False

    @classmethod
    async def of(cls, world: World, *, longest_s: float, postings: int) -> "Market":
        """Open a market with so many postings; the longest sleep before a commit, but one."""
        firms = [await world.employer(trusted=True) for _ in range(EMPLOYERS)]
        posted = [await firm.posts_job(shifts=[shift(8, headcount=9), shift(20, 2)]) for firm in firms]
        ids = [UUID(job["id"]) for job in posted]
        employers = [UUID(firm.employer_id) for firm in firms]
        market = cls(world.settings.database_url, ids[0], employers, ids[1:], longest_s)
        connection = await asyncpg.connect(market.url)
        try:
            for n in range(postings):
                market.jobs.append(await market.post(connection, employers[n % EMPLOYERS]))
        finally:
            await connection.close()
        return market

    async def post(self, connection: asyncpg.Connection, employer_id: UUID, title: str = "新岗位") -> UUID:
        """Post one more like the first."""
        made = new_id()
        await connection.execute(_POST, self.template, made, employer_id, title)
        await connection.execute(_SHIFT, self.template, made)
        return made

    async def write(self, seed: int) -> None:
        """Write until it is over, on a connection of one's own."""
        dice = random.Random(seed)
        connection = await asyncpg.connect(self.url, server_settings={"lock_timeout": "500"})
        try:
            while not self.over:
                await self._transaction(connection, dice)
        finally:
            await connection.close()

    async def _transaction(self, connection: asyncpg.Connection, dice: random.Random) -> None:
        fate = dice.choices(["committed", "rolled back"], [92, 8])[0]
        new: list[UUID] = []
        transaction = connection.transaction()
        await transaction.start()
        try:
            deeds = dice.choices(list(_DEEDS), list(_DEEDS.values()), k=dice.randint(1, 4))
            chosen = sorted((dice.choice(self.jobs), deed) for deed in deeds)
            for id_, deed in chosen:
                await self._do(connection, dice, id_, deed, new)
            sleep_s = dice.choices(
                [dice.uniform(0, 0.01), dice.uniform(0.01, 0.1), dice.uniform(0.1, self.longest_s)],
                [890, 105, 5],
            )[0]
            self.slept_s = max(self.slept_s, sleep_s)
            await asyncio.sleep(sleep_s)
        except (asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError, asyncpg.UniqueViolationError):
            fate = "in each other's way"
        if fate == "committed":
            await transaction.commit()
            self.jobs += new
        else:
            await transaction.rollback()
        self.done[fate] += 1

    async def _do(
        self, connection: asyncpg.Connection, dice: random.Random, id_: UUID, deed: str, new: list[UUID]
    ) -> None:
        if deed == _POST:
            new.append(await self.post(connection, dice.choice(self.employers)))
        elif deed == _RENAME:
            await connection.execute(deed, id_, f"卸货 {dice.random()}")
        elif deed == _STOP_OR_NOT:
            await connection.execute(deed, dice.choice(self.employers[1:]))
        else:
            await connection.execute(deed, id_)

    @asynccontextmanager
    async def left_open(self) -> AsyncIterator[UUID]:
        """Have a transaction open all the while that has written and not committed; it commits at the end."""
        connection = await asyncpg.connect(self.url)
        try:
            async with connection.transaction():
                # Of the one employer that nobody stops.
                yield await self.post(connection, self.employers[0], "很晚才提交")
        finally:
            await connection.close()


@dataclass
class Naive:
    """A reader that remembers the last number of a sequence; how many rows it never got."""

    url: str
    last: int = 0
    got: int = 0

    async def lay(self) -> None:
        """Have each touched posting numbered by a sequence, too."""
        connection = await asyncpg.connect(self.url)
        await connection.execute(_NAIVE)
        await connection.close()

    async def follow(self, market: Market) -> int:
        """Read along until it is over and once more; return how many rows it missed."""
        connection = await asyncpg.connect(self.url)
        try:
            while not market.over:
                await self._read(connection)
                await asyncio.sleep(0.02)
            await self._read(connection)
            return int(await connection.fetchval("SELECT count(*) FROM naive")) - self.got
        finally:
            await connection.close()

    async def _read(self, connection: asyncpg.Connection) -> None:
        rows = await connection.fetch("SELECT id FROM naive WHERE id > $1 ORDER BY id", self.last)
        self.got += len(rows)
        self.last = rows[-1]["id"] if rows else self.last
