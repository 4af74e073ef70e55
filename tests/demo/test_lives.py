"""The demo city lives: every state is there, the books balance, the clocks find little, screens are full."""

# ruff: noqa: S608 - statements are put together from the words in this file alone

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Any

import asyncpg
import pyotp
import pytest

from app.attendance import keeping as attendance
from app.attendance.models import ClaimKind, ClaimState, Method
from app.core.db import Database
from app.disputes import keeping as disputes
from app.disputes.models import DisputeKind, DisputeState, Outcome
from app.engagements import keeping as engagements
from app.engagements.models import ChangeState, EngagementState, ExcuseState
from app.main import create_app
from app.notices.models import NoticeState
from app.pay import keeping as pay
from app.pay.models import OwedFor, PayState, ReportState
from app.referrals.models import ReferralState
from app.standing import keeping as standing
from app.standing.models import AppealState
from app.workers import naming
from scripts.demo import handout
from tests.demo.conftest import Loaded
from tests.world import Actor, World, ok

STATES: dict[tuple[str, str], type[StrEnum]] = {
    ("engagements", "state"): EngagementState,
    ("pay_records", "state"): PayState,
    ("pay_records", "owed_for"): OwedFor,
    ("pay_reports", "state"): ReportState,
    ("claims", "state"): ClaimState,
    ("claims", "kind"): ClaimKind,
    ("attendance", "method"): Method,
    ("disputes", "kind"): DisputeKind,
    ("disputes", "state"): DisputeState,
    ("disputes", "outcome"): Outcome,
    ("excuses", "state"): ExcuseState,
    ("appeals", "state"): AppealState,
    ("engagement_changes", "state"): ChangeState,
    ("referrals", "state"): ReferralState,
    ("notices", "state"): NoticeState,
}
# What only happens to what is already settled in the demo, or by an act that the city does not show.
ABSENT = {("claims", ClaimState.WITHDRAWN), ("engagement_changes", ChangeState.SUPERSEDED)}
CLOCKS = (
    attendance.ask_who_is_missing,
    attendance.propose_no_shows,
    attendance.let_claims_stand,
    attendance.check_out_who_forgot,
    attendance.round_positions,
    engagements.end_what_was_not_answered,
    engagements.end_proposals_at_the_start,
    engagements.give_back_kept_places,
    naming.mark_names,
    pay.confirm_what_the_employer_did_not,
    pay.find_what_is_overdue,
    pay.remind_of_what_falls_due,
    pay.ask_for_answers,
    disputes.move_up_what_was_missed,
    disputes.take_up_again,
    standing.miss_appeals,
)
WATCHED = {
    "engagements": "id, state, asked_at, checked_out_at",
    "claims": "id, state",
    "disputes": "id, state, due_at, missed",
    "pay_records": "id, state, overdue_at",
    "pay_reports": "id, state, reminded_at",
    "appeals": "id, missed_at",
    "engagement_changes": "id, state",
    "application_shifts": "id, state",
    "referrals": "id, state",
    "workers": "id, name_pairs::text",
}


@pytest.mark.parametrize(("table", "column"), STATES)
async def test_every_state_can_be_seen(loaded: Loaded, table: str, column: str) -> None:
    rows = await loaded.connection.fetch(f"SELECT DISTINCT {column} AS state FROM {table}")

    wanted = {one.value for one in STATES[table, column] if (table, one) not in ABSENT}
    assert {row["state"] for row in rows} - {None} == wanted


