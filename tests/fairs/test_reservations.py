"""Reserving a fair, at the phone and at the counter; and leaving."""

import asyncio
import io
import json
import zipfile
from datetime import datetime, timedelta

from app.core import clock
from app.fairs.models import FairState
from tests.fairs import past
from tests.world import World, ok, refused, tomorrow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_a_reservation_is_made_once_and_given_back(world: World) -> None:
    person = await world.person()
    starts_at = tomorrow(9, days=3)
    fair_id = await past.fair(world, FairState.BOOKABLE, starts_at=starts_at)
    path = f"/v1/fairs/{fair_id}/reservation"
    refused(await world.nobody.put(path), 401, "unauthenticated")
    first = ok(await person.put(path))
    assert ok(await person.put(path)) == first
    expected = [starts_at - DAY, starts_at - timedelta(minutes=15)]
    assert [datetime.fromisoformat(at) for at in first["reminders"]] == expected
    shown = ok(await person.get(f"/v1/fairs/{fair_id}"))
    assert (shown["reserved"], shown["reservations"]) == (True, 1)
    theirs = ok(await world.nobody.get(f"/v1/fairs/{fair_id}"))
    assert (theirs["reserved"], theirs["reservations"]) == (False, 1)
    [mine] = ok(await person.get("/v1/me/fairs"))["items"]
    assert (mine["id"], mine["reserved"]) == (str(fair_id), True)
    for _ in range(2):
        ok(await person.delete(path), 204)
    assert ok(await person.get("/v1/me/fairs"))["items"] == []
    assert ok(await person.get(f"/v1/fairs/{fair_id}"))["reservations"] == 0


async def test_many_reserve_at_once(world: World) -> None:
    people = [await world.person() for _ in range(6)]
    fair_id = await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(9))
    path = f"/v1/fairs/{fair_id}/reservation"
    answers = await asyncio.gather(*(one.put(path) for one in people for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert await world.count("fair_reservations") == len(people)


async def test_what_begins_soon_is_reminded_of_once(world: World) -> None:
    person = await world.person()
    fair_id = await past.fair(world, FairState.BOOKABLE, starts_at=clock.now() + 3 * HOUR)
    assert len(ok(await person.put(f"/v1/fairs/{fair_id}/reservation"))["reminders"]) == 1


async def test_only_what_is_ahead_can_be_reserved(world: World) -> None:
    person = await world.person()
    for state in (FairState.LIVE, FairState.ENDED):
        fair_id = await past.fair(world, state)
        refused(await person.put(f"/v1/fairs/{fair_id}/reservation"), 409, "fair_state")
    off = await past.fair(world, FairState.CANCELLED, opened_at=clock.now())
    refused(await person.put(f"/v1/fairs/{off}/reservation"), 409, "fair_state")
    planned = await past.fair(world, FairState.PLANNED)
    for call in (person.put, person.delete):
        refused(await call(f"/v1/fairs/{planned}/reservation"), 404, "not_found")


async def test_reservations_are_in_the_export_and_go_with_the_account(world: World) -> None:
    person = await world.person()
    fair_id = await past.fair(world, FairState.BOOKABLE, starts_at=tomorrow(9))
    ok(await person.put(f"/v1/fairs/{fair_id}/reservation"))
    data = await person.get("/v1/me/data")
    with zipfile.ZipFile(io.BytesIO(data.content)) as archive:
        [held] = json.loads(archive.read("fair_reservations.json"))
    assert held["fair_id"] == str(fair_id)
    ok(await person.delete("/v1/me"), 204)
    assert await world.count("fair_reservations") == 0
