"""The listeners of one process, fair by fair: each line is read once and handed to all as the same bytes."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from app.core import logs
from app.core.db import Database
from app.core.listening import Listener
from app.core.problems import NotReady
from app.core.types import new_id
from app.core.waking import Stream
from app.fairs import counting, feed
from app.fairs.audience import ToldKind
from app.fairs.feed import Line, Snapshot
from app.fairs.models import FairState

log = structlog.get_logger()
COUNT_EVERY_S = 5.0
ALIVE_EVERY_S = 15.0
FRESH_S = 2.0
AGAIN_AFTER_S = 0.5
KEPT = 500  # lines a room remembers, at the least, once there were so many
AT_ONCE = 100
MOST_OF_AN_ADDRESS = 500  # a county's phones may stand behind one address of their provider
MOST_OF_A_PROCESS = 5_000


class Seat(Stream):
    """One listener: how far it has come. No timer is its own; the room wakes it to stay alive."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.aside = 0

    async def roused(self) -> None:
        """Wait until there is something."""
        await self._woken.wait()
        self._woken.clear()


@dataclass
class Room:
    """One fair's listeners, and the lines after number `since` that were read last."""

    snapshot: Snapshot
    seen_at: float
    since: int = 0
    lines: list[Line] = field(default_factory=list)
    state: FairState = FairState.BOOKABLE
    aside: bytes = b""  # said without a number: how many look on, or that the line is alive
    asides: int = 0
    viewers: int = -1
    seats: set[Seat] = field(default_factory=set)
    news: Stream = field(default_factory=Stream)
    reading: asyncio.Task[None] | None = None

    @property
    def last(self) -> int:
        return self.since + len(self.lines)

    def is_over_for(self, seat: "Seat") -> bool:
        """Whether the fair is over and the listener knows."""
        return self.state in feed.OVER and seat.number >= max(self.last, self.snapshot.number)

    def after(self, number: int) -> list[Line]:
        return self.lines[number - self.since :]

    def take(self, found: list[Line]) -> None:
        """Remember lines; what takes something away takes its words from memory too."""
        gone = {line.about for line in found if line.body.startswith(_HIDDEN)}
        if gone:
            self.lines = [feed.hidden(o.number, o.about) if o.about in gone else o for o in self.lines]
        self.lines += found
        self.state = feed.ends(found, self.state)
        if len(self.lines) >= 2 * KEPT:
            del self.lines[:KEPT]
            self.since += KEPT

    def say(self, aside: bytes) -> None:
        self.aside, self.asides = aside, self.asides + 1
        self.rouse()

    def rouse(self) -> None:
        for seat in self.seats:
            seat.wake()


_HIDDEN = f"event: {ToldKind.HIDDEN}\n".encode()


