"""Planning fairs: plan, change, open, cancel; each of them in the ledger, and nothing half done."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock
from app.core.events import emit
from app.core.problems import Fault, Invalid, Unauthenticated, must_be_fresh
from app.core.types import new_id
from app.core.uploads import store_picture
from app.fairs.clashes import must_not_clash
from app.fairs.events import FairCancelled, FairMoved, FairOpened
from app.fairs.models import (
    AHEAD,
    HELD,
    Booth,
    BoothState,
    Fair,
    FairMode,
    FairState,
    Organiser,
)
from app.fairs.moving import Times, move_booths
from app.fairs.noting import note
from app.fairs.planning_schemas import FairChanges, FairDraft
from app.fairs.problems import FairBegun, FairTimesInvalid, LicenceMissing
from app.geo.models import Division
from app.stations.models import Staff, Station
from app.trades.models import Trade
from app.trades.queries import UNKNOWN_TRADE

LONGEST, FURTHEST = timedelta(hours=24), timedelta(days=366)
_NOTED = (
    "title", "mode", "state", "starts_at", "ends_at", "division", "key_group", "trade",
    "host_id", "host_name", "venue", "room", "organiser", "agency_name", "licence_no", "cover_key",
)  # fmt: skip
_MUST_BE = ("title", "mode", "starts_at", "ends_at", "organiser")
# What a calendar shows of a fair.
_IN_CALENDARS = ("title", "mode", "starts_at", "ends_at", "venue", "room")
_TIME_AND_PLACE = ("mode", "starts_at", "ends_at", "venue", "room")
OUT_OF_REACH = (
    "division_out_of_reach",
    "该区划不在本机构所辖范围内",
    "Your station does not serve this division",
)
NO_HOST = ("host_out_of_reach", "本机构所辖没有这名工作人员", "No such member of staff within your reach")


async def plan(session: AsyncSession, officer: Officer, draft: FairDraft) -> Fair:
    """Plan a fair; staff alone see it until it is opened."""
    station = officer.station
    # Before all else: a station that closes holds its row, and hands over what it has by then.
    await session.refresh(station, with_for_update={"read": True, "key_share": True})
    if station.closed_at is not None:
        raise Unauthenticated  # its staff were moved and signed out
    division = draft.division or station.division
    fair = Fair(
        **{name: value for name, value in draft.model_dump().items() if name != "division"},
        id=new_id(),
        division=division,
        county_code=division[:6] if len(division) > len("1410") else None,
        station_id=station.id,
        state=FairState.PLANNED,
        sequence=0,
        told=0,
        peak_viewers=0,
        version=1,
        changed_at=clock.now(),
    )
    within = select(Division.code).where(Division.code == division, officer.reaches(Division.code))
    outside = await session.scalar(within) is None
    faults = [Fault("/division", *OUT_OF_REACH)] if outside else []
    await _must_be_right(session, officer, fair, {"starts_at", "ends_at", "host_id", "trade"}, faults)
    await must_not_clash(session, officer, fair)
    session.add(fair)
    await note(session, officer.actor, fair, "fair.plan", after=told(fair))
    return fair


async def change(
    session: AsyncSession, officer: Officer, fair: Fair, changes: FairChanges, version: int | None
) -> Fair:
    """Change a fair that has not begun; its booths move along with it.

    Refuses a stale version, a time in which a booth has no room any more, and clashes.
    """
    fair.must_be(*AHEAD)
    must_be_fresh(version, fair.version)
    before, times = told(fair), Times(fair.starts_at, fair.ends_at)
    given = {
        name: getattr(changes, name)
        for name in changes.model_fields_set
        if name not in _MUST_BE or getattr(changes, name) is not None
    }
    if given.get("host_id") not in {None, fair.host_id} and "host_name" not in given:
        given["host_name"] = None  # the new host's own
    changed = {name for name, value in given.items() if getattr(fair, name) != value}
    # Judged before anything is written, the constraints included.
    with session.no_autoflush:
        for name in changed:
            setattr(fair, name, given[name])
        await _must_be_right(session, officer, fair, changed)
        await must_not_clash(session, officer, fair)
    if changed & {"starts_at", "ends_at"}:
        await move_booths(session, officer, fair, times)
    if changed:
        touch(fair)
        fair.sequence += 1 if changed.intersection(_IN_CALENDARS) else 0
        await note(session, officer.actor, fair, "fair.change", before=before, after=told(fair))
    if changed.intersection(_TIME_AND_PLACE):
        await emit(session, FairMoved(fair.id))
    return fair


async def put_cover(session: AsyncSession, officer: Officer, fair: Fair, key: str) -> Fair:
    """Give the fair its cover picture, which the file store has by now."""
    fair.must_be(*(state for state in FairState if state is not FairState.CANCELLED))
    before, fair.cover_key = told(fair), key
    touch(fair)
    await note(session, officer.actor, fair, "fair.cover", before=before, after=told(fair))
    return fair


async def store_cover(upload: bytes) -> str:
    """Redraw and keep an uploaded cover; before anything is locked."""
    return await store_picture("covers", upload)


async def open_(session: AsyncSession, officer: Officer, fair: Fair) -> Fair:
    """Let everybody see it and book it; refuses once its time has come."""
    fair.must_be(FairState.PLANNED)
    if fair.starts_at <= clock.now():
        raise FairBegun
    before = told(fair)
    fair.state, fair.opened_at = FairState.BOOKABLE, clock.now()
    touch(fair)
    await note(session, officer.actor, fair, "fair.open", before=before, after=told(fair))
    await emit(session, FairOpened(fair.id))
    return fair


async def cancel(session: AsyncSession, officer: Officer, fair: Fair, reason: str) -> Fair:
    """Cancel it, once and for all; its booths go with it and the employers are free for another one."""
    fair.must_be(*AHEAD, FairState.LIVE)
    before, now = told(fair), clock.now()
    fair.state, fair.cancelled_at, fair.cancelled_because = FairState.CANCELLED, now, reason
    fair.sequence += 1
    touch(fair)
    await note(session, officer.actor, fair, "fair.cancel", before=before, after=told(fair), reason=reason)
    await session.execute(
        update(Booth)
        .where(Booth.fair_id == fair.id, Booth.state.in_(HELD))
        .values(state=BoothState.CANCELLED, decided_at=now, version=Booth.version + 1)
    )
    await emit(session, FairCancelled(fair.id))
    return fair


def touch(fair: Fair) -> None:
    """Say that the fair is another than it was."""
    fair.version += 1
    fair.changed_at = clock.now()


async def _must_be_right(
    session: AsyncSession, officer: Officer, fair: Fair, changed: set[str], found: Iterable[Fault] = ()
) -> None:
    """Refuse with all that is wrong at once; `changed`: what is looked at anew."""
    if fair.starts_at >= fair.ends_at:
        raise FairTimesInvalid.at("/ends_at")
    if fair.organiser is Organiser.AGENCY and not (fair.agency_name and fair.licence_no):
        raise LicenceMissing.at("/licence_no" if fair.agency_name else "/agency_name")
    faults = [*found, *(_wrong_times(fair) if changed & {"starts_at", "ends_at"} else [])]
    if fair.mode is not FairMode.ONLINE and not fair.venue:
        zh, en = "有线下的须填写会场地址", "A fair in a hall has an address"
        faults.append(Fault("/venue", "venue_missing", zh, en))
    if "trade" in changed and fair.trade and await session.get(Trade, fair.trade) is None:
        faults.append(Fault("/trade", *UNKNOWN_TRADE))
    if "host_id" in changed and fair.host_id:
        host = await session.scalar(
            select(Staff)
            .join(Station, Station.id == Staff.station_id)
            .where(Staff.id == fair.host_id, Staff.dismissed_at.is_(None), officer.reaches(Station.division))
        )
        if host is None:
            faults.append(Fault("/host_id", *NO_HOST))
        elif fair.host_name is None:
            fair.host_name = host.name
    if faults:
        raise Invalid(faults=faults)


def _wrong_times(fair: Fair) -> list[Fault]:
    now, faults = clock.now(), []
    if fair.starts_at <= now:
        zh, en = "开始时间已过", "The time to start has passed"
        faults.append(Fault("/starts_at", "fair_in_the_past", zh, en))
    if fair.starts_at > now + FURTHEST:
        zh, en = "开始时间应在一年之内", "A fair starts within a year"
        faults.append(Fault("/starts_at", "fair_too_far", zh, en))
    if fair.ends_at - fair.starts_at > LONGEST:
        zh, en = "一场招聘会至多二十四小时", "A fair lasts for up to 24 hours"
        faults.append(Fault("/ends_at", "fair_too_long", zh, en))
    return faults


def told(fair: Fair) -> dict[str, Any]:
    """Return what the ledger notes of a fair."""
    noted = {name: getattr(fair, name) for name in _NOTED}
    return {name: None if value is None else str(value) for name, value in noted.items()}
