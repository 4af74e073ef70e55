# ruff: noqa: S608 - the statements of a hand that forges
"""The ledger's chain: it grows by itself, can't be written by hand, and what is done to it is found (S9)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from app.audit import verifying
from app.audit.sealing import seal_days
from app.cli import cli
from app.core import clock
from app.stations.models import Role
from tests.ledger.hand import Hand, hand
from tests.world import Actor, Json, World, ok, refused


@pytest.fixture
async def ill(world: World, superuser_url: str) -> AsyncIterator[Hand]:
    """Return a hand over a ledger of twelve entries, seven of them of a day that is sealed."""
    async with hand(world, superuser_url) as it:
        await it.staff_act(7)
        await it.days_pass()
        await it.seals()
        await it.staff_act(5)
        await it.knows()
        yield it


@pytest.fixture
async def auditor(world: World) -> Actor:
    return await world.staff("1410", Role.AUDITOR)


async def broken(ill: Hand, auditor: Actor, **params: str | int) -> Json:
    found = await ill.found(auditor, **params)
    assert not found["intact"], found
    first: Json = found["first_broken"]
    return first


async def test_an_untouched_ledger_is_intact(ill: Hand, auditor: Actor) -> None:
    found = await ill.found(auditor)
    assert found == {
        "intact": True,
        "checked": 12,
        "until_number": 12,
        "until_hash": found["until_hash"],
        "complete": True,
        "first_broken": None,
        "sealed_late": [],
    }


async def test_what_commits_first_is_linked_first(world: World, ill: Hand, auditor: Actor) -> None:
    """Whichever entry was written first."""
    insert = text(
        "INSERT INTO ledger (id, actor_kind, action, object_kind, division)"
        " VALUES (gen_random_uuid(), 'system', :action, 'x', '1410')"
    )
    async with world.session() as slow:
        await slow.execute(insert, {"action": "written.first"})
        async with world.session() as fast:
            await fast.execute(insert, {"action": "committed.first"})
    order = await ill.server.fetch(
        "SELECT action FROM ledger_links l JOIN ledger e ON e.id = entry_id WHERE number > 12 ORDER BY number"
    )
    assert [row["action"] for row in order] == ["committed.first", "written.first"]
    assert (await ill.found(auditor))["intact"]


async def test_many_at_once_make_one_chain(ill: Hand, auditor: Actor) -> None:
    await asyncio.gather(*(ill.staff_act(8) for _ in range(12)))
    found = await ill.found(auditor)
    assert (found["intact"], found["checked"]) == (True, 12 + 96)


BY_HAND = (
    "UPDATE ledger SET reason = 'x'",
    "DELETE FROM ledger",
    "TRUNCATE ledger CASCADE",
    "UPDATE ledger_links SET day = day - 1",
    "DELETE FROM ledger_links",
    "TRUNCATE ledger_links",
    "INSERT INTO ledger_links SELECT 99, gen_random_uuid(), day, hash FROM ledger_head",
    "UPDATE ledger_head SET number = 3",
    "TRUNCATE ledger_head",
    "UPDATE ledger_days SET seal = ''",
    "DELETE FROM ledger_days",
    "TRUNCATE ledger_days",
    # Today is not over.
    "INSERT INTO ledger_days SELECT day, 8, 12, hash, now(), '' FROM ledger_head",
)


@pytest.mark.usefixtures("ill")
@pytest.mark.parametrize("statement", BY_HAND)
async def test_the_ledger_refuses_the_service(world: World, statement: str) -> None:
    with pytest.raises(DBAPIError) as refusal:
        async with world.session() as session:
            await session.execute(text(statement))
    cause = refusal.value.orig.__cause__ if refusal.value.orig else None
    # To seal a day that is not over is what it has the right, but no reason, to do.
    allowed = statement.startswith("INSERT INTO ledger_days")
    assert isinstance(
        cause, asyncpg.RestrictViolationError if allowed else asyncpg.InsufficientPrivilegeError
    ), cause


@pytest.mark.usefixtures("ill")
@pytest.mark.parametrize("statement", BY_HAND)
async def test_the_ledger_refuses_its_owner(world: World, statement: str) -> None:
    owner = await asyncpg.connect(world.settings.database_url)
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute(statement)
    await owner.close()
    assert await world.count("ledger_links") == 12


# The ways in which somebody who owns the database, but not the key, may try.


@pytest.mark.parametrize("number", [3, 10])
async def test_an_altered_field_is_found(ill: Hand, auditor: Actor, number: int) -> None:
    entry = ill.entries[number - 1]
    await ill.does(f"UPDATE ledger SET reason = '没有理由' WHERE id = '{entry}'")
    first = await broken(ill, auditor)
    assert (first["why"], first["number"], first["entry_id"]) == ("altered", number, str(entry))


async def test_an_entry_cut_out_of_the_middle_is_found(ill: Hand, auditor: Actor) -> None:
    entry = ill.entries[8]
    await ill.does(f"DELETE FROM ledger WHERE id = '{entry}'")
    first = await broken(ill, auditor)
    assert (first["why"], first["number"], first["entry_id"]) == ("missing", 9, str(entry))


async def test_an_entry_cut_out_with_its_link_is_found(ill: Hand, auditor: Actor) -> None:
    await ill.does(
        f"DELETE FROM ledger WHERE id = '{ill.entries[4]}'", "DELETE FROM ledger_links WHERE number = 5"
    )
    first = await broken(ill, auditor)
    assert (first["why"], first["number"]) == ("missing", 5)


async def test_two_entries_that_changed_places_are_found(ill: Hand, auditor: Actor) -> None:
    one, other = ill.entries[1], ill.entries[5]
    fields = "at, actor_kind, actor_id, action, object_kind, object_id, division, before, after, reason"
    await ill.does(
        f"CREATE TEMP TABLE held AS SELECT * FROM ledger WHERE id IN ('{one}', '{other}')",
        *(
            f"UPDATE ledger SET ({fields}) = (SELECT {fields} FROM held WHERE id = '{b}') WHERE id = '{a}'"
            for a, b in ((one, other), (other, one))
        ),
    )
    first = await broken(ill, auditor)
    assert (first["why"], first["number"], first["entry_id"]) == ("swapped", 2, str(one))


async def test_two_links_that_changed_places_are_found(ill: Hand, auditor: Actor) -> None:
    one, other = ill.entries[8], ill.entries[10]
    await ill.does(
        "ALTER TABLE ledger_links DROP CONSTRAINT uq_ledger_links_entry_id",
        f"UPDATE ledger_links SET entry_id = '{other}' WHERE number = 9",
        f"UPDATE ledger_links SET entry_id = '{one}' WHERE number = 11",
        "ALTER TABLE ledger_links ADD CONSTRAINT uq_ledger_links_entry_id UNIQUE (entry_id)",
    )
    first = await broken(ill, auditor)
    assert (first["why"], first["number"], first["entry_id"]) == ("swapped", 9, str(other))


async def test_a_forged_entry_without_a_link_is_found(ill: Hand, auditor: Actor) -> None:
    await ill.does(
        "INSERT INTO ledger (id, actor_kind, action, object_kind, division)"
        " VALUES (gen_random_uuid(), 'staff', 'employer.verify', 'employer', '1410')"
    )
    first = await broken(ill, auditor)
    assert (first["why"], first["number"]) == ("inserted", None)
    assert first["entry_id"]


async def test_a_forged_entry_linked_in_between_is_found(ill: Hand, auditor: Actor) -> None:
    await ill.does(
        "INSERT INTO ledger (id, actor_kind, action, object_kind, division)"
        " VALUES ('01900000-0000-7000-8000-000000000000', 'staff', 'employer.verify', 'employer', '1410')",
        "CREATE TEMP TABLE kept AS SELECT * FROM ledger_links",
        "UPDATE ledger_links SET number = number + 1000 WHERE number >= 10",
        "UPDATE ledger_links SET number = number - 999 WHERE number >= 1000",
        "INSERT INTO ledger_links SELECT 10, '01900000-0000-7000-8000-000000000000', day, hash"
        " FROM ledger_head",
    )
    await ill.rebuilds()
    # Only the forged link's hash is right; those after it stay as they were.
    await ill.does(
        "UPDATE ledger_links l SET hash = kept.hash FROM kept WHERE l.entry_id = kept.entry_id",
        "UPDATE ledger_head SET number = 12, hash = (SELECT hash FROM kept WHERE number = 11)",
    )
    first = await broken(ill, auditor)
    assert (first["why"], first["number"]) == ("inserted", 10)
    assert first["entry_id"] == "01900000-0000-7000-8000-000000000000"


async def test_a_cut_tail_is_found(ill: Hand, auditor: Actor) -> None:
    """Its links gone with it; the head knows."""
    await ill.does(
        "DELETE FROM ledger e USING ledger_links l WHERE l.entry_id = e.id AND number > 9",
        "DELETE FROM ledger_links WHERE number > 9",
    )
    first = await broken(ill, auditor)
    assert (first["why"], first["number"]) == ("cut_off", 10)


async def test_a_cut_tail_of_a_sealed_day_is_found(ill: Hand, auditor: Actor) -> None:
    """Its links gone with it and the head set back; the seal knows."""
    await ill.does(
        "DELETE FROM ledger e USING ledger_links l WHERE l.entry_id = e.id AND number > 5",
        "DELETE FROM ledger_links WHERE number > 5",
        "UPDATE ledger_head SET number = 5, hash = (SELECT hash FROM ledger_links WHERE number = 5)",
    )
    first = await broken(ill, auditor)
    assert (first["why"], first["number"]) == ("cut_off", 6)


async def test_a_cut_tail_of_today_is_found_by_what_was_noted_elsewhere(ill: Hand, auditor: Actor) -> None:
    """Its links gone with it and the head set back before the seal: only a head written down knows."""
    noted = await ill.found(auditor)
    await ill.does(
        "DELETE FROM ledger e USING ledger_links l WHERE l.entry_id = e.id AND number > 9",
        "DELETE FROM ledger_links WHERE number > 9",
        "UPDATE ledger_head SET number = 9, hash = (SELECT hash FROM ledger_links WHERE number = 9)",
    )
    assert (await ill.found(auditor))["intact"]
    first = await broken(ill, auditor, noted=f"{noted['until_number']}:{noted['until_hash']}")
    assert (first["why"], first["number"]) == ("cut_off", 12)


async def test_a_chain_rebuilt_after_an_edit_breaks_the_seal(ill: Hand, auditor: Actor) -> None:
    await ill.does(f"UPDATE ledger SET reason = '没有理由' WHERE id = '{ill.entries[2]}'")
    await ill.rebuilds()
    first = await broken(ill, auditor)
    assert (first["why"], first["number"]) == ("seal_broken", 1)
    assert first["day"] == (clock.today() - timedelta(days=1)).isoformat()


async def test_a_rebuilt_chain_whose_seal_was_made_to_fit_is_found(ill: Hand, auditor: Actor) -> None:
    """As well as it can be without the key."""
    await ill.does(f"UPDATE ledger SET reason = '没有理由' WHERE id = '{ill.entries[2]}'")
    await ill.rebuilds()
    await ill.does(
        "UPDATE ledger_days SET last_hash = (SELECT hash FROM ledger_links WHERE number = last_number)"
    )
    assert (await broken(ill, auditor))["why"] == "seal_broken"


async def test_a_dropped_day_is_found(world: World, ill: Hand, auditor: Actor) -> None:
    """A day of three: its entries, its links, its seal."""
    await ill.does(
        "UPDATE ledger_links SET day = day - 1 WHERE number > 7", "UPDATE ledger_head SET day = day - 1"
    )
    await ill.does("DELETE FROM ledger_days", "UPDATE ledger_links SET day = day - 1 WHERE number < 8")
    await ill.rebuilds()
    await ill.seals()
    await ill.staff_act(3)
    assert await world.count("ledger_days") == 2
    assert (await ill.found(auditor))["intact"]

    await ill.does(
        "DELETE FROM ledger e USING ledger_links l WHERE l.entry_id = e.id AND number < 8",
        "DELETE FROM ledger_links WHERE number < 8",
        "DELETE FROM ledger_days WHERE first_number = 1",
    )
    first = await broken(ill, auditor)
    assert (first["why"], first["number"]) == ("missing", 1)


async def test_a_dropped_seal_is_found_and_one_made_late_stays_noted(world: World, ill: Hand) -> None:
    """Else who can delete a seal would have the worker seal the forgery."""
    await ill.does("DELETE FROM ledger_days")
    with time_machine.travel(clock.start_of(clock.today()) + timedelta(hours=2), tick=False):
        auditor = await world.staff("1410", Role.AUDITOR)
        first = await broken(ill, auditor)
        assert (first["why"], first["number"]) == ("seal_missing", 1)
        await seal_days(world.database)
        found = await ill.found(auditor)
    assert found["intact"]
    assert found["sealed_late"] == [(clock.today() - timedelta(days=1)).isoformat()]


async def test_a_lost_head_does_not_begin_a_second_chain(ill: Hand, auditor: Actor) -> None:
    await ill.does("DELETE FROM ledger_head")
    assert (await broken(ill, auditor))["why"] == "cut_off"
    await ill.staff_act(1)
    assert (await ill.found(auditor))["checked"] == 13


async def test_what_commits_after_midnights_seal_is_of_the_day_after(ill: Hand) -> None:
    """Whatever the database's clock does."""
    await ill.does("UPDATE ledger_head SET day = day + 3")
    await ill.staff_act(1)
    days = await ill.server.fetch("SELECT DISTINCT day FROM ledger_links WHERE number > 7 ORDER BY day")
    assert [row["day"] - clock.today() for row in days] == [timedelta(), timedelta(days=3)]


