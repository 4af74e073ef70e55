"""What a newcomer finds of fairs: some behind with replays, one on, six weeks ahead."""

import asyncio
import json
import re
import shutil
from contextlib import closing
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from rich.console import Console

from app.core import clock
from app.core.contract import Audience
from app.core.settings import Settings
from app.fairs import contacts
from app.jobs import wording
from app.streams import recordings
from scripts.demo import handout
from scripts.demo.fairs_audience import ASKED, WAITS
from scripts.demo.fairs_plan import AHEAD, PAST
from scripts.demo.filming import KEY
from scripts.demo.trying import Trial
from tests.contracts.clients import Generated
from tests.demo.conftest import Loaded, on_duty
from tests.processes import serving
from tests.world import World, ok


async def test_fairs_were_held_one_is_on_and_six_weeks_lie_ahead(loaded: Loaded, city: World) -> None:
    manager = await on_duty(city, loaded, "manager-1410")
    on = ok(await city.nobody.get("/v1/fairs?state=live"))["items"]
    over = ok(await city.nobody.get("/v1/fairs?state=ended"))["items"]
    planned = ok(await manager.get("/admin/v1/fairs?state=planned"))["items"]
    soon = ok(await city.nobody.get("/v1/fairs?state=bookable"))["items"]

    assert len(on) == 1
    assert len(over) == 6
    assert {one["mode"] for one in over} == {"online", "hall", "both"}
    assert {"1410", "141002", "141024", "141081"} == {one["division"] for one in over}
    assert _at(over[-1]) > clock.now() - timedelta(days=57)
    assert {_at(one).date() - clock.today() > timedelta(days=34) for one in planned} == {True, False}
    assert timedelta(0) < _at(soon[0]) - clock.now() < timedelta(hours=1)
    for ahead in (soon, over, on):
        assert (await city.nobody.get(ahead[0]["cover"])).headers["content-type"] == "image/jpeg"