class Rooms:
    """All the rooms of one process. Between two events no listener holds a connection to the database."""

    def __init__(self, database: Database, database_url: str) -> None:
        self._database = database
        self._process = new_id()
        self._rooms: dict[UUID, Room] = {}
        self._looking: dict[UUID, asyncio.Lock] = {}
        self._by_address: Counter[str] = Counter()
        self._over = False
        self._counting: asyncio.Task[None] | None = None
        self._listener = Listener(database_url, feed.CHANNEL, self._heard, self._missed)

    def must_have_room(self, address: str) -> None:
        """Refuse when the process or the network address has its fill of listeners, or all is ending."""
        full = self._by_address.total() >= MOST_OF_A_PROCESS
        if self._over or full or self._by_address[address] >= MOST_OF_AN_ADDRESS:
            raise NotReady

    async def look(self, fair_id: UUID) -> Snapshot:
        """Return how a fair stands, two seconds old at most; however many come at once, one looks.

        404 for a fair that is not public.
        """
        looking = self._looking.setdefault(fair_id, asyncio.Lock())
        async with looking:
            try:
                return await self._look(fair_id)
            finally:
                self._tidy(fair_id)

    @contextmanager
    def enter(self, fair_id: UUID, address: str, found: Snapshot, number: int) -> Iterator[tuple[Room, Seat]]:
        """Seat a listener who saw how the fair stands, and knows the lines up to a number."""
        self._listener.start()
        room, seat = (
            self._rooms.setdefault(fair_id, Room(found, asyncio.get_running_loop().time())),
            Seat(number),
        )
        seat.ended = self._over
        seat.aside = room.asides
        room.seats.add(seat)
        self._by_address[address] += 1
        if room.reading is None:
            # Some of the past too: after a restart all come back at once, each with its own number.
            room.since, room.lines = max(0, room.snapshot.number - KEPT), []
            room.state, room.viewers = room.snapshot.state, -1
            room.news.wake()
            room.reading = asyncio.create_task(self._read(fair_id, room))
        if self._counting is None or self._counting.done():
            self._counting = asyncio.create_task(self._count())
        try:
            yield room, seat
        finally:
            room.seats.discard(seat)
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
            if not room.seats and room.reading:
                room.reading.cancel()
                room.reading = None

    async def missed(self, fair_id: UUID, number: int) -> list[Line]:
        """Return what a listener has missed who is further back than the room remembers."""
        async with self._database.transaction(walled=True) as session:
            return await feed.lines_after(session, fair_id, number, AT_ONCE)

    def end(self) -> None:
        """End every listener's stream, and seat nobody any more: the process stops."""
        self._over = True
        for room in self._rooms.values():
            for seat in room.seats:
                seat.end()

    async def close(self) -> None:
        """End all, and count for nothing any more."""
        self.end()
        tasks = [room.reading for room in self._rooms.values() if room.reading]
        tasks += [self._counting] if self._counting else []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._listener.close()
        if self._counting:
            with contextlib.suppress(Exception):  # the database may be away: the rows grow stale
                async with self._database.transaction() as session:
                    await counting.count(session, self._process, {})

    async def _look(self, fair_id: UUID) -> Snapshot:
        room, now = self._rooms.get(fair_id), asyncio.get_running_loop().time()
        if room and now - room.seen_at < FRESH_S and room.snapshot.number >= room.last:
            return room.snapshot
        async with self._database.transaction(walled=True) as session:
            found = await feed.snapshot(session, fair_id)
        if room is None:
            self._rooms[fair_id] = Room(found, now)
        else:
            room.snapshot, room.seen_at = found, now
        return found

    def _tidy(self, fair_id: UUID) -> None:
        """Forget the fairs that nobody listens to, but for the one that was just looked at."""
        for other in [one for one, room in self._rooms.items() if not room.seats and one != fair_id]:
            if other not in self._looking or not self._looking[other].locked():
                del self._rooms[other]
        for other in [one for one, lock in self._looking.items() if not lock.locked() and one != fair_id]:
            del self._looking[other]

    async def _read(self, fair_id: UUID, room: Room) -> None:
        """Read what is told once, and wake who listens; look from time to time though nothing was heard."""
        while True:
            heard = await room.news.woken(ALIVE_EVERY_S)
            try:
                while found := await self.missed(fair_id, room.last):
                    room.take(found)
            except Exception as error:  # noqa: BLE001 - the database may be away: it is asked again
                log.warning("fair_not_read", **logs.where_it_failed(error))
                await asyncio.sleep(AGAIN_AFTER_S)
                room.news.wake()
            if heard:
                room.rouse()
            else:
                room.say(b": \n\n")

    async def _count(self) -> None:
        """Say how many listen here, and hear how many listen in all, until nobody does here."""
        while True:
            here = {fair_id: len(room.seats) for fair_id, room in self._rooms.items() if room.seats}
            try:
                async with self._database.transaction() as session:
                    everywhere = await counting.count(session, self._process, here)
            except Exception as error:  # noqa: BLE001 - the database may be away: the count stays as it was
                log.warning("listeners_not_counted", **logs.where_it_failed(error))
                everywhere = {}
            for fair_id, viewers in everywhere.items():
                room = self._rooms.get(fair_id)
                if room and room.viewers != viewers:
                    room.viewers = viewers
                    room.say(feed.said("viewers", {"count": viewers}))
            if not any(room.seats for room in self._rooms.values()):
                if not here:
                    return
                continue
            await asyncio.sleep(COUNT_EVERY_S)

    def _heard(self, payload: str) -> None:
        if room := self._rooms.get(UUID(payload)):
            room.news.wake()

    def _missed(self) -> None:
        for room in self._rooms.values():
            room.news.wake()
