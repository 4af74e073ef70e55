"""Fairs as calendars read them (RFC 5545): subscribers see what is new, what moved, what was cancelled."""

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from icalendar import Alarm, Calendar, Event, vDuration, vText
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.fairs import queries
from app.fairs.models import Fair, FairMode, FairState
from app.fairs.reservations import REMINDED
from app.fairs.schemas import Theme
from app.workers.models import KEY_GROUPS

MEDIA_TYPE = "text/calendar"
NAME = "临汾直播带岗"
_EVERY = timedelta(hours=1)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # a strict client would refuse the whole feed
_MODES = {FairMode.ONLINE: "线上", FairMode.HALL: "现场", FairMode.BOTH: "线上线下"}


async def of_one(session: AsyncSession, fair_id: UUID, base_url: str) -> bytes:
    """Return one fair's calendar; 404 for what nobody sees."""
    one = await queries.one_for_calendar(session, fair_id)
    return _calendar(one[0].title, [one], base_url)


async def of_all(session: AsyncSession, asked: Theme, base_url: str) -> bytes:
    """Return the calendar of what is ahead, and of what lies behind by less than ninety days."""
    fairs = (await session.execute(queries.in_calendar(asked, clock.now()))).all()
    # A thousand events take half a second to write: other requests are answered meanwhile.
    return await asyncio.to_thread(_calendar, NAME, fairs, base_url)


def _calendar(name: str, fairs: Sequence[queries.OfCalendar], base_url: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//临汾零工市场//直播带岗//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("calscale", "GREGORIAN")
    # The library knows the values of no name of the x- kind.
    calendar.add("x-wr-calname", vText(name))
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_EVERY))
    for fair, station, trade in fairs:
        calendar.add_component(_event(fair, station, trade, base_url))
    return bytes(calendar.to_ical())


def _event(fair: Fair, station: str, trade: str | None, base_url: str) -> Event:
    """Return the event; its instants are UTC, and SEQUENCE rises with what a calendar shows of it.

    DTSTAMP is when it was changed last and not now, so that the same state is the same bytes.
    """
    url = f"{base_url}/v1/fairs/{fair.id}"
    event = Event()
    event.add("uid", f"{fair.id}@fairs.linfen-gigs")
    event.add("dtstamp", fair.changed_at)
    event.add("last-modified", fair.changed_at)
    event.add("created", fair.created_at)
    event.add("sequence", fair.sequence)
    cancelled = fair.state is FairState.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", fair.title)
    told = "\n".join(filter(None, [fair.cancelled_because, fair.text, url]))
    event.add("description", _CONTROLS.sub("", told))
    event.add("dtstart", fair.starts_at)
    event.add("dtend", fair.ends_at)
    event.add("location", " ".join(filter(None, [fair.venue, fair.room])) or "线上直播")
    event.add("organizer", url, parameters={"CN": station})
    event.add("url", url)
    themes = [KEY_GROUPS[fair.key_group] if fair.key_group else None, trade]
    event.add("categories", list(filter(None, ["直播带岗", _MODES[fair.mode], *themes])))
    event.add("transp", "TRANSPARENT")
    if not cancelled:
        for before in REMINDED:
            event.add_component(_alarm(fair, before))
    return event


def _alarm(fair: Fair, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", fair.title)
    alarm.add("trigger", -before)
    return alarm
