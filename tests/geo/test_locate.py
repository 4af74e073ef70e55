"""Which county a point lies in, and how kind the border is."""

import pytest
from sqlalchemy import text

from tests.world import World, ok, refused

# West of the city's westernmost point nothing of it is nearer than that point's meridian.
WEST = text(
    """SELECT ST_X(p::geometry) AS lng, ST_Y(p::geometry) AS lat FROM (
         SELECT ST_Project(dot.geom::geography, :away_m, radians(270)) AS p
           FROM divisions d, LATERAL ST_DumpPoints(d.boundary::geometry) dot
          WHERE d.level = 'county' ORDER BY ST_X(dot.geom) LIMIT 1) outside"""
)


@pytest.mark.parametrize(("away_m", "counts"), [(300, True), (490, True), (520, False), (5000, False)])
async def test_five_hundred_metres_beyond_the_border_still_count(
    world: World, away_m: int, *, counts: bool
) -> None:
    async with world.session() as session:
        lng, lat = (await session.execute(WEST, {"away_m": away_m})).one()
    answer = await world.nobody.get(f"/v1/divisions/at?lng={lng}&lat={lat}&datum=wgs84")
    if counts:
        assert ok(answer)["county"]["level"] == "county"
    else:
        problem = refused(answer, 422, "place_outside_city")
        assert problem["errors"][0]["in"] == "query"


async def test_every_township_seat_lies_in_its_own_county(world: World) -> None:
    statement = "SELECT parent_code, ST_X(seat::geometry), ST_Y(seat::geometry) FROM divisions"
    async with world.session() as session:
        rows = (await session.execute(text(f"{statement} WHERE seat IS NOT NULL"))).all()
    assert len(rows) == 158
    for county, lng, lat in rows[::10]:
        found = ok(await world.nobody.get(f"/v1/divisions/at?lng={lng}&lat={lat}&datum=wgs84"))
        assert found["county"]["code"] == county


async def test_the_same_place_in_three_datums_is_in_one_county(world: World) -> None:
    counties = set()
    for datum, lng, lat in (
        ("wgs84", 111.519, 36.0889),
        ("gcj02", 111.525218, 36.088777),
        ("bd09", 111.531763, 36.094636),
    ):
        path = f"/v1/divisions/at?lng={lng}&lat={lat}&datum={datum}"
        counties.add(ok(await world.nobody.get(path))["township"]["code"])
    assert len(counties) == 1


SQUARE = "POLYGON((111.45 36.05, 111.5 36.05, 111.5 36.1, 111.45 36.1, 111.45 36.05))"


async def test_a_zone_comes_first_within_its_boundary_and_nowhere_else(world: World) -> None:
    inside, outside = "lng=111.48&lat=36.08&datum=wgs84", "lng=111.519&lat=36.0889&datum=wgs84"
    before = ok(await world.nobody.get(f"/v1/divisions/at?{inside}"))["township"]
    assert before["level"] == "township"
    async with world.session() as session:
        drawn = (
            "UPDATE divisions SET boundary = ST_Multi(ST_GeomFromText(:square, 4326)) WHERE level = 'zone'"
        )
        await session.execute(text(drawn), {"square": SQUARE})

    found = ok(await world.nobody.get(f"/v1/divisions/at?{inside}"))
    assert (found["county"]["code"], found["township"]["code"]) == ("141002", "141002400")
    assert (found["township"]["level"], found["approximate"]) == ("zone", False)
    beside = ok(await world.nobody.get(f"/v1/divisions/at?{outside}"))
    assert beside["township"]["level"] == "township"
