"""Places keep their position through every datum, and distances are true to the ellipsoid."""

import math
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.geo.points import (
    Datum,
    Wgs84,
    bd09_of,
    gcj02_of,
    project,
    shown,
    to_wgs84,
    true_distance,
    true_distance_sql,
)

near_linfen = st.builds(Wgs84, st.floats(110.2, 112.8), st.floats(35.2, 37.2))
abroad = st.builds(Wgs84, st.floats(-179, 71), st.floats(-80, 80))


def metres_apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    east = math.radians(other[0] - one[0]) * math.cos(math.radians(one[1]))
    return 6_378_137 * math.hypot(east, math.radians(other[1] - one[1]))


# WGS-84, GCJ-02 and BD-09 of one place as PRCoords 1.0 gives them.
BY_PRCOORDS = [
    ((111.519, 36.0889), (111.525217820, 36.088776802), (111.531776255, 36.094531394)),
    ((110.67, 36.1), (110.675464820, 36.099821480), (110.681978832, 36.105722366)),
    ((111.37, 35.62), (111.376359169, 35.619940460), (111.382772645, 35.626154041)),
    ((116.4, 39.9), (116.406242785, 39.901403530), (116.412628029, 39.907733782)),
]


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), BY_PRCOORDS)
def test_the_shifts_are_those_of_the_public_maps(
    wgs84: tuple[float, float], gcj02: tuple[float, float], bd09: tuple[float, float]
) -> None:
    assert gcj02_of(Wgs84(*wgs84)) == pytest.approx(gcj02, abs=1e-8)
    assert bd09_of(gcj02_of(Wgs84(*wgs84))) == pytest.approx(bd09, abs=1e-8)


@given(near_linfen, st.sampled_from(Datum))
def test_a_place_comes_back_as_it_went_out(place: Wgs84, datum: Datum) -> None:
    moved = {
        Datum.wgs84: place,
        Datum.gcj02: gcj02_of(place),
        Datum.bd09: bd09_of(gcj02_of(place)),
    }[datum]

    assert metres_apart(to_wgs84(*moved, datum), place) < 0.004


@given(near_linfen, st.sampled_from(Datum))
def test_what_is_shown_is_right_to_a_tenth_of_a_metre(place: Wgs84, datum: Datum) -> None:
    assert metres_apart(to_wgs84(*shown(place, datum), datum), place) < 0.1


@given(near_linfen)
def test_the_datums_differ_by_hundreds_of_metres_in_linfen(place: Wgs84) -> None:
    assert 300 < metres_apart(place, gcj02_of(place)) < 900
    assert 700 < metres_apart(gcj02_of(place), bd09_of(gcj02_of(place))) < 1100


@given(abroad)
def test_outside_china_nothing_is_shifted(place: Wgs84) -> None:
    assert tuple(gcj02_of(place)) == tuple(place)
    assert to_wgs84(*place, Datum.gcj02) == place


def test_six_decimals_are_shown() -> None:
    assert shown(Wgs84(111.51912345678, 36.08891234567), Datum.wgs84) == (111.519123, 36.088912)


# ST_Transform(ST_SetSRID(ST_Point(lng, lat), 4326), 4546) of PostGIS 3.3.2 with PROJ 9.1.1.
# Over 10,000 points within 300 km the largest difference was 0.02 mm.
BY_POSTGIS = [
    ((111.519, 36.0889), (546742.5746, 3995531.7023)),
    ((110.4, 35.4), (445494.6480, 3919135.9230)),
    ((112.6, 37.0), (642423.8261, 4097707.9297)),
    ((111.0, 36.0), (500000.0000, 3985542.6703)),
    ((110.67, 36.1), (470283.5418, 3996689.0852)),
    ((111.37, 35.62), (533519.9491, 3943442.6216)),
    ((108.94, 34.34), (310433.9569, 3803298.9467)),
    ((114.3, 37.87), (790397.9425, 4198205.5785)),
]


@pytest.mark.parametrize(("place", "plane"), BY_POSTGIS)
def test_the_plane_is_that_of_the_database(place: tuple[float, float], plane: tuple[float, float]) -> None:
    assert math.dist(project(Wgs84(*place)), plane) < 0.0002


# ST_Distance of the two as geography. Over 20,000 pairs in Linfen the largest difference was 4 mm up to
# 100 km and 7 mm up to 260 km; plain planar distance is off by up to 54 m.
DISTANCES = [
    ((111.519, 36.0889), (111.5191, 36.0889), 9.0062),
    ((111.519, 36.0889), (111.37, 35.62), 53740.0646),
    ((112.6, 36.9), (112.5, 35.5), 155607.9017),
    ((110.4, 36.4), (112.7, 36.4), 206319.3045),
    ((110.4, 35.4), (112.6, 36.9), 258637.2952),
    ((111.519, 36.0889), (108.94, 34.34), 304586.4410),
]


@pytest.mark.parametrize(("one", "other", "metres"), DISTANCES)
def test_distances_are_true_to_the_ellipsoid(
    one: tuple[float, float], other: tuple[float, float], metres: float
) -> None:
    assert true_distance(*project(Wgs84(*one)), *project(Wgs84(*other))) == pytest.approx(metres, abs=0.02)


@given(near_linfen, near_linfen)
def test_distance_is_the_same_both_ways_and_in_sql(one: Wgs84, other: Wgs84) -> None:
    (x1, y1), (x2, y2) = project(one), project(other)
    there = true_distance(x1, y1, x2, y2)

    database = sqlite3.connect(":memory:")
    database.create_function("sqrt", 1, math.sqrt)
    query = f"SELECT {true_distance_sql('p.x1', 'p.y1', 'p.x2', 'p.y2')} "
    query += "FROM (SELECT ? AS x1, ? AS y1, ? AS x2, ? AS y2) p"
    in_sql = database.execute(query, (x1, y1, x2, y2)).fetchone()[0]
    database.close()

    assert in_sql == pytest.approx(there, abs=1e-6)
    assert true_distance(x2, y2, x1, y1) == pytest.approx(there, abs=1e-6)
