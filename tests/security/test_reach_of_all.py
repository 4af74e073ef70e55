"""Each operation of the contracts, called by who has no business there: 404, or nothing of it in a list."""

from typing import Any

import httpx
import pytest

from app.core.contract import Audience
from app.stations.models import Role
from tests.contracts.furnished import Furnished, furnish
from tests.security.matrix import (
    LAST,
    STAFFS_LISTS,
    WITHIN,
    WITHOUT_A_TOKEN,
    Operation,
    Reach,
    cells,
    operations,
)
from tests.security.roles import ROLES
from tests.world import Actor, World, refused

Json = dict[str, Any]
# What is about the caller alone, or there for everybody: no id of anybody's stands in the path.
OWN = {
    "draft_job", "send_code", "sign_in", "refresh", "list_sessions", "sign_out", "read_me", "close_me",
    "change_me", "export_me", "read_consents", "put_consents", "read_worker_profile", "put_worker_profile",
    "verify_real_name", "add_certificate", "list_certificates", "list_my_employers", "register_employer",
    "list_my_applications", "list_engagements", "list_my_pay", "list_my_appeals", "read_my_standing",
    "list_my_disputes", "open_dispute", "add_attachment", "list_devices", "list_notifications",
    "count_unread", "read_notifications", "read_notification_settings", "put_notification_settings",
    "stream_notifications",
    "search_jobs", "count_jobs", "map_jobs", "list_stations", "list_divisions", "find_division",
    "list_trades", "list_notices", "list_fairs", "read_fairs_calendar", "list_my_fairs",
    "read_public_statistics",
}  # fmt: skip
# A posting, a station, an employer's public face and a print's hash are for everybody to see.
FOR_ALL = {
    "describe_job", "read_job", "read_eligibility", "apply_for_job", "read_employer", "list_employer_jobs",
    "read_employer_rating", "list_employer_reviews", "check_terms", "read_station",
    "read_notice", "read_fair", "read_fair_cover", "watch_replay", "read_fair_calendar", "list_fair_jobs",
    "reserve_fair", "give_back_fair", "note_view", "note_job_opening", "stream_fair", "ask_question",
}  # fmt: skip
# A device's id is the phone's own: another's is one's own device not registered yet.
BY_THE_CALLERS_OWN_ID = {"put_device", "delete_device"}


@pytest.fixture
async def city(world: World) -> Furnished:
    return await furnish(world)


async def _call(city: Furnished, actor: Actor, one: Operation) -> httpx.Response:
    path, method, operation = one
    given: Json = {}
    taken = operation.get("requestBody", {}).get("content", {})
    if "application/json" in taken:
        given["json"] = city.bodies.get(operation["operationId"])
    elif taken:
        given = {"data": {"kind": "licence"}, "files": {"file": ("a.png", b"x", "image/png")}}
    return await actor.call(method.upper(), city.address(path, operation), **given)


async def _officers(world: World, city: Furnished, role: Role) -> dict[Reach, Actor]:
    """Return one member of staff in the role for each reach, seen from the furnished city's gigs."""
    beside = "141002101" if city.township != "141002101" else "141002102"
    where = {
        Reach.OWN: city.township,
        Reach.ABOVE: "141002",
        Reach.CITY: "1410",
        Reach.BESIDE: beside,
        Reach.ELSEWHERE: "141081",
    }
    return {reach: await world.staff(division, role) for reach, division in where.items()}


def test_every_operation_has_an_expectation() -> None:
    admin = {operation["operationId"] for *_, operation in operations(Audience.ADMIN)}
    assert admin == set(ROLES) | WITHOUT_A_TOKEN
    mobile = operations(Audience.MOBILE)
    anybodys = {op["operationId"] for path, _, op in mobile if "{" not in path}
    assert anybodys == OWN
    assert {op["operationId"] for path, _, op in mobile if "{" in path} >= FOR_ALL | BY_THE_CALLERS_OWN_ID


async def test_what_is_not_theirs_is_hidden_from_staff(world: World, city: Furnished) -> None:
    """Another role anywhere; the right one beside or elsewhere. Nothing of it changes the city."""
    officers = {role: await _officers(world, city, role) for role in Role}
    for cell in cells():
        if cell.found:
            continue
        answer = await _call(city, officers[cell.role][cell.reach], cell.operation)
        if cell.in_role and cell.name in STAFFS_LISTS:
            assert answer.json()["items"] == [], cell
        else:
            assert answer.status_code == httpx.codes.NOT_FOUND, (cell, answer.status_code, answer.text)
            refused(answer, 404, "not_found")


@pytest.mark.parametrize("role", Role)
async def test_what_is_theirs_is_there_for_staff(world: World, city: Furnished, role: Role) -> None:
    """Else the test above would hold for paths that lead nowhere."""
    officers = await _officers(world, city, role)
    for cell in cells():
        if cell.role is not role or cell.reach not in WITHIN or not cell.found:
            continue
        if cell.name in LAST and cell.reach is not Reach.OWN:
            continue  # what it ends is gone for who comes after
        answer = await _call(city, officers[cell.reach], cell.operation)
        assert answer.status_code != httpx.codes.NOT_FOUND, (cell, answer.text)
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, (cell, answer.text)
        if cell.name in STAFFS_LISTS - {"list_certificate_cases"}:
            assert answer.json()["items"], cell


@pytest.mark.parametrize("who", ["worker", "employer"])
async def test_who_is_no_party_finds_nothing_there(world: World, city: Furnished, who: str) -> None:
    stranger: Actor = await world.worker() if who == "worker" else await world.employer()
    for one in operations(Audience.MOBILE):
        name = one[2]["operationId"]
        if name in OWN | FOR_ALL | BY_THE_CALLERS_OWN_ID:
            continue
        answer = await _call(city, stranger, one)
        if who == "employer" and "worker_profile_missing" in answer.text:
            continue  # who is no worker is told so, whatever the path names
        assert answer.status_code == httpx.codes.NOT_FOUND, (name, answer.status_code, answer.text)
        refused(answer, 404, "not_found")


async def test_parties_find_what_is_there(city: Furnished) -> None:
    """Else the test above would hold for paths that lead nowhere."""
    lost = []
    for one in operations(Audience.MOBILE):
        name = one[2]["operationId"]
        if name in OWN | {"end_session", "remove_employer_member", "stream_fair"}:  # which does not end
            continue
        answer = await _call(city, city.caller(one[0], one[2]), one)
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, (name, answer.text)
        if answer.status_code == httpx.codes.NOT_FOUND:
            lost.append(name)
    assert lost == []


async def test_who_is_not_signed_in_is_told_so(world: World, city: Furnished) -> None:
    for audience in (Audience.MOBILE, Audience.ADMIN):
        for one in operations(audience):
            if {} in one[2].get("security", [{}]):
                continue
            refused(await _call(city, Actor(world), one), 401, "unauthenticated")
