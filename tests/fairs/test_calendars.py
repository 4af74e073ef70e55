"""Calendars of fairs, read by the library and followed as a calendar would."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from icalendar import Calendar
from sqlalchemy import insert, update

from app.core import clock
from app.fairs.models import Fair, FairMode, FairState
from app.fairs.queries import MOST_IN_A_CALENDAR
from tests.fairs import past
from tests.world import World, ok, tomorrow

DAY = timedelta(days=1)


class Subscriber:
    """A calendar that keeps what it read, and takes of each event only what is newer (RFC 5546, 2.1.4)."""

    def __init__(self, world: World, path: str) -> None:
        self.world, self.path = world, path
        self.events: dict[str, Any] = {}
        self.tag: str | None = None

    async def refreshes(self) -> int:
        headers = {"If-None-Match": self.tag} if self.tag else {}
        answer = await self.world.nobody.get(self.path, headers=headers)
        if answer.status_code == 304:
            return 0
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/calendar")
        assert "max-age" in answer.headers["cache-control"]
        self.tag = answer.headers["etag"]
        taken = 0
        for event in Calendar.from_ical(answer.content).walk("VEVENT"):
            known = self.events.get(str(event["UID"]))
            if known is None or (event["SEQUENCE"], event.decoded("DTSTAMP")) > (
                known["SEQUENCE"],
                known.decoded("DTSTAMP"),
            ):
                self.events[str(event["UID"])] = event
                taken += 1
        return taken


async def changed(world: World, fair_id: UUID, **values: Any) -> None:
    """Change a fair as planning does: what a calendar shows raises its sequence."""
    async with world.session() as session:
        values |= {"sequence": Fair.sequence + 1, "changed_at": clock.now()}
        await session.execute(update(Fair).where(Fair.id == fair_id).values(**values))


async def test_a_calendar_follows_a_move_and_a_cancellation(world: World, time_machine: Any) -> None:
    starts_at = tomorrow(9, days=3)
    given: dict[str, Any] = {
        "mode": FairMode.BOTH,
        "venue": "尧都区滨河西路 8 号",
        "text": "带身份证,早到;别迟到",
    }
    fair_id = await past.fair(world, FairState.BOOKABLE, starts_at=starts_at)
    await changed(world, fair_id, **given)
    for path in (f"/v1/fairs/{fair_id}.ics", "/v1/fairs.ics"):
        calendar = Subscriber(world, path)
        assert await calendar.refreshes() == 1
        time_machine.move_to(clock.now() + timedelta(minutes=1))
        assert await calendar.refreshes() == 0
        [event] = calendar.events.values()
        assert event.decoded("DTSTART") == starts_at
        assert str(event["STATUS"]) == "CONFIRMED"
        assert str(event["LOCATION"]) == given["venue"]
        assert given["text"] in str(event["DESCRIPTION"])
        assert str(event["URL"]).endswith(f"/v1/fairs/{fair_id}")
        assert [alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")] == [-DAY, -timedelta(minutes=15)]

        starts_at += DAY
        await changed(world, fair_id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
        assert await calendar.refreshes() == 1
        [event] = calendar.events.values()
        assert event.decoded("DTSTART") == starts_at

        await changed(
            world,
            fair_id,
            state=FairState.CANCELLED,
            cancelled_at=clock.now(),
            opened_at=clock.now(),
            cancelled_because="天气原因",
        )
        assert await calendar.refreshes() == 1
        [event] = calendar.events.values()
        assert str(event["STATUS"]) == "CANCELLED"
        assert "天气原因" in str(event["DESCRIPTION"])
        assert event.walk("VALARM") == []
        await changed(world, fair_id, state=FairState.BOOKABLE, cancelled_at=None)  # for the next path


async def test_a_calendar_is_what_the_standard_asks_for(world: World) -> None:
    long = "很长的说明," * 60 + "完;逗号,分号\\反斜杠\n第二行"
    fair_id = await past.fair(
        world, FairState.BOOKABLE, starts_at=tomorrow(9), text=f"{long}\x0b\x1f", title="春风,行动"
    )
    own = (await world.nobody.get(f"/v1/fairs/{fair_id}.ics")).content
    assert "X-WR-CALNAME:春风\\,行动\r\n".encode() in own
    raw = (await world.nobody.get("/v1/fairs.ics")).content
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw)
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    calendar = Calendar.from_ical(raw)
    assert str(calendar["METHOD"]) == "PUBLISH"
    assert str(calendar["X-WR-CALNAME"]) == "临汾直播带岗"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in raw
    assert b"X-PUBLISHED-TTL:PT1H" in raw
    [event] = calendar.walk("VEVENT")
    assert str(event["DESCRIPTION"]).startswith(long)
    assert re.search(rb"DTSTART:\d{8}T\d{6}Z\r\n", raw)
    assert {"UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "DTEND"} <= set(event)
    assert b"Asia/Shanghai" in raw


async def test_its_themes_are_said_as_people_say_them(world: World) -> None:
    theme = {"key_group": "graduate", "trade": "0301"}
    fair_id = await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(9), **theme)
    raw = (await world.nobody.get(f"/v1/fairs/{fair_id}.ics")).text
    assert "\r\nCATEGORIES:直播带岗,线上,高校毕业生,瓦工\r\n" in raw


async def test_the_calendar_of_all_is_cut_by_time_place_and_group(world: World) -> None:
    async def ids(**asked: str) -> set[str]:
        answer = await world.nobody.get("/v1/fairs.ics", params=asked)
        return {
            str(one["UID"]).partition("@")[0] for one in Calendar.from_ical(answer.content).walk("VEVENT")
        }

    veterans = await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(9), key_group="veteran")
    other = await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(12), division="141081")
    over = await past.fair(world, FairState.ENDED, starts_at=tomorrow(9, days=-80))
    for hidden, days in ((FairState.ENDED, -100), (FairState.PLANNED, 3), (FairState.BOOKABLE, 380)):
        await past.fair(world, hidden, starts_at=tomorrow(9, days=days))
    assert await ids() == {str(one) for one in (veterans, other, over)}
    assert await ids(division="141081") == {str(other)}
    assert await ids(key_group="veteran") == {str(veterans)}
    answer = await world.nobody.get("/v1/fairs.ics?key_group=cats")
    assert answer.status_code == 422
    assert ok(await world.nobody.get("/v1/fairs"))["items"]


async def test_a_calendar_has_a_thousand_events_at_most(world: World) -> None:
    await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(9))
    async with world.session() as session:
        fair = (await session.execute(Fair.__table__.select())).one()._asdict()
        fair.pop("host_key")
        rows = []
        for n in range(MOST_IN_A_CALENDAR + 5):
            begins = datetime.now(UTC) + timedelta(hours=n)
            rows.append(fair | {"id": clock_id(n), "starts_at": begins, "ends_at": begins + DAY})
        await session.execute(insert(Fair), rows)
    raw = (await world.nobody.get("/v1/fairs.ics")).content
    assert raw.count(b"BEGIN:VEVENT") == MOST_IN_A_CALENDAR


def clock_id(n: int) -> UUID:
    return UUID(int=n + 1)
