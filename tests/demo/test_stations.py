"""The demo city's stations are at work: who is sent, told and helped, what waits, what is counted."""

# ruff: noqa: S608 - statements are put together from the words in this file alone

from datetime import date, timedelta
from typing import Any

import asyncpg

from app.audit.verifying import verify
from app.core import clock
from app.core.db import Database
from app.core.keyring import unseal
from app.statistics.counting import count_anew
from app.statistics.figures import STOCKS
from scripts.demo import handout
from tests.demo.conftest import Loaded, on_duty
from tests.world import World, ok

FIGURES = "SELECT day, division, figure, trade, key_group, value FROM daily_figures WHERE figure <> ALL($1)"
ACTIVE = "SELECT day, division, part, person_id FROM active_days"


async def test_places_kept_are_those_of_live_referrals(loaded: Loaded) -> None:
    kept = "(SELECT count(*) FROM kept_places k WHERE k.shift_id = s.id)"

    assert await loaded.count("kept_places") > 20
    assert await loaded.count(f"shifts s WHERE s.reserved <> {kept}") == 0
    assert await loaded.count("shifts WHERE reserved > 0 AND waiting > 0") == 0
    alone = "referrals r WHERE r.worker_id = k.worker_id AND r.shift_id = k.shift_id AND r.state = 'sent'"
    assert await loaded.count(f"kept_places k WHERE NOT EXISTS (SELECT FROM {alone})") == 0
    assert await loaded.count("referrals WHERE state = 'sent'") == await loaded.count("kept_places")
    midnight = clock.start_of(clock.today()) + timedelta(days=1)
    late = await loaded.connection.fetchval("SELECT count(*) FROM kept_places WHERE until < $1", midnight)
    assert late == 0


async def test_referrals_are_what_happened(loaded: Loaded) -> None:
    sent = "referrals r JOIN workers w ON w.id = r.worker_id JOIN jobs j ON j.id = r.job_id"

    assert await loaded.count("referrals WHERE state = 'hired'") > 30
    assert (
        await loaded.count(
            "referrals r JOIN engagements e ON e.id = r.engagement_id WHERE r.state = 'hired'"
            " AND (e.worker_id, e.shift_id) <> (r.worker_id, r.shift_id)"
        )
        == 0
    )
    assert await loaded.count(f"{sent} WHERE NOT starts_with(w.division, r.division)") == 0
    assert await loaded.count(f"{sent} WHERE j.county_code <> left(r.division, 6)") == 0
    assert await loaded.count(f"{sent} WHERE r.sent_at < j.published_at OR r.sent_at < w.verified_at") == 0
    assert await loaded.count("referrals WHERE changed_at < sent_at OR kept_until < sent_at") == 0
    beyond = (
        "referral_quotas q WHERE monthly < (SELECT count(*) FROM referrals r WHERE r.staff_id = q.staff_id"
        " AND r.sent_at >= date_trunc('month', now(), 'Asia/Shanghai'))"
    )
    assert await loaded.count("referral_quotas") == 10
    assert await loaded.count(beyond) == 0


async def test_who_has_no_phone_is_reached_through_a_station(loaded: Loaded) -> None:
    without = "accounts a WHERE a.phone_index IS NULL"
    reached = "reached_through_stations r WHERE r.id = a.id"

    assert await loaded.count(without) == await loaded.count("reached_through_stations") == 60
    assert await loaded.count(f"{without} AND NOT EXISTS (SELECT FROM {reached})") == 0
    signed = "assistances s WHERE s.account_id = a.id AND s.consent = 'sheet' AND s.ended_at IS NOT NULL"
    assert await loaded.count(f"{without} AND NOT EXISTS (SELECT FROM {signed})") == 0
    with_one = "JOIN accounts a ON a.id = x.account_id AND a.phone_index IS NOT NULL"
    assert await loaded.count(f"errands x {with_one}") == 0
    assert await loaded.count(f"assistances x {with_one}") == 0
    stations = await loaded.connection.fetch(
        "SELECT station_id, count(*) FROM errands WHERE done_at IS NULL GROUP BY 1"
    )
    assert len(stations) == 4
    taken = (
        "engagements e JOIN accounts a ON a.id = e.worker_id JOIN applications p ON p.id = e.application_id"
        " WHERE a.phone_index IS NULL"
    )
    deed = "ledger l WHERE l.action = 'assist.apply_for_job' AND l.object_id = a.id AND l.at = p.created_at"
    assert await loaded.count(taken) > 40
    assert await loaded.count(f"{taken} AND NOT EXISTS (SELECT FROM {deed})") == 0
    told = (
        "notifications n JOIN accounts a ON a.id = n.account_id WHERE a.phone_index IS NULL"
        " AND n.kind IN ('referred', 'taken_on', 'pay_reported')"
        " AND NOT EXISTS (SELECT FROM errands e WHERE (e.account_id, e.kind, e.key, e.text)"
        " = (n.account_id, n.kind, n.key, n.text))"
    )
    assert await loaded.count(told) == 0


async def test_what_stations_keep_sealed_opens(loaded: Loaded) -> None:
    for table, column in (("reached_through_stations", "contact"), ("errands", "how")):
        row = await loaded.connection.fetchrow(
            f"SELECT id, {column}_sealed AS blob FROM {table} WHERE {column}_sealed IS NOT NULL LIMIT 1"
        )
        assert unseal(row["blob"], f"{table}/{column}/{row['id']}")