async def test_every_fen_is_somewhere_and_states_follow_from_the_sums(loaded: Loaded) -> None:
    reported = (
        "pay_records r, LATERAL (SELECT coalesce(sum(amount_fen), 0) AS fen,"
        " coalesce(sum(amount_fen) FILTER (WHERE state = 'reported'), 0) AS waits"
        " FROM pay_reports p WHERE p.record_id = r.id) s"
    )
    engaged = "pay_records r JOIN engagements e ON e.id = r.engagement_id AND r.owed_for = 'wage'"

    assert await loaded.count("pay_records") > 5_000
    assert await loaded.count(f"{reported} WHERE s.waits <> r.reported_fen") == 0
    assert await loaded.count(f"{reported} WHERE s.fen > r.owed_fen") == 0
    assert await loaded.count(f"{engaged} WHERE e.state NOT IN ('confirmed', 'paid')") == 0
    settles = "r.open_fen + r.reported_fen + r.contested_fen = 0"
    assert await loaded.count(f"{engaged} WHERE (e.state = 'paid') <> ({settles})") == 0
    assert await loaded.count(f"pay_records r WHERE (settled_at IS NOT NULL) <> ({settles})") == 0
    assert (
        await loaded.count(
            "engagements e WHERE state IN ('confirmed', 'paid') AND NOT EXISTS"
            " (SELECT FROM pay_records r WHERE r.engagement_id = e.id AND r.owed_for = 'wage')"
        )
        == 0
    )


async def test_what_is_overdue_has_its_case(loaded: Loaded) -> None:
    alone = (
        "pay_records r WHERE overdue_at IS NOT NULL AND NOT EXISTS (SELECT FROM disputes d"
        " WHERE d.engagement_id = r.engagement_id AND d.kind = 'wage_arrears')"
    )
    unwatched = (
        "pay_records r WHERE overdue_at IS NOT NULL AND state IN ('overdue', 'contested') AND NOT EXISTS"
        " (SELECT FROM disputes d WHERE d.pay_record_id = r.id AND d.closed_at IS NULL)"
    )

    assert await loaded.count("pay_records WHERE overdue_at IS NOT NULL") > 50
    assert await loaded.count(alone) == 0
    assert await loaded.count(unwatched) == 0


async def test_nothing_has_happened_that_is_still_to_come(loaded: Loaded) -> None:
    moments = {
        "engagements": ("checked_in_at", "checked_out_at", "confirmed_at", "cancelled_at", "asked_at"),
        "attendance": ("at", "received_at", "contested_at"),
        "claims": ("made_at", "answered_at"),
        "excuses": ("made_at", "decided_at"),
        "engagement_changes": ("proposed_at", "answered_at"),
        "pay_records": ("overdue_at", "settled_at", "created_at"),
        "pay_reports": ("paid_at", "reported_at", "answered_at", "reminded_at"),
        "disputes": ("opened_at", "closed_at", "rated_at", "rating_answered_at"),
        "dispute_steps": ("at",),
        "dispute_messages": ("created_at",),
        "reviews": ("written_at", "removed_at"),
        "appeals": ("made_at", "decided_at"),
        "notifications": ("created_at", "read_at"),
        "alerts": ("created_at",),
        "referrals": ("sent_at", "changed_at"),
        "errands": ("created_at", "done_at"),
        "assistances": ("created_at", "ended_at"),
        "workers": ("verified_at", "identity_checked_at"),
        "notices": ("created_at",),
        "early_warnings": ("raised_at",),
        "ledger": ("at",),
    }
    for table, columns in moments.items():
        for column in columns:
            assert await loaded.count(f"{table} WHERE {column} > now()") == 0, (table, column)


async def test_inboxes_are_numbered_without_a_gap(loaded: Loaded) -> None:
    gaps = (
        "(SELECT n.account_id FROM notifications n JOIN inboxes i ON i.account_id = n.account_id"
        " GROUP BY n.account_id, i.last_number"
        " HAVING count(*) <> max(n.number) OR max(n.number) <> i.last_number) g"
    )

    assert await loaded.count("notifications") > 1_000
    assert await loaded.count(gaps) == 0


async def _seen(connection: "asyncpg.Connection[Any]") -> dict[str, set[Any]]:
    return {
        table: {tuple(row) for row in await connection.fetch(f"SELECT {columns} FROM {table}")}
        for table, columns in WATCHED.items()
    }


async def test_the_clocks_find_little_to_do(loaded: Loaded) -> None:
    database = Database(loaded.settings.model_copy(update={"database_url": loaded.later_url}).driver_url, 2)
    connection = await asyncpg.connect(loaded.later_url)
    before = await _seen(connection)

    for clock in CLOCKS:
        await clock(database)

    after = await _seen(connection)
    await connection.close()
    await database.close()
    # Hours of late last evening are confirmed in the course of the day, and reports are asked about again.
    changed = {table: len(rows - before[table]) for table, rows in after.items()}
    assert changed["claims"] <= 2, changed
    assert changed["referrals"] == changed["workers"] == 0, changed
    assert changed["disputes"] == changed["appeals"] == changed["engagement_changes"] == 0, changed
    assert changed["engagements"] + changed["pay_records"] <= 60, changed
    assert changed["pay_reports"] <= 120, changed


