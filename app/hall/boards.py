"""What a station's board shows, looked up once for all its screens, every few seconds while one is on."""

import asyncio
import contextlib
import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from app.core import clock, logs
from app.core.db import Database, Plan
from app.core.problems import NotFound, NotReady
from app.core.waking import Stream

log = structlog.get_logger()
EVERY_S = 3.0
MOST_OF_AN_ADDRESS = 30  # a hall's screens and the phones in its network stand behind one
MOST_OF_A_PROCESS = 1_000
SHOWN = 20
URGENT = timedelta(hours=24)

_SERVED = """SELECT name, division,
  ARRAY(SELECT township FROM station_areas WHERE station_id = stations.id) AS townships
  FROM stations WHERE id = $1 AND closed_at IS NULL"""
# Each served division is a stretch of ix_listings_division (':' comes after '9').
_HERE = """WITH here AS MATERIALIZED (
  SELECT l.job_id, l.published_at, l.next_starts_at, l.places_left
    FROM unnest($2::text[]) AS served (code)
    JOIN listings l ON l.division ~>=~ served.code AND l.division ~<~ (served.code || ':')
   WHERE l.open_until > $3)"""


def _first(order: str, which: str = "true") -> str:
    """Return the cards of the first ones in an order."""
    return f"""(SELECT coalesce(json_agg((l.card || l.place_wgs84 || '}}')::json ORDER BY {order}), '[]')
      FROM (SELECT * FROM here WHERE {which} ORDER BY {order} LIMIT {SHOWN}) first
      JOIN LATERAL (SELECT card, place_wgs84 FROM listings WHERE job_id = first.job_id) l ON true)"""  # noqa: S608


_BOARD = f"""{_HERE} SELECT json_build_object(
  'station', json_build_object('id', $1::uuid, 'name', $5::text, 'division', $6::text),
  'jobs', (SELECT count(*) FROM here), 'places', (SELECT coalesce(sum(places_left), 0) FROM here),
  'newest', {_first("published_at DESC, job_id DESC")},
  'urgent', {_first("next_starts_at, job_id", "next_starts_at BETWEEN $3 AND $4")},
  'most_places', {_first("places_left DESC, job_id DESC")})::text
"""  # noqa: S608 - put together from constants alone


async def look(database: Database, station_id: UUID) -> bytes:
    """Return the board as JSON, in two statements; 404 for a station that is not there or closed."""
    readers = await database.readers(Plan.EACH)
    station = await readers.fetchrow(_SERVED, station_id)
    if station is None:
        raise NotFound
    own = station["division"]
    served = [own, *(code for code in station["townships"] if not code.startswith(own))]
    now = clock.now()
    found: str = await readers.fetchval(_BOARD, station_id, served, now, now + URGENT, station["name"], own)
    return found.encode()


@dataclass
class _Shown:
    """A station's board as it was last seen, and the screens that show it."""

    body: bytes = b""
    seen_at: float = float("-inf")  # by the event loop's clock
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    screens: list[Stream] = field(default_factory=list)
    keeping_up: asyncio.Task[None] | None = None


class Boards:
    """The boards of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shown: dict[UUID, _Shown] = {}
        self._by_address: Counter[str] = Counter()
        self._over = False

    async def read(self, station_id: UUID) -> bytes:
        """Return a board that is a few seconds old at most; however many ask, one looks."""
        one = self._shown.setdefault(station_id, _Shown())
        async with one.looking:
            now = asyncio.get_running_loop().time()
            if now - one.seen_at >= EVERY_S:
                try:
                    one.body = await look(self._database, station_id)
                except Exception:
                    if not one.screens:
                        self._shown.pop(station_id, None)  # only what was seen is remembered
                    raise
                one.seen_at = now
        return one.body

    def must_have_room(self, address: str) -> None:
        """Refuse when the process or the network address has its fill of screens, or all is ending."""
        full = self._by_address.total() >= MOST_OF_A_PROCESS
        if self._over or full or self._by_address[address] >= MOST_OF_AN_ADDRESS:
            raise NotReady

    @contextmanager
    def enter(self, station_id: UUID, address: str) -> Iterator[Stream]:
        """Keep a screen up to date while the block runs: it is woken whenever the board has changed."""
        one = self._shown.setdefault(station_id, _Shown())
        screen = Stream()
        screen.ended = self._over
        one.screens.append(screen)
        self._by_address[address] += 1
        if one.keeping_up is None:
            one.keeping_up = asyncio.create_task(self._keep_up(station_id, one))
        try:
            yield screen
        finally:
            one.screens.remove(screen)
            self._by_address[address] -= 1
            self._by_address += Counter()  # forgets addresses without a screen
            if not one.screens and one.keeping_up:
                one.keeping_up.cancel()
                one.keeping_up = None

    def end(self) -> None:
        """End every stream, and open none any more: the process stops."""
        self._over = True
        for one in self._shown.values():
            for screen in one.screens:
                screen.end()

    async def close(self) -> None:
        """End every stream and look no more."""
        self.end()
        tasks = [one.keeping_up for one in self._shown.values() if one.keeping_up]
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_up(self, station_id: UUID, one: _Shown) -> None:
        told = one.body
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.read(station_id)
            except NotFound:
                for screen in one.screens:
                    screen.end()
            except Exception as error:  # noqa: BLE001 - the database may be away: the board stays as it was
                log.warning("board_not_seen", **logs.where_it_failed(error))
            if one.body != told:
                told = one.body
                for screen in one.screens:
                    screen.wake()


def tag_of(body: bytes) -> str:
    """Name a state of the board."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()