async def test_the_ledger_is_whole(loaded: Loaded) -> None:
    async with loaded.database.transaction(read_only=True) as session:
        found = await verify(session)

    assert found.first_broken is None
    # What was chained while the city was loaded; others in this run may have added to it.
    assert found.checked >= 10_000
    unchecked = "workers w WHERE identity_checked_at IS NOT NULL AND NOT EXISTS (SELECT FROM ledger l"
    assert await loaded.count(f"{unchecked} WHERE l.object_id = w.id AND l.action LIKE 'worker.id%')") == 0


async def test_every_day_counted_again_gives_the_same(loaded: Loaded) -> None:
    connection = loaded.connection
    days = [row["day"] for row in await connection.fetch("SELECT DISTINCT day FROM daily_figures")]
    assert len(days) > 300
    some = [one for one in days if one >= clock.today() - timedelta(days=20)] + sorted(days)[::25]
    before = await _counted(connection, some)
    database = Database(loaded.settings.driver_url, 2)

    async with database.transaction() as session:
        for day in some:
            await count_anew(session, day)

    await database.close()
    assert await _counted(connection, some) == before
    assert await loaded.count("dirty_days") == 0
    assert await loaded.count("daily_figures WHERE figure = 'placements' AND value > 0") > 500
    assert await loaded.count("daily_figures WHERE figure = 'referral_hires' AND value > 0") > 10
    assert await loaded.count("daily_figures WHERE figure = 'open_jobs'") > 100


async def _counted(connection: "asyncpg.Connection[Any]", days: list[date]) -> set[Any]:
    stocks = [figure.value for figure in STOCKS]
    figures = await connection.fetch(f"{FIGURES} AND day = ANY($2)", stocks, days)
    active = await connection.fetch(f"{ACTIVE} WHERE day = ANY($1)", days)
    return {tuple(row) for row in (*figures, *active)}


async def test_staff_find_their_morning_s_work(loaded: Loaded, city: World) -> None:
    reviewer, clerk, zone, market, manager, auditor = [
        await on_duty(city, loaded, name)
        for name in (
            "reviewer-141024",
            "clerk-141002101",
            "reviewer-141002400",
            "clerk-141002007",
            "manager-141002",
            "auditor-141002",
        )
    ]

    for who, path in (
        (manager, "/admin/v1/queues/employers"),
        (manager, "/admin/v1/queues/real_names"),
        (manager, "/admin/v1/queues/jobs"),
        (manager, "/admin/v1/queues/certificates"),
        (manager, "/admin/v1/queues/disputes"),
        (manager, "/admin/v1/queues/overdue_pay"),
        (manager, "/admin/v1/queues/jobs?held=others"),
        (manager, "/admin/v1/queues/real_names?held=others"),
        (reviewer, "/admin/v1/queues/real_names"),
        (zone, "/admin/v1/employers"),
        (zone, "/admin/v1/jobs"),
        (zone, "/admin/v1/workers"),
        (zone, "/admin/v1/referrals"),
        (clerk, "/admin/v1/errands"),
        (clerk, "/admin/v1/assistances"),
        (clerk, "/admin/v1/workers?without_phone=true"),
        (clerk, "/admin/v1/referrals?state=sent"),
        (clerk, "/admin/v1/referrals/to-help"),
        (market, "/admin/v1/referrals?mine=true"),
        (manager, "/admin/v1/referrals/quotas"),
        (manager, "/admin/v1/notices"),
        (manager, "/admin/v1/statistics/warnings"),
        (manager, "/admin/v1/alerts"),
        (auditor, "/admin/v1/ledger?action=assistance"),
        (auditor, "/admin/v1/ledger?action=case"),
        (city.nobody, "/v1/notices?division=141002"),
    ):
        assert ok(await who.get(path))["items"], path
    ok(await clerk.get("/admin/v1/queues"))
    sheets = ok(await clerk.get("/admin/v1/assistances"))["items"]
    assert {one["consent"] for one in sheets} == {"sheet"}
    why = {"reason": "核对签名"}
    shown = await clerk.post(f"/admin/v1/assistances/{sheets[0]['id']}/sheet", why)
    assert shown.status_code == 200
    assert shown.content
    limits = ok(await manager.get("/admin/v1/statistics/thresholds"))["items"]
    assert any(one["own"] for one in limits)
    targets = ok(await auditor.get(f"/admin/v1/targets/{clock.today().year}"))
    assert {one["division"] for one in targets["items"] if one["value"]} >= {"1410", "141002", "141024"}
    assert ok(await city.nobody.get("/v1/statistics"))["last_30_days"]


async def test_who_stands_at_the_counter_is_found_by_a_part_of_the_name(loaded: Loaded, city: World) -> None:
    clerk = await on_duty(city, loaded, "clerk-141081200")
    handed = handout.read(loaded.settings) or {}
    one = next(someone for someone in handed["without_phone"] if someone["division"] == "141081200")
    sealed = await loaded.connection.fetchval(
        "SELECT name_sealed FROM workers WHERE id = $1::text::uuid", one["worker_id"]
    )
    name = unseal(sealed, f"workers/name/{one['worker_id']}")

    found = ok(await clerk.post("/admin/v1/workers/search", {"name": name[:2]}))["items"]

    assert one["worker_id"] in {worker["id"] for worker in found}


async def test_the_boards_of_the_stations_show_what_is_open(loaded: Loaded, city: World) -> None:
    handed = handout.read(loaded.settings) or {}
    for station in handed["stations"]:
        page = await city.nobody.get(station["board"].removeprefix(loaded.settings.reached_at))
        assert page.status_code == 200
        shown = ok(await city.nobody.get(f"/admin/v1/board/{station['station_id']}"))
        if station["kind"] != "market":
            assert shown["jobs"] > 0, station["name"]
