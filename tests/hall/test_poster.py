"""The poster of a station: for its own staff, one page, with a code that opens its gigs."""

from uuid import UUID

from app.core import typeset
from app.hall.poster import POSTER, poster_of
from app.stations.models import Role, Station
from tests.world import World, ok, refused


async def test_a_poster_opens_the_stations_gigs(world: World) -> None:
    clerk = await world.staff("141002", Role.CLERK)
    station_id = ok(await clerk.get("/admin/v1/me"))["station_id"]
    answer = await clerk.get(f"/admin/v1/stations/{station_id}/poster.pdf")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"%PDF")
    async with world.session() as session:
        data, marks = poster_of(await session.get_one(Station, UUID(station_id)), "https://gigs.example/")
    assert marks == {"gigs": f"https://gigs.example/board/{station_id}"}
    assert data["name"] == "尧都区就业服务中心"
    long = data | {"address": "鼓楼北大街一号" * 14, "notice": "停电" * 50}
    assert b"/Count 1/" in await typeset.pdf(POSTER, data, marks=marks)
    assert b"/Count 1/" in await typeset.pdf(POSTER, long, marks=marks)


async def test_another_countys_staff_print_their_own(world: World) -> None:
    clerk = await world.staff("141081", Role.CLERK)
    theirs = ok(await (await world.staff("141002", Role.CLERK)).get("/admin/v1/me"))["station_id"]
    refused(await clerk.get(f"/admin/v1/stations/{theirs}/poster.pdf"), 404, "not_found")
    auditor = await world.staff("141002", Role.AUDITOR)
    refused(await auditor.get(f"/admin/v1/stations/{theirs}/poster.pdf"), 404, "not_found")
