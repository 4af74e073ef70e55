"""What staff read: by day, month, division, trade and key group, cut to their reach."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from app.core import clock
from app.stations.models import Role
from tests.engagements.hired import hired
from tests.statistics.city import count
from tests.world import HOUMA, Json, World, ok, refused, shift

PATH = "/admin/v1/statistics"


async def put(world: World, *rows: tuple[str, str, str, str, str, int]) -> None:
    """Put figures there: day, division, trade, key group, figure, value."""
    async with world.session() as session:
        for row in rows:
            await session.execute(
                text(
                    "INSERT INTO daily_figures (day, division, trade, key_group, figure, value)"
                    " SELECT CAST(CAST(:day AS text) AS date), :division, t, :group, :figure, :value"
                    " FROM (VALUES (:trade), ('*')) t(t)"
                    " ON CONFLICT (day, division, figure, trade, key_group)"
                    " DO UPDATE SET value = daily_figures.value + excluded.value"
                ),
                dict(zip(("day", "division", "trade", "group", "figure", "value"), row, strict=True)),
            )


@pytest.fixture
async def filled(world: World) -> World:
    await put(
        world,
        ("2026-10-30", "141002001", "0301", "", "taken_on", 4),
        ("2026-10-30", "141002001", "0301", "", "open_jobs", 9),
        ("2026-10-31", "141002001", "0301", "", "open_jobs", 7),
        ("2026-11-01", "141002001", "0301", "", "taken_on", 10),
        ("2026-11-01", "141002001", "0302", "", "taken_on", 5),
        ("2026-11-02", "141002002", "0301", "", "taken_on", 3),
        ("2026-11-02", "141002002", "0301", "", "fill_minutes", 33),
        ("2026-11-02", "141081001", "0301", "", "taken_on", 2),
        ("2026-11-02", "141081001", "0301", "disabled", "placements", 2),
        ("2026-11-03", "141081001", "0301", "", "open_jobs", 1),
        ("2026-11-05", "141002001", "0301", "", "open_jobs", 6),
        ("2026-11-05", "141081001", "0301", "", "open_jobs", 2),
    )
    return world


async def asked(world: World, division: str, query: str, role: Role = Role.CLERK) -> Json:
    staff = await world.staff(division, role)
    answer = ok(await staff.get(f"{PATH}?from=2026-10-01&until=2026-11-30&{query}"))
    return {one["key"]: one["figures"] for one in answer["items"]}


async def test_the_whole_and_its_parts(filled: World) -> None:
    assert await asked(filled, "1410", "figures=taken_on") == {"": {"taken_on": 24}}
    by_day = await asked(filled, "1410", "by=day&figures=taken_on")
    assert {key: one["taken_on"] for key, one in by_day.items()} == {
        "2026-10-30": 4,
        "2026-11-01": 15,
        "2026-11-02": 5,
    }
    by_month = await asked(filled, "1410", "by=month&figures=taken_on")
    assert {key: one["taken_on"] for key, one in by_month.items()} == {"2026-10": 4, "2026-11": 20}
    by_county = await asked(filled, "1410", "by=division&figures=taken_on")
    assert {key: one["taken_on"] for key, one in by_county.items()} == {"141002": 22, "141081": 2}
    townships = await asked(filled, "1410", "by=division&figures=taken_on&division=141002")
    assert {key: one["taken_on"] for key, one in townships.items()} == {"141002001": 19, "141002002": 3}
    by_trade = await asked(filled, "1410", "by=trade&figures=taken_on")
    assert {key: one["taken_on"] for key, one in by_trade.items()} == {"0301": 19, "0302": 5}
    assert await asked(filled, "1410", "by=key_group") == {"disabled": {"placements": 2}}


async def test_stocks_are_the_last_day_s_and_never_added_up(filled: World) -> None:
    assert (await asked(filled, "1410", "figures=open_jobs"))[""] == {"open_jobs": 8}
    months = await asked(filled, "1410", "by=month&figures=open_jobs")
    assert {key: one["open_jobs"] for key, one in months.items()} == {"2026-10": 7, "2026-11": 8}
    days = await asked(filled, "1410", "by=day&figures=open_jobs")
    assert days["2026-10-30"] == {"open_jobs": 9}
    # Of a county that was measured earlier alone nothing is left.
    async with filled.session() as session:
        await session.execute(
            text("DELETE FROM daily_figures WHERE day = '2026-11-05' AND division = '141081001'")
        )
    counties = await asked(filled, "1410", "by=division&figures=open_jobs")
    assert counties == {"141002": {"open_jobs": 6}}


async def test_each_sees_the_own_divisions_alone(filled: World) -> None:
    for role in Role:
        assert await asked(filled, "141081", "figures=taken_on", role) == {"": {"taken_on": 2}}
    assert await asked(filled, "141002002", "figures=taken_on") == {"": {"taken_on": 3}}
    houma = await filled.staff("141081")
    refused(await houma.get(f"{PATH}?division=141002"), 404, "not_found")
    refused(await houma.get(f"{PATH}?division=1410"), 404, "not_found")
    refused(await houma.get(f"{PATH}/report.xlsx?month=2026-11&division=1410"), 404, "not_found")
    ok(await houma.get(f"{PATH}?division=141081001"))
    refused(await filled.nobody.get(PATH), 401, "unauthenticated")


async def test_rates_are_reckoned_from_sums(filled: World) -> None:
    staff = await filled.staff("141002002")
    (one,) = ok(await staff.get(f"{PATH}?from=2026-11-01&until=2026-11-30"))["items"]
    assert one["rates"] == {"mean_fill_minutes": 11.0}
    assert one["name"] == "合计"


async def test_people_are_counted_once_over_any_span(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    here = await employer.posts_job(shifts=[shift(8), shift(8, days=2), shift(8, days=3)])
    there = await employer.posts_job(place=HOUMA, shifts=[shift(8, days=4)])
    ok(await worker.applies(here), 201)
    ok(await worker.applies(there), 201)
    await count(world)
    staff, today = await world.staff("1410"), clock.today()
    span = f"from={today}&until={today + timedelta(5)}"
    (whole,) = ok(await staff.get(f"{PATH}?{span}"))["items"]
    assert (whole["active_workers"], whole["active_employers"], whole["placed_people"]) == (1, 1, 0)
    parts = ok(await staff.get(f"{PATH}?{span}&by=division"))["items"]
    assert [(one["key"], one["name"], one["active_workers"]) for one in parts] == [
        ("141002", "尧都区", 1),
        ("141081", "侯马市", 1),
    ]
    days = ok(await staff.get(f"{PATH}?{span}&by=day"))["items"]
    assert sum(one["active_workers"] for one in days) == 5
    (trade,) = ok(await staff.get(f"{PATH}?{span}&by=trade&figures=taken_on"))["items"]
    assert trade["active_workers"] is None


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-11-02&until=2026-11-01",
        "from=2020-01-01&until=2026-01-01",
        "from=1999-01-01",
        "until=9999-12-31",
        "division=1411",
        "by=hour",
        "figures=nonsense",
    ],
)
async def test_what_can_t_be_asked_is_refused(world: World, query: str) -> None:
    refused(await (await world.staff()).get(f"{PATH}?{query}"), 422, "invalid")


async def test_every_figure_is_explained(world: World) -> None:
    items = ok(await (await world.staff(role=Role.AUDITOR)).get(f"{PATH}/figures"))["items"]
    assert len(items) > 35
    assert all(one["name"] and one["counted"] for one in items)


async def test_a_division_that_is_not_there_has_no_report(world: World) -> None:
    auditor = await world.staff("1410", Role.AUDITOR)
    for code in ("141099", "141002999"):
        answer = await auditor.get(f"{PATH}/report.xlsx?month=2026-11&division={code}")
        refused(answer, 404, "not_found")


async def test_the_monthly_report_can_be_read_back(filled: World) -> None:
    one = await hired(filled, title="=1+1")
    await count(filled)
    assert one
    staff = await filled.staff("1410", Role.AUDITOR)
    answer = await staff.get(f"{PATH}/report.xlsx?month=2026-11")
    assert answer.status_code == 200, answer.text
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert book.sheet_names == ["总览", "按区划", "按工种", "重点群体", "工资与争议", "逐日", "口径"]
    overview: dict[Any, list[Any]] = {
        row[0]: list(row[1:]) for row in book.get_sheet_by_name("总览").to_python()
    }
    assert "2026 年 11 月零工市场统计月报" in next(iter(overview))
    taken_on = overview["录用(人次)"]
    assert taken_on[1] == 4
    assert taken_on[0] >= 20
    counties = {row[0]: row for row in book.get_sheet_by_name("按区划").to_python()}
    assert {"尧都区", "侯马市"} <= set(counties)
    assert "残疾人" in {row[0] for row in book.get_sheet_by_name("重点群体").to_python()}
    assert await filled.count("ledger", "action = 'statistics.report'") == 1
    refused(await staff.get(f"{PATH}/report.xlsx?month=2026-13"), 422, "invalid")
    for month in ("2000-01", "2199-12"):
        assert (await staff.get(f"{PATH}/report.xlsx?month={month}")).status_code == 200
