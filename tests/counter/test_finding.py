"""Finding people: by phone, ID number or a part of the name, within reach, without naming them."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core import keyring
from app.counter.queries import reach_of
from app.identity.names import pairs_of
from app.stations.models import Role
from app.workers.naming import mark_names
from scripts.demo.numbers import valid_id_number
from tests.counter.desk import on_paper
from tests.world import HOUMA, Actor, Json, World, ok, refused

SEARCH = "/admin/v1/workers/search"


async def found(officer: Actor, **sought: str) -> list[str]:
    return [one["id"] for one in ok(await officer.post(SEARCH, sought))["items"]]


async def test_a_worker_is_found_by_phone_number_or_part_of_the_name(world: World) -> None:
    officer = await world.staff("141002", Role.CLERK)
    worker = await world.worker()
    number = valid_id_number("141002", date(1961, 3, 4), 21)
    wang = await on_paper(officer, name="欧阳 建军", id_number=number)

    assert await found(officer, phone=worker.phone) == [str(worker.id)]
    assert await found(officer, id_number=number) == [wang.account_id]
    assert await found(officer, id_number=number.lower()) == [wang.account_id]
    assert await found(officer, name="建国") == [str(worker.id)]
    assert await found(officer, name="李建国") == [str(worker.id)]
    assert await found(officer, name="阳建") == [wang.account_id]
    assert await found(officer, name="建阳") == []
    assert await found(officer, phone=world.new_phone()) == []

    (seen,) = ok(await officer.post(SEARCH, {"name": "欧阳"}))["items"]
    assert seen["name_masked"] == "欧****"
    assert (seen["phone_masked"], seen["reached_through"], seen["verified"]) == (None, "station", True)


async def test_one_thing_is_searched_by_and_not_too_little(world: World) -> None:
    officer = await world.staff("141002", Role.CLERK)
    bad: list[Json] = [
        {},
        {"name": "李"},
        {"name": "李·"},
        {"name": "· ·"},
        {"name": "李建国", "phone": "13800138000"},
        {"id_number": "110105194912310021"},
        {"name": "李\x00建"},
    ]
    for sought in bad:
        refused(await officer.post(SEARCH, sought), 422, "invalid")


async def test_staff_find_people_of_their_own_division_alone(world: World) -> None:
    ours, theirs = await world.staff("141002", Role.CLERK), await world.staff("141081", Role.CLERK)
    city = await world.staff("1410", Role.CLERK)
    yaodu, houma = await world.worker(), await world.worker(home=HOUMA)
    homeless = await world.worker(home=None)

    assert await found(ours, name="建国") == [str(yaodu.id)]
    assert await found(theirs, name="建国") == [str(houma.id)]
    assert await found(ours, phone=houma.phone) == []
    assert len(await found(city, name="建国")) == 3
    for officer, ids in ((ours, {yaodu.id}), (theirs, {houma.id}), (city, {yaodu.id, houma.id, homeless.id})):
        items = ok(await officer.get("/admin/v1/workers"))["items"]
        assert {UUID(one["id"]) for one in items} == ids
    path = f"/admin/v1/workers/{houma.id}"
    refused(await ours.get(path), 404, "not_found")
    refused(await ours.post(f"{path}/contact", {"reason": "核实"}), 404, "not_found")
    refused(await ours.post("/admin/v1/assistances", {"worker_id": str(houma.id)}), 404, "not_found")
    assert ok(await theirs.get(path))["id"] == str(houma.id)


async def test_the_list_is_filtered(world: World) -> None:
    officer = await world.staff("141002", Role.CLERK)
    plain = await world.worker(verified=False)
    veteran = await world.worker(key_groups=["veteran"])
    number = valid_id_number("141002", date(1961, 3, 4), 22)
    alone = await on_paper(officer, name="王建军", id_number=number)

    for query, ids in (
        ("key_group=veteran", [str(veteran.id)]),
        ("verified=false", [str(plain.id)]),
        ("without_phone=true", [alone.account_id]),
        ("without_phone=false", [str(veteran.id), str(plain.id)]),
    ):
        items = ok(await officer.get(f"/admin/v1/workers?{query}"))["items"]
        assert [one["id"] for one in items] == ids, query
    first = ok(await officer.get("/admin/v1/workers?limit=2"))
    rest = ok(await officer.get(f"/admin/v1/workers?limit=2&cursor={first['next_cursor']}"))
    assert [one["id"] for one in first["items"] + rest["items"]] == [
        alone.account_id,
        str(veteran.id),
        str(plain.id),
    ]
    async with world.session() as session:
        told = await reach_of(session, [plain.id, UUID(alone.account_id)])
    assert told == {plain.id: "phone", UUID(alone.account_id): "station"}


async def test_a_search_is_in_the_ledger_without_what_was_searched(world: World) -> None:
    officer, worker = await world.staff("141002", Role.CLERK), await world.worker()
    await found(officer, name="建国")
    await found(officer, phone=worker.phone)
    by_name, by_phone = await world.look(
        "SELECT array_agg(after::text || coalesce(reason, '') ORDER BY id) FROM ledger"
        " WHERE action = 'worker.search'"
    )
    assert "建国" not in by_name
    assert worker.phone not in by_phone
    assert '"by": "name"' in by_name


async def test_names_that_were_sealed_before_are_marked_in_the_end(world: World) -> None:
    officer, worker = await world.staff("141002", Role.CLERK), await world.worker()
    async with world.session() as session:
        await session.execute(text("UPDATE workers SET name_pairs = '{}'"))
    assert await found(officer, name="建国") == []
    await mark_names(world.database)
    assert await found(officer, name="建国") == [str(worker.id)]


@pytest.mark.usefixtures("settings")
def test_marks_tell_no_name_and_depend_on_the_key() -> None:
    assert pairs_of("李建国") == pairs_of("李·建 国")
    assert len(pairs_of("李建国")) == 2
    assert all(0 <= mark < 65_536 for mark in pairs_of("欧阳建军"))
    assert keyring.blind_index("建国", "name-pair") != keyring.blind_index("建国", "phone")
