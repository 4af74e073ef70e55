"""The demo city keeps the market's own rules, is the same each time, and is loaded once."""

# ruff: noqa: S608 - statements are put together from the words in this file alone

import json
import stat
import time
from datetime import timedelta
from typing import Any

import pyotp
from sqlalchemy import event
from stdnum.cn import uscc

from app.access.actions import sign_in
from app.core import clock
from app.core.keyring import unseal
from app.core.types import Base
from app.counter.models import Errand
from app.employers.models import Employer
from app.engagements.agreement import hash_of
from app.engagements.models import Choice, Terms
from app.identity import id_numbers
from app.identity.phones import normalised
from app.jobs import wording
from app.jobs.models import Job, Shift
from app.notices.models import Notice
from app.referrals.models import Referral
from app.stations.models import Role
from app.workers.models import Worker
from scripts.demo import city, handout
from scripts.demo.chance import SEED, Chance
from scripts.demo.reference import read
from tests.demo.conftest import SILENT, Loaded

_COMPARED: dict[type[Base], tuple[str, ...]] = {
    Worker: ("id", "name_shown", "division", "birth_date", "home_address"),
    Employer: ("id", "name", "uscc", "verified_until", "hires"),
    Job: ("id", "title", "description", "searched", "valid_until", "version"),
    Shift: ("id", "starts_at", "headcount", "hired", "waiting"),
    Choice: ("id", "shift_id", "worker_id", "state"),
    Terms: ("id", "hash", "agreed_at"),
    Referral: ("id", "state", "kept_until", "changed_at"),
    Errand: ("id", "text", "done_at"),
    Notice: ("id", "title", "state"),
}


async def test_it_has_the_size_that_was_promised(loaded: Loaded) -> None:
    counted = {
        name: await loaded.count(name)
        for name in (
            "workers",
            "employers",
            "jobs",
            "listings",
            "jobs WHERE state = 'open'",
            "workers WHERE verified_at IS NOT NULL",
            "employers WHERE state = 'verified'",
            "stations WHERE kind = 'township'",
            "divisions WHERE level = 'county'",
        )
    }

    assert list(counted.values()) == [5_000, 200, 4_000, 1_200, 1_200, 4_600, 185, 158, 17], counted
    assert loaded.cpu_s < 25  # of 30 s in all; not by the clock, other tests run beside this one


async def test_open_jobs_begin_within_the_next_fourteen_days(loaded: Loaded) -> None:
    midnight = clock.start_of(clock.today())
    outside = await loaded.connection.fetchval(
        "SELECT count(*) FROM shifts s JOIN jobs j ON j.id = s.job_id WHERE j.state = 'open'"
        " AND NOT (s.starts_at >= $1 AND s.starts_at < $2)",
        midnight + timedelta(days=1),
        midnight + timedelta(days=15),
    )

    assert outside == 0
    assert await loaded.count("shifts WHERE waiting > 0 AND hired = headcount") > 50
    assert await loaded.count("shifts WHERE waiting > 0 AND hired < headcount") == 0
    assert await loaded.count("jobs WHERE published_at > now() OR created_at > now()") == 0


async def test_every_place_lies_in_its_county_and_nearest_to_its_township(loaded: Loaded) -> None:
    for table, column in {"jobs": "point", "employers": "place", "workers": "home"}.items():
        astray = await loaded.count(
            f"{table} t JOIN divisions c ON c.code = left(t.division, 6)"
            f" WHERE NOT ST_Covers(c.boundary::geometry, t.{column}::geometry)"
        )
        zoned = (
            "divisions z WHERE z.code = '141002400'"
            f" AND ST_Covers(z.boundary::geometry, t.{column}::geometry)"
        )
        assert await loaded.count(f"{table} t WHERE t.division = '141002400'") > 5
        astray_there = await loaded.count(
            f"{table} t WHERE (t.division = '141002400') <> EXISTS (SELECT FROM {zoned})"
        )
        assert astray_there == 0, table
        elsewhere = await loaded.count(
            f"{table} t WHERE t.division <> '141002400' AND t.division <> (SELECT d.code FROM divisions d"
            f" WHERE d.parent_code = left(t.division, 6) AND d.level = 'township'"
            f" ORDER BY ST_Distance(d.seat, t.{column}), d.code LIMIT 1)"
        )
        assert (astray, elsewhere) == (0, 0), table