@pytest.fixture
async def city(loaded: Loaded) -> AsyncIterator[World]:
    app = create_app(loaded.settings)
    async with app.router.lifespan_context(app), World(app, loaded.settings) as world:
        yield world


async def _as(world: World, phone: str) -> Actor:
    ok(await world.nobody.post("/v1/auth/codes", {"phone": phone}), 202)
    texts = ok(await world.nobody.get("/dev/messages", params={"to": phone}))["items"]
    code = next(word for word in texts[0]["text"].replace(",", " ").split() if word.isdigit())
    given = {"phone": phone, "code": code, "device_name": "测试手机"}
    answer = ok(await world.nobody.post("/v1/auth/sessions", given), 201)
    return Actor(world, token=answer["access_token"], phone=phone)


async def test_whoever_is_handed_out_sees_what_was_said(loaded: Loaded, city: World) -> None:
    handed = handout.read(loaded.settings) or {}
    by_shown = {what: one for one in handed["workers"] for what in reversed(one["shows"])}
    due = await _as(city, by_shown["wage_overdue"]["phone"])
    missed = await _as(city, by_shown["no_show_contested"]["phone"])
    first = handed["employers"][0]
    employer = await _as(city, first["phone"])
    account = next(one for one in handed["staff"] if one["username"] == "mediator-141002")
    given = {"username": account["username"], "password": account["password"]}
    given["totp"] = pyotp.TOTP(account["totp_secret"]).now()
    answer = ok(await city.nobody.post("/admin/v1/auth/sessions", given), 201)
    mediator = Actor(city, token=answer["access_token"])

    for who, path in (
        (due, "/v1/me/pay"),
        (due, "/v1/me/pay?state=overdue"),
        (due, "/v1/me/pay?state=due"),
        (due, "/v1/me/engagements"),
        (due, "/v1/me/disputes"),
        (due, "/v1/me/notifications"),
        (due, "/v1/me/devices"),
        (missed, "/v1/me/disputes"),
        (employer, f"/v1/employers/{first['employer_id']}/pay"),
        (employer, f"/v1/employers/{first['employer_id']}/pay?state=due"),
        (employer, "/v1/me/notifications"),
        (mediator, "/admin/v1/disputes"),
        (mediator, "/admin/v1/disputes?state=mediating"),
        (mediator, "/admin/v1/pay"),
        (mediator, "/admin/v1/pay/overdue"),
        (mediator, "/admin/v1/engagements"),
        (mediator, "/admin/v1/excuses"),
        (mediator, "/admin/v1/appeals"),
        (mediator, "/admin/v1/alerts"),
    ):
        assert ok(await who.get(path))["items"], path
    assert 0 <= ok(await due.get("/v1/me/worker/standing"))["score"] <= 100
    states = {
        one["state"] for one in ok(await missed.get("/v1/me/engagements", params={"limit": 50}))["items"]
    }
    assert "disputed" in states
    case = ok(await mediator.get("/admin/v1/disputes"))["items"][0]["id"]
    ok(await mediator.get(f"/admin/v1/disputes/{case}"))
    ok(await mediator.post(f"/admin/v1/disputes/{case}/read"))


async def test_public_profiles_say_what_the_ratings_say(loaded: Loaded, city: World) -> None:
    rows = await loaded.connection.fetch(
        "SELECT id::text FROM employers WHERE rating IS NOT NULL ORDER BY id LIMIT 5"
    )
    assert len(rows) == 5
    for (employer_id,) in rows:
        profile = ok(await city.nobody.get(f"/v1/employers/{employer_id}"))
        rating = ok(await city.nobody.get(f"/v1/employers/{employer_id}/rating"))
        assert profile["rating"] == rating["stars"]
