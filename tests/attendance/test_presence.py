"""Positions and codes, judged by pure functions."""

import math
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attendance.models import AttendanceKind
from app.attendance.presence import distance_m, instant_of, judge
from app.attendance.problems import TooEarly, TooLate
from app.attendance.site_codes import ALPHABET, LENGTH, code_for, grouped, step_of, tidied
from app.core.problems import Invalid
from app.geo.points import Wgs84, project, true_distance

lngs, lats = st.floats(-180, 180), st.floats(-90, 90)
points = st.builds(Wgs84, lngs, lats)
near = st.builds(Wgs84, st.floats(110.3, 112.6), st.floats(35.4, 37.0))
NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)


@given(points, points)
def test_any_two_points_have_a_distance_that_a_column_holds(one: Wgs84, other: Wgs84) -> None:
    away = distance_m(one, other)
    assert 0 <= round(away) < 2**31
    assert away == pytest.approx(distance_m(other, one), abs=1e-6)


@given(near, near)
def test_distances_in_the_city_are_true_to_three_in_a_thousand(one: Wgs84, other: Wgs84) -> None:
    truly = true_distance(*project(one), *project(other))
    assert distance_m(one, other) == pytest.approx(truly, rel=0.003, abs=0.1)


@given(st.floats(0, 2e7), st.integers(50, 5000), st.integers(0, 100_000))
def test_more_doubt_never_shuts_anyone_out(away: float, radius: int, accuracy: int) -> None:
    exact, vague = judge(away, radius, 0), judge(away, radius, accuracy)
    assert vague.there >= exact.there
    assert exact.there == (away <= radius)
    assert not vague.there or away <= radius + 1000
    assert vague.doubtful == (away > radius or accuracy > radius)


@given(st.integers(-400, 400), st.sampled_from([AttendanceKind.CHECK_IN, AttendanceKind.CHECK_OUT]))
def test_an_instant_is_taken_within_its_time_and_never_from_the_future(
    minutes: int, kind: AttendanceKind
) -> None:
    starts, ends = NOW - timedelta(hours=3), NOW + timedelta(hours=1)
    said = NOW + timedelta(minutes=minutes)
    try:
        at = instant_of(kind, said, NOW, starts, ends)
    except Invalid:
        assert said > NOW + timedelta(minutes=2)
    except TooEarly:
        assert said < starts - timedelta(hours=2)
    except TooLate:
        pytest.fail("it can't be too late before the end")
    else:
        assert at == min(said, NOW)
        assert starts - timedelta(hours=2) <= at <= NOW


@given(
    st.binary(min_size=32, max_size=32),
    st.uuids(),
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**62),
)
def test_a_code_reads_the_same_however_it_is_typed(key: bytes, job: UUID, seed: bytes, step: int) -> None:
    code = code_for(key, job, seed, step)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    typed = grouped(code).lower().replace("0", "o").replace("1", "l").replace("-", " - ")
    assert tidied(typed) == tidied(grouped(code)) == code
    assert code != code_for(key, job, seed, step + 1)
    assert code != code_for(key, job, seed, None)
    assert code != code_for(key, job, bytes(16) if seed != bytes(16) else b"1" * 16, step)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_step_lasts_half_a_minute(at: datetime) -> None:
    assert step_of(at + timedelta(seconds=30)) == step_of(at) + 1
    assert step_of(at) == math.floor(at.timestamp() / 30)