# How it is asked.


async def test_a_long_chain_is_verified_in_pieces(
    ill: Hand, auditor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "SLICE", 2)
    assert (await ill.found(auditor))["checked"] == 12
    piece = await ill.found(auditor, limit=5)
    assert (piece["checked"], piece["until_number"], piece["complete"]) == (5, 5, False)
    rest = await ill.found(auditor, after=piece["until_number"])
    assert (rest["checked"], rest["until_number"], rest["complete"]) == (7, 12, True)
    await ill.does(f"UPDATE ledger SET reason = NULL WHERE id = '{ill.entries[6]}'")
    assert (await ill.found(auditor, limit=5))["intact"]
    assert (await broken(ill, auditor, after=5))["number"] == 7


async def test_days_can_be_verified_alone(ill: Hand, auditor: Actor) -> None:
    today, yesterday = clock.today(), clock.today() - timedelta(days=1)
    assert (await ill.found(auditor, **{"from": today.isoformat()}))["checked"] == 5
    found = await ill.found(auditor, until=yesterday.isoformat())
    assert (found["checked"], found["until_number"], found["complete"]) == (7, 7, True)


async def test_the_ledger_is_verified_by_auditors_alone(world: World, ill: Hand) -> None:
    theirs = await world.staff("141081", Role.AUDITOR)
    assert (await ill.found(theirs))["checked"] == 12
    manager = await world.staff("1410", Role.MANAGER)
    refused(await manager.get("/admin/v1/ledger/verify"), 404, "not_found")