async def test_weeks_ahead_and_behind_are_each_somebodys(loaded: Loaded) -> None:
    for n in range(7):
        day = loaded.today + timedelta(days=n)
        behind, ahead = [one.starts_at(day) for one in PAST], [one.starts_at(day) for one in AHEAD]
        assert all(day - timedelta(days=57) < at < day - timedelta(hours=3) for at in behind)
        assert all(day + timedelta(days=1) <= at < day + timedelta(weeks=6, days=2) for at in ahead)
        assert {(at - day).days // 7 for at in ahead} >= set(range(6))


async def test_who_is_on_has_a_job_on_show_and_answers(loaded: Loaded, city: World) -> None:
    on = ok(await city.nobody.get("/v1/fairs?state=live"))["items"][0]
    fair = ok(await city.nobody.get(f"/v1/fairs/{on['id']}"))
    jobs = ok(await city.nobody.get(f"/v1/fairs/{on['id']}/jobs"))["items"]

    assert timedelta(0) < clock.now() - _at(fair) < timedelta(hours=1)
    assert fair["play"]["platform"] == "douyin"
    assert fair["play"]["addresses"]
    shown = [job for job in jobs if job["mark_id"]]
    assert 2 <= len(shown) < len(jobs)
    assert all(job["open"] and job["job"] for job in jobs)
    states = await loaded.connection.fetch(
        "SELECT DISTINCT q.state FROM fair_questions q JOIN fairs f ON f.id = q.fair_id"
        " WHERE f.state = 'live'"
    )
    assert {row["state"] for row in states} == {"answered", "hidden", "asked"}


async def test_what_came_of_a_fair_goes_down_step_by_step(loaded: Loaded, city: World) -> None:
    manager = await on_duty(city, loaded, "manager-141002")
    over = ok(await manager.get("/admin/v1/fairs?state=ended"))["items"]
    figures = ok(await manager.get(f"/admin/v1/fairs/{over[0]['id']}/statistics"))
    ahead = ok(await manager.get("/admin/v1/fairs?state=bookable"))["items"][-1]

    steps = figures["funnel"]
    assert steps["viewers"] > steps["applications"] > 5
    assert steps["applications"] >= steps["hires"] >= steps["started"] >= steps["paid"]
    assert steps["hires"] > 0
    assert 0 < steps["conversion_percent"] < 10
    assert sum(booth["funnel"]["applications"] for booth in figures["booths"]) == steps["applications"]
    assert sum(booth["funnel"]["opens"] for booth in figures["booths"]) == steps["opens"] > 0
    assert ok(await manager.get(f"/admin/v1/fairs/{ahead['id']}/suggestions"))["items"]
    paid = "applications a JOIN engagements e ON e.application_id = a.id AND e.state = 'paid'"
    assert await loaded.count(f"{paid} WHERE a.fair_id IS NOT NULL") > 5


async def test_who_applied_from_a_mark_did_so_after_it(loaded: Loaded) -> None:
    asked = "applications a JOIN fairs f ON f.id = a.fair_id LEFT JOIN fair_marks m ON m.id = a.mark_id"
    assert await loaded.count(f"{asked} WHERE m.id IS NOT NULL") > 40
    assert await loaded.count(f"{asked} WHERE a.mark_id IS NOT NULL AND m.id IS NULL") == 0
    wrong = "a.created_at < m.at OR a.created_at < f.live_at OR m.job_id <> a.job_id OR m.fair_id <> f.id"
    assert await loaded.count(f"{asked} WHERE {wrong}") == 0
    there = "fair_jobs j WHERE j.fair_id = a.fair_id AND j.job_id = a.job_id"
    assert await loaded.count(f"{asked} WHERE f.id IS NOT NULL AND NOT EXISTS (SELECT FROM {there})") == 0
    unseen = (
        "NOT EXISTS (SELECT FROM fair_viewers v WHERE v.fair_id = a.fair_id AND v.account_id = a.worker_id)"
    )
    assert await loaded.count(f"{asked} WHERE f.stream_id IS NOT NULL AND {unseen}") == 0
    assert await loaded.count("fair_viewers WHERE greatest(live_at, replay_at) > now()") == 0
    early = "fair_opens o JOIN fair_marks m ON m.id = o.mark_id WHERE o.at < m.at OR o.at > now()"
    assert await loaded.count(early) == 0


async def test_jobs_were_open_and_shown_within_their_booths(loaded: Loaded) -> None:
    shown = (
        "fair_jobs s JOIN fair_booths b ON b.id = s.booth_id JOIN jobs j ON j.id = s.job_id"
        " JOIN fairs f ON f.id = s.fair_id"
    )
    assert await loaded.count(shown) > 60
    assert await loaded.count(f"{shown} WHERE j.employer_id <> b.employer_id OR b.fair_id <> f.id") == 0
    assert await loaded.count(f"{shown} WHERE j.published_at > f.starts_at OR j.valid_until < f.ends_at") == 0
    outside = "s.planned_at < b.starts_at OR s.planned_at >= b.ends_at"
    assert await loaded.count(f"{shown} WHERE {outside}") == 0
    assert await loaded.count(f"{shown} WHERE f.state IN ('live', 'bookable') AND j.state <> 'open'") == 0
    beyond = "fair_booths b JOIN fairs f ON f.id = b.fair_id WHERE NOT tstzrange(f.starts_at, f.ends_at)"
    assert await loaded.count(f"{beyond} @> tstzrange(b.starts_at, b.ends_at)") == 0
    numbers = "(SELECT count(*) FROM fair_feed t WHERE t.fair_id = f.id)"
    assert await loaded.count(f"fairs f WHERE told <> {numbers}") == 0


async def test_replays_show_each_job_from_its_minute(loaded: Loaded, city: World) -> None:
    over = ok(await city.nobody.get("/v1/fairs?state=ended"))["items"]
    replays = [ok(await city.nobody.get(f"/v1/fairs/{one['id']}"))["replay"] for one in over]
    recorded = [one for one in replays if one and one["parts"]]

    assert any(one and one["link"] for one in replays)  # of the outside room
    if not (shutil.which("ffmpeg") and shutil.which("ffprobe")):
        assert recorded == []
        pytest.skip("no ffmpeg here: the fairs have no replays, and are there all the same")
    assert len(recorded) == 4
    for one in recorded:
        length = sum(part["duration_s"] for part in one["parts"])
        assert len(one["marks"]) >= 3
        assert all(0 < mark["at_s"] < length for mark in one["marks"])
        assert all(f"#t={mark['at_s']}" in mark["url"] for mark in one["marks"])
    url = recorded[0]["parts"][0]["url"]
    part = await city.nobody.get(url, headers={"Range": "bytes=4-11"})
    assert part.status_code == 206
    assert part.content.startswith(b"ftyp")
    film = loaded.settings.local_dir / "files" / KEY
    assert abs(await recordings.length_ms(film) - length * 1000) < 1_000
    assert film.stat().st_size < 300_000


async def test_the_calendar_has_them_and_the_one_that_was_cancelled(loaded: Loaded, city: World) -> None:
    calendar = Calendar.from_ical((await city.nobody.get("/v1/fairs.ics?division=1410")).content)

    states = [str(event["STATUS"]) for event in calendar.walk("VEVENT")]
    assert states.count("CANCELLED") == 1
    assert states.count("CONFIRMED") > 12
    reserved = "fair_reservations r JOIN fairs f ON f.id = r.fair_id WHERE f.state = 'cancelled'"
    told = "SELECT FROM notifications n WHERE n.kind = 'fair_cancelled' AND n.account_id = r.account_id"
    assert await loaded.count(reserved) >= 15
    assert await loaded.count(f"{reserved} AND NOT EXISTS ({told})") == 0


async def test_what_is_asked_and_answered_would_pass() -> None:
    questions, answers = [*(one for one, _ in ASKED), WAITS], [one for _, one in ASKED]

    assert wording.find({f"/{n}": text for n, text in enumerate(answers)}) == []
    assert not any(contacts.stand_in(text) for text in questions + answers)


async def test_the_figures_count_fairs(loaded: Loaded) -> None:
    rows = await loaded.connection.fetch(
        "SELECT figure, sum(value) AS value FROM daily_figures"
        " WHERE figure LIKE 'fair%' AND trade = '*' AND key_group = '' GROUP BY figure"
    )
    figures = {row["figure"]: row["value"] for row in rows}

    assert figures["fairs_held"] == len(PAST) + 1
    for name in ("fair_viewers", "fair_reservations", "fair_applications", "fair_hires"):
        assert figures[name] > 0, name


async def test_a_client_of_the_contract_lists_them(loaded: Loaded, tmp_path: Path) -> None:
    async with serving(loaded.settings) as api:
        await asyncio.to_thread(_list, tmp_path, api.address)


def _list(folder: Path, address: str) -> None:
    with closing(Generated(Audience.MOBILE, folder, address)) as mobile:
        page = mobile.caller()("list_fairs", limit=2)
        assert len(page.items) == 2
        assert mobile.caller()("read_fair", page.items[0].id).booths


async def test_what_make_run_proposes_to_try_works(morning: Loaded, tmp_path: Path) -> None:
    async with serving(morning.settings) as api:
        handed = handout.read(morning.settings) or {}
        (tmp_path / "demo.json").write_text(json.dumps(handed | {"base_url": api.address}))
        settings = morning.settings.model_copy(update={"local_dir": tmp_path})
        said = Console(record=True, quiet=False, file=StringIO(), width=10_000)
        await asyncio.to_thread(_try, settings, said)
    told = said.export_text()
    assert "尧都区直播带岗·正在直播" in told
    assert re.search(r"make live ARGS=\"--test-picture 'rtmp://[^']+\?key=[^']+'\"", told)


def _try(settings: Settings, console: Console) -> None:
    with Trial(settings, console) as trial:
        trial.fair()
        trial.live()


def _at(fair: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(fair["starts_at"])
