"""Who or what is wanted by two fairs at once: the host, a room, an outside room, an employer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.access.asking import Officer
from app.core import wall
from app.core.problems import Conflict
from app.fairs.models import HELD, PUBLIC, Booth, BoothState, Fair, FairState
from app.fairs.planning_schemas import ClashKind, ClashView
from app.fairs.problems import EmployerBusy, HostBusy, OutsideRoomTaken, RoomTaken
from app.streams.models import LiveKind, Stream

_REFUSED: dict[ClashKind, type[Conflict]] = {
    ClashKind.HOST: HostBusy,
    ClashKind.ROOM: RoomTaken,
    ClashKind.OUTSIDE_ROOM: OutsideRoomTaken,
    ClashKind.EMPLOYER: EmployerBusy,
}
Instants = InstrumentedAttribute[datetime] | datetime


@dataclass(frozen=True)
class Clash:
    """Another fair, and for what; for an employer with its booth there."""

    kind: ClashKind
    fair: Fair
    booth: Booth | None = None


async def take_turns(session: AsyncSession, fair: Fair) -> None:
    """Let one plan at a time ask for the same host or room, so that the second sees the first.

    Taken after the fair's own row. The exclusion constraints have the last word, but would not say with
    which fair it clashes, and two that wait for each other there would deadlock.
    """
    for key in sorted(filter(None, (_host_turn(fair), _room_turn(fair), await _outside_turn(session, fair)))):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def must_not_clash(session: AsyncSession, officer: Officer, fair: Fair) -> None:
    """Refuse a host, a room or an outside room that another fair has at that time, naming the fair."""
    await take_turns(session, fair)
    refuse(officer, await _of_the_fair(session, fair))


async def booths_must_not_clash(
    session: AsyncSession, officer: Officer | None, booths: Sequence[Booth]
) -> None:
    """Refuse employers who hold a booth elsewhere at that time; the caller locked the employers."""
    refuse(officer, await _of_booths(session, booths, (BoothState.ACCEPTED,)))


def refuse(officer: Officer | None, found: Sequence[Clash]) -> None:
    """Refuse by the first clash, if there is any, and name them all."""
    if found:
        named = [shown(clash, officer).model_dump(mode="json") for clash in found]
        raise _REFUSED[found[0].kind](clashes=named)


async def clashes_of(session: AsyncSession, fair: Fair) -> list[Clash]:
    """Return what clashes with a fair, invited and applied booths here and elsewhere included.

    Read past the wall: the other fair may be another county's, and `shown` tells no more of it than when.
    """
    if fair.state is FairState.CANCELLED:
        return []
    booths = select(Booth).where(Booth.fair_id == fair.id, Booth.state.in_(HELD))
    async with wall.lifted(session):
        held = (await session.scalars(booths)).all()
        return [*await _of_the_fair(session, fair), *await _of_booths(session, held, HELD)]


def shown(clash: Clash, officer: Officer | None) -> ClashView:
    """Return the clash for who asks; an employer knows the own booths."""
    other = clash.fair
    may = officer is None or other.state in PUBLIC or other.division.startswith(officer.served)
    return ClashView(
        kind=clash.kind,
        fair_id=other.id if may else None,
        title=other.title if may else None,
        starts_at=other.starts_at,
        ends_at=other.ends_at,
        employer_id=clash.booth.employer_id if clash.booth else None,
        booth_state=clash.booth.state if clash.booth else None,
    )


async def _of_the_fair(session: AsyncSession, fair: Fair) -> list[Clash]:
    """Look in the indexes of the constraints: ex_fairs_host, ex_fairs_room."""
    statements: list[tuple[ClashKind, Select[Fair]]] = []
    if key := _host_key(fair):
        statements.append((ClashKind.HOST, _others(fair).where(Fair.host_key == key)))
    if fair.room is not None:
        same = and_(Fair.station_id == fair.station_id, Fair.room == fair.room)
        statements.append((ClashKind.ROOM, _others(fair).where(same)))
    if outside := await _outside(session, fair):
        beside = _others(fair).join(Stream, Stream.id == Fair.stream_id).where(_same_room(outside))
        statements.append((ClashKind.OUTSIDE_ROOM, beside))
    return [
        Clash(kind, other)
        for kind, statement in statements
        for other in await session.scalars(statement.order_by(Fair.starts_at, Fair.id).limit(20))
    ]


async def _of_booths(
    session: AsyncSession, booths: Sequence[Booth], states: Sequence[BoothState]
) -> list[Clash]:
    """Look for booths of the same employers in other fairs (index employer_id, id)."""
    if not booths:
        return []
    at_their_times = (
        and_(
            Booth.employer_id == booth.employer_id,
            _meets(Booth.starts_at, Booth.ends_at, booth.starts_at, booth.ends_at),
        )
        for booth in booths
    )
    found = await session.execute(
        select(Fair, Booth)
        .join(Booth, Booth.fair_id == Fair.id)
        .where(
            Booth.employer_id.in_({booth.employer_id for booth in booths}),
            Booth.fair_id != booths[0].fair_id,
            Booth.state.in_(states),
            or_(*at_their_times),
        )
        .order_by(Fair.starts_at, Fair.id, Booth.id)
        .limit(100)
    )
    return [Clash(ClashKind.EMPLOYER, fair, booth) for fair, booth in found]


def _others(fair: Fair) -> Select[Fair]:
    return select(Fair).where(
        Fair.id != fair.id,
        Fair.state != FairState.CANCELLED,
        _meets(Fair.starts_at, Fair.ends_at, fair.starts_at, fair.ends_at),
    )


def _meets(starts: Instants, ends: Instants, from_: Instants, until: Instants) -> ColumnElement[bool]:
    return func.tstzrange(starts, ends).bool_op("&&")(func.tstzrange(from_, until))


def _host_key(fair: Fair) -> str | None:
    """Say what the column host_key will be."""
    return str(fair.host_id) if fair.host_id else fair.host_name


def _host_turn(fair: Fair) -> str | None:
    key = _host_key(fair)
    return f"fairs/host/{key}" if key else None


def _room_turn(fair: Fair) -> str | None:
    return f"fairs/room/{fair.station_id}/{fair.room}" if fair.room else None


async def _outside_turn(session: AsyncSession, fair: Fair) -> str | None:
    stream = await _outside(session, fair)
    return f"fairs/outside/{stream.platform}/{stream.room or stream.link}" if stream else None


async def _outside(session: AsyncSession, fair: Fair) -> Stream | None:
    stream = await session.get(Stream, fair.stream_id) if fair.stream_id else None
    return stream if stream and stream.kind is LiveKind.OUTSIDE else None


def _same_room(stream: Stream) -> ColumnElement[bool]:
    of_the_platform: Any = and_(Stream.kind == LiveKind.OUTSIDE, Stream.platform == stream.platform)
    by_room = Stream.room == stream.room if stream.room else Stream.link == stream.link
    return and_(of_the_platform, by_room)


__all__ = ["Clash", "booths_must_not_clash", "clashes_of", "must_not_clash", "refuse", "shown", "take_turns"]
