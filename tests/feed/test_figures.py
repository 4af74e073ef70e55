"""The figures that go up, by period and division."""

from datetime import date, timedelta

import pytest

from app.core import clock
from app.feed.periods import period_of
from app.statistics.figures import Figure
from app.sync.models import Scope
from tests.inbound.asked import asked
from tests.statistics.city import count
from tests.statistics.test_reading import put
from tests.world import Json, Province, World, ok, refused

PATH = "/sync/v1/figures"


@pytest.fixture
async def province(world: World) -> Province:
    await put(
        world,
        ("2025-09-30", "141002001", "0301", "", "placements", 100),
        ("2025-10-01", "141002001", "0301", "", "placements", 10),
        ("2025-10-01", "141002001", "0301", "", "places_offered", 20),
        ("2025-10-01", "141002001", "0301", "", "places_filled", 15),
        ("2025-11-05", "141002002", "0302", "", "placements", 3),
        ("2025-11-05", "141081001", "0301", "", "applications", 7),
        ("2025-11-05", "141081001", "0301", "", "open_jobs", 9),
        ("2025-12-31", "141081001", "0301", "", "open_jobs", 4),
        ("2025-12-31", "141002001", "0301", "disabled", "placements", 4),
        ("2025-12-31", "141002001", "0301", "veteran", "placements", 5),
        ("2025-12-31", "141002001", "", "", "fairs_held", 2),
        ("2026-01-01", "141002001", "0301", "", "placements", 1000),
    )
    return await world.province(Scope.READ_FIGURES)


async def read(province: Province, period: str, **given: str) -> Json:
    found: Json = ok(await province.get(PATH, params={"period": period} | given))
    return found


async def test_a_quarter_of_the_city_and_its_parts(province: Province) -> None:
    told = await read(province, "2025-Q4")
    assert (told["first_day"], told["last_day"], told["complete"]) == ("2025-10-01", "2025-12-31", True)
    assert (told["division"], told["name"]) == ("1410", "临汾市")
    figures = told["figures"]
    assert (figures["placements"], figures["places_offered"], figures["open_jobs"]) == (13, 20, 4)
    assert figures["no_shows"] == 0, "a flow of nothing is said, too"
    assert set(Figure) - set(figures) == {
        "open_places", "places_short", "overdue_standing", "overdue_standing_fen", "disputes_live"
    }, "what was never measured is not said"  # fmt: skip
    assert told["rates"]["fill_percent"] == 75.0
    assert told["market"]["placements"] == 13
    assert told["market"]["vacancies_per_seeker"] is None
    assert told["fairs"]["held"] == 2
    parts = {one["division"]: one["figures"]["placements"] for one in told["by_division"]}
    assert parts == {"141002": 13, "141081": 0}
    trades = {
        one["trade"]: (one["applications"], one["vacancies"], one["placements"]) for one in told["by_trade"]
    }
    assert trades == {"0301": (7, 20, 10), "0302": (0, 0, 3)}


async def test_days_months_and_years(province: Province) -> None:
    for period, placements in (("2025-11-05", 3), ("2025-10", 10), ("2025-Q3", 100), ("2025", 113)):
        assert (await read(province, period))["figures"]["placements"] == placements, period
    running = await read(province, str(clock.today().year))
    assert not running["complete"]
    assert (await read(province, clock.today().isoformat()))["by_key_group"] is None


async def test_a_county_and_a_township(province: Province) -> None:
    county = await read(province, "2025", division="141002")
    assert [one["division"] for one in county["by_division"]] == ["141002001", "141002002"]
    assert county["figures"]["placements"] == 113
    township = await read(province, "2025", division="141002002")
    assert township["figures"]["placements"] == 3
    assert (township["by_division"], township["by_key_group"]) == ([], None)


async def test_small_counts_of_key_groups_are_not_said(province: Province) -> None:
    groups = {one["key_group"]: one["placements"] for one in (await read(province, "2025"))["by_key_group"]}
    assert (groups["disabled"], groups["veteran"], groups["youth"]) == (None, 5, 0)


async def test_what_is_refused(world: World, province: Province) -> None:
    ahead = (clock.today() + timedelta(days=1)).isoformat()
    for period in ("2025-02-30", "2025-13", "2025-Q5", "25", "2025-1", "2025-Q4x", "", ahead, "2099"):
        refused(await province.get(PATH, params={"period": period}), 422, "invalid")
    refused(await province.get(PATH), 422, "invalid")
    for division in ("14", "141099", "1411", "141002999", "x"):
        refused(await province.get(PATH, params={"period": "2025", "division": division}), 422, "invalid")
    others = await world.province(*(set(Scope) - {Scope.READ_FIGURES}))
    refused(await others.get(PATH, params={"period": "2025"}), 403, "insufficient_scope")


async def test_what_the_province_offers_is_not_told_to_it_as_ours(world: World) -> None:
    case = await asked(world)
    ok(await case.says("accepted"))
    await count(world)
    told = (await read(await world.province(), str(clock.today().year)))["figures"]
    assert (told["applications"], told["taken_on"]) == (1, 1), "our people are ours"
    assert told["employers_registered"] + told["jobs_published"] + told["places_offered"] == 0


def test_periods_end_where_the_calendar_says() -> None:
    assert period_of("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert period_of("2026-Q1") == (date(2026, 1, 1), date(2026, 3, 31))
    assert period_of("2026-Q4") == (date(2026, 10, 1), date(2026, 12, 31))
    assert period_of("2026-12") == (date(2026, 12, 1), date(2026, 12, 31))
    assert period_of("2026") == (date(2026, 1, 1), date(2026, 12, 31))
    assert period_of("2026-11-23") == (date(2026, 11, 23), date(2026, 11, 23))