async def test_counts_on_shifts_and_employers_are_those_of_the_engagements(loaded: Loaded) -> None:
    assert await loaded.count("engagements") > 5_000
    assert (
        await loaded.count(
            "shifts s WHERE hired <> (SELECT count(*) FROM engagements e"
            " WHERE e.shift_id = s.id AND e.state <> 'cancelled')"
        )
        == 0
    )
    assert (
        await loaded.count(
            "shifts s WHERE waiting <> (SELECT count(*) FROM application_shifts c"
            " WHERE c.shift_id = s.id AND c.state = 'waitlisted')"
        )
        == 0
    )
    assert (
        await loaded.count(
            "employers e WHERE hires <> (SELECT count(*) FROM engagements g WHERE g.employer_id = e.id)"
        )
        == 0
    )


async def test_nobody_works_who_may_not(loaded: Loaded) -> None:
    engaged = (
        "engagements e JOIN workers w ON w.id = e.worker_id JOIN jobs j ON j.id = e.job_id"
        " JOIN trades t ON t.code = j.trade"
    )

    assert await loaded.count(f"{engaged} WHERE w.verified_at IS NULL OR w.verified_at > e.agreed_at") == 0
    assert (
        await loaded.count(
            f"{engaged} WHERE t.certificate IS NOT NULL AND NOT EXISTS (SELECT FROM certificates c"
            " WHERE c.worker_id = w.id AND c.kind = t.certificate AND c.state = 'verified')"
        )
        == 0
    )
    assert await loaded.count("engagements WHERE agreed_at >= starts_at OR agreed_at > now()") == 0
    assert (
        await loaded.count(
            "jobs j JOIN employers e ON e.id = j.employer_id"
            " WHERE j.published_at < e.verified_at OR j.state = 'open' AND e.state <> 'verified'"
        )
        == 0
    )


async def test_no_shift_pays_below_the_minimum(loaded: Loaded) -> None:
    hour = (
        "CASE j.pay_per WHEN 'hour' THEN j.pay_fen WHEN 'day' THEN j.pay_fen * 60 / m.minutes"
        " ELSE j.pay_fen * 60 / j.expected_minutes END"
    )
    paid = (
        "jobs j JOIN shifts s ON s.job_id = j.id,"
        " LATERAL (SELECT extract(epoch FROM s.ends_at - s.starts_at)::int / 60 AS minutes) m,"
        " LATERAL (SELECT hourly_fen FROM minimum_wages w WHERE w.county_code = j.county_code"
        " AND w.effective_from <= (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date"
        " ORDER BY w.effective_from DESC LIMIT 1) least WHERE j.pay_fen IS NOT NULL"
    )

    assert await loaded.count(paid) > 4_000
    assert await loaded.count(f"{paid} AND {hour} < least.hourly_fen") == 0


async def test_no_posting_has_words_that_would_be_found(loaded: Loaded) -> None:
    rows = await loaded.connection.fetch(
        "SELECT DISTINCT title, description, coalesce(requirements_text, '') AS more FROM jobs"
    )

    found = [finding for row in rows for finding in wording.find({f"/{n}": text for n, text in row.items()})]

    assert len(rows) > 500
    assert found == []


async def test_search_finds_the_words_of_a_posting(loaded: Loaded) -> None:
    assert await loaded.count("listings WHERE words @@ '''保洁'''::tsquery") > 10
    astray = "listings WHERE words @@ '''保洁'''::tsquery AND searched NOT LIKE '%保洁%'"
    assert await loaded.count(astray) == 0
    assert await loaded.count("jobs WHERE state <> 'draft' AND words IS NULL") == 0


async def test_terms_are_those_that_were_agreed(loaded: Loaded) -> None:
    rows = await loaded.connection.fetch(
        "SELECT DISTINCT ON (t.engagement_id) t.body, t.hash, e.terms_hash"
        " FROM engagements e JOIN terms t ON t.engagement_id = e.id ORDER BY t.engagement_id, t.version DESC"
    )

    assert len(rows) == await loaded.count("engagements")
    assert all(hash_of(json.loads(body)) == kept == named for body, kept, named in rows)


async def test_what_is_sealed_opens_and_is_valid(loaded: Loaded) -> None:
    workers = await loaded.connection.fetch(
        "SELECT w.id, id_number_sealed, birth_date, phone_sealed"
        " FROM workers w JOIN accounts a ON a.id = w.id WHERE verified_at IS NOT NULL ORDER BY w.id LIMIT 200"
    )
    for worker in workers:
        number = unseal(worker["id_number_sealed"], f"workers/id_number/{worker['id']}")
        phone = unseal(worker["phone_sealed"], f"accounts/phone/{worker['id']}")
        assert id_numbers.read(number, clock.today()).birth_date == worker["birth_date"]
        assert id_numbers.age_on(worker["birth_date"], clock.today()) >= 18
        assert normalised(phone) == phone
    codes = await loaded.connection.fetch("SELECT uscc FROM employers WHERE uscc IS NOT NULL")
    assert len(codes) == 170
    assert all(uscc.is_valid(row["uscc"]) for row in codes)