async def test_what_others_did_elsewhere_is_in_the_chain_of_a_county_s_auditor(world: World) -> None:
    """The second wall hides it from her; it is not gone."""
    manager = await world.staff("141081", Role.MANAGER)
    ok(await manager.post("/admin/v1/notices", {"kind": "notice", "title": "通知", "text": "停电"}), 201)
    theirs = await world.staff("141002", Role.AUDITOR)
    found = ok(await theirs.get("/admin/v1/ledger/verify"))
    assert found["intact"], found
    assert found["checked"] == 1
    assert ok(await theirs.get("/admin/v1/ledger"))["items"] == []


@pytest.mark.parametrize("query", ["until=9999-12-31", "from=9999-12-31"])
async def test_days_beyond_the_calendar_are_refused(auditor: Actor, query: str) -> None:
    refused(await auditor.get(f"/admin/v1/ledger/verify?{query}"), 422, "invalid")


@pytest.mark.parametrize("noted", ["x", "1:zz", "9999999999999999999999:00"])
async def test_what_is_no_head_is_refused(auditor: Actor, noted: str) -> None:
    refused(await auditor.get("/admin/v1/ledger/verify", params={"noted": noted}), 422, "invalid")


async def test_the_command_line_says_so_too(world: World, ill: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", world.settings.database_url)
    run = await asyncio.to_thread(CliRunner().invoke, cli, ["ledger", "verify"])
    assert run.exit_code == 0, run.output
    assert "12" in run.output
    await ill.does(f"UPDATE ledger SET reason = NULL WHERE id = '{ill.entries[6]}'")
    run = await asyncio.to_thread(CliRunner().invoke, cli, ["ledger", "verify"])
    assert run.exit_code == 1
    assert "altered" in run.output


async def test_an_empty_ledger_is_intact(auditor: Actor) -> None:
    assert ok(await auditor.get("/admin/v1/ledger/verify"))["until_number"] == 0