async def test_demo_json_says_what_programs_need(loaded: Loaded) -> None:
    file = loaded.settings.local_dir / "demo.json"
    handed = json.loads(file.read_text("utf-8"))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert handed["base_url"] == loaded.settings.reached_at
    assert {one["role"] for one in handed["staff"] if one["level"] == "city"} == {role.value for role in Role}
    for level in ("county", "township", "zone"):
        roles = {one["role"] for one in handed["staff"] if one["level"] == level}
        assert roles == {role.value for role in Role} - {"operator"}
    for role in ("reviewer", "mediator", "manager"):
        counties = {
            one["division"] for one in handed["staff"] if one["role"] == role and one["level"] == "county"
        }
        assert len(counties) == 17
    markets = [one for one in handed["staff"] if one["level"] == "market"]
    assert {one["role"] for one in markets} == {"clerk", "manager"}
    assert {one["division"][:6] for one in markets} == {"141002", "141081"}
    kinds = {one["kind"] for one in handed["stations"]}
    assert kinds == {"centre", "county", "zone", "township", "market"}
    assert len(handed["without_phone"]) == 4
    shown = {what for one in handed["without_phone"] for what in one["shows"]}
    assert {"errand_open", "place_kept", "key_group"} <= shown
    assert set(handed["province"]) == {"client_id", "client_secret", "token_url"}
    assert [one["verified"] for one in handed["workers"]] == [True] * 8 + [False] * 2
    assert {one["state"] for one in handed["employers"]} == {"verified", "pending", "suspended", "banned"}
    assert {one["kind"] for one in handed["employers"]} == {"enterprise", "sole_trader", "individual"}
    assert any(one["trusted"] for one in handed["employers"])
    assert len(handed["employers"]) == 10


async def test_staff_sign_in_with_what_was_handed_out(loaded: Loaded) -> None:
    handed = handout.read(loaded.settings) or {}
    one = next(staff for staff in handed["staff"] if staff["username"] == "reviewer-141002")

    async with loaded.database.transaction() as session:
        code = pyotp.TOTP(one["totp_secret"]).now()
        signed_in = await sign_in(session, one["username"], one["password"], code, None)

    assert signed_in.station.name == one["station"]


async def test_the_second_time_nothing_is_loaded(loaded: Loaded) -> None:
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    engine = loaded.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    began = time.monotonic()
    await city.load(loaded.database, loaded.settings, SILENT)
    took_s = time.monotonic() - began
    event.remove(engine, "before_cursor_execute", note)

    assert len(statements) == 2, statements
    assert took_s < 1
    assert await loaded.count("workers") == 5_000


async def test_demo_json_comes_back_as_it_was_and_follows_the_port(loaded: Loaded) -> None:
    file = loaded.settings.local_dir / "demo.json"
    before = json.loads(file.read_text("utf-8"))

    file.unlink()
    await city.load(loaded.database, loaded.settings, SILENT)
    assert json.loads(file.read_text("utf-8")) == before

    moved = loaded.settings.model_copy(update={"port": 8123})
    await city.load(loaded.database, moved, SILENT)
    after = json.loads(file.read_text("utf-8"))
    assert after["base_url"] == "http://127.0.0.1:8123"
    assert after["province"]["token_url"].startswith(after["base_url"])
    assert after["staff"] == before["staff"]
    await city.load(loaded.database, loaded.settings, SILENT)


async def test_the_same_seed_and_day_give_the_same_city(loaded: Loaded) -> None:
    async with loaded.database.transaction(read_only=True) as session:
        reference = await read(session)

    again = city.built(reference, loaded.today)

    # A terms' hash stands for worker, employer, job, place, shift and pay together.
    for model, columns in _COMPARED.items():
        rows = await loaded.connection.fetch(f"SELECT {', '.join(columns)} FROM {model.__tablename__}")
        made = [row for kind, some in again.tables if kind is model for row in some]
        values = (row if isinstance(row, dict) else vars(row) for row in made)
        assert {tuple(row) for row in rows} == {tuple(value.get(c) for c in columns) for value in values}, (
            model
        )


async def test_another_seed_gives_another_city() -> None:
    now = clock.now()
    drawn = [Chance("workers", seed).id_at(now) for seed in (SEED, SEED, "another")]

    assert drawn[0] == drawn[1] != drawn[2]
