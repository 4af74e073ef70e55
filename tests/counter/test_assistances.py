"""Consent at the counter: by a code, on paper, for this officer alone, for a while."""

import asyncio
from datetime import date, timedelta

import httpx
import pytest
import time_machine
from sqlalchemy import text

from app.core import clock
from app.stations.models import Role
from scripts.demo.numbers import valid_id_number
from tests.counter.desk import Desk, by_code, code_sent_to, on_paper, paper
from tests.world import Actor, World, ok, refused

ASSISTANCES = "/admin/v1/assistances"
NOWHERE = "0193a3c0-0000-7000-8000-000000000000"
DISMISS = text("UPDATE staff SET dismissed_at = now() WHERE id = :id")
SEEN = text("UPDATE staff_sessions SET seen_at = :now")


def number(n: int) -> str:
    return valid_id_number("141002", date(1961, 3, 4), n)


async def test_a_person_is_registered_at_the_counter_by_a_code(world: World) -> None:
    officer, phone = await world.staff("141002", Role.CLERK), world.new_phone()

    begun = ok(await officer.post(ASSISTANCES, {"phone": phone}), 201)
    assert (begun["state"], begun["account_id"]) == ("awaiting", None)
    text = (await Actor(world, phone=phone).texts())[0]
    assert "同意" in text
    assert "张工" in text
    code = await code_sent_to(world, phone)
    agreed = ok(await officer.post(f"{ASSISTANCES}/{begun['id']}/confirm", {"code": code}))

    assert agreed["state"] == "active"
    desk = Desk(officer, agreed)
    ok(await desk.put("/me/worker", {"name_shown": "老王"}))
    ok(await desk.put("/me/consents", {"real_name": True}))
    ok(await desk.post("/me/worker/real-name", {"name": "王建国", "id_number": number(7)}))
    assert ok(await desk.get("/me/worker"))["real_name_verified"]
    assert ok(await desk.get(""))["person"] == "老王"


async def test_nothing_is_done_before_the_person_agrees(world: World) -> None:
    officer, worker = await world.staff("141002", Role.CLERK), await world.worker()
    begun = ok(await officer.post(ASSISTANCES, {"worker_id": str(worker.id)}), 201)

    refused(await officer.get(f"{ASSISTANCES}/{begun['id']}/me"), 404, "not_found")
    refused(await officer.post(f"{ASSISTANCES}/{begun['id']}/confirm", {"code": "000000"}), 422, "code_wrong")
    refused(await officer.get(f"{ASSISTANCES}/{begun['id']}/me"), 404, "not_found")


async def test_a_code_is_good_for_what_it_was_sent_for_alone(world: World) -> None:
    officer, other = [await world.staff("141002", Role.CLERK) for _ in range(2)]
    phone = world.new_phone()
    begun = ok(await officer.post(ASSISTANCES, {"phone": phone}), 201)
    code = await code_sent_to(world, phone)

    given = {"phone": phone, "code": code, "device_name": "柜台电脑"}
    refused(await world.nobody.post("/v1/auth/sessions", given), 422, "code_wrong")
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        ok(await world.nobody.post("/v1/auth/codes", {"phone": phone}), 202)
        sign_in = await code_sent_to(world, phone)
        path = f"{ASSISTANCES}/{begun['id']}/confirm"
        if sign_in != code:
            refused(await officer.post(path, {"code": sign_in}), 422, "code_wrong")
        refused(await other.post(path, {"code": code}), 404, "not_found")
    with time_machine.travel(clock.now() + timedelta(seconds=125)):
        another = ok(await other.post(ASSISTANCES, {"phone": phone}), 201)
        refused(await other.post(f"{ASSISTANCES}/{another['id']}/confirm", {"code": code}), 422, "code_wrong")
        ok(await officer.post(path, {"code": code}))
        refused(await officer.post(path, {"code": code}), 409, "assistance_state_conflict")


async def test_a_code_dies_of_five_wrong_tries_and_of_time(world: World) -> None:
    officer = await world.staff("141002", Role.CLERK)
    phone = world.new_phone()
    begun = ok(await officer.post(ASSISTANCES, {"phone": phone}), 201)
    code = await code_sent_to(world, phone)
    path = f"{ASSISTANCES}/{begun['id']}/confirm"
    for wrong in [n for n in range(6) if f"{n:06}" != code][:5]:
        refused(await officer.post(path, {"code": f"{wrong:06}"}), 422, "code_wrong")
    refused(await officer.post(path, {"code": code}), 422, "code_wrong")

    phone = world.new_phone()
    begun = ok(await officer.post(ASSISTANCES, {"phone": phone}), 201)
    code = await code_sent_to(world, phone)
    path = f"{ASSISTANCES}/{begun['id']}/confirm"
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        refused(await officer.post(path, {"code": code}), 409, "assistance_state_conflict")
        assert ok(await officer.get(f"{ASSISTANCES}/{begun['id']}"))["state"] == "lapsed"


async def test_codes_are_limited_by_phone_like_those_for_signing_in(world: World) -> None:
    officer, phone = await world.staff("141002", Role.CLERK), world.new_phone()
    ok(await world.nobody.post("/v1/auth/codes", {"phone": phone}), 202)
    refused(await officer.post(ASSISTANCES, {"phone": phone}), 429, "too_many_requests")


async def test_nobody_but_the_officer_who_asked_acts(world: World) -> None:
    worker = await world.worker()
    desk = await by_code(world, await world.staff("141002", Role.CLERK), worker.phone)
    ok(await desk.get("/me"))

    for division, role in (
        ("141002", Role.CLERK),
        ("141002", Role.MANAGER),
        ("1410", Role.MANAGER),
        ("141081", Role.CLERK),
        ("141002", Role.AUDITOR),
        ("1410", Role.OPERATOR),
    ):
        other = await world.staff(division, role)
        refused(await other.get(f"{desk.path}/me"), 404, "not_found")
        refused(await other.put(f"{desk.path}/me/worker", {"name_shown": "改"}), 404, "not_found")
        refused(await other.post(f"{desk.path}/end"), 404, "not_found")
    refused(await worker.get(f"{desk.path}/me"), 401, "unauthenticated")


async def test_what_was_allowed_ends(world: World) -> None:
    officer, worker = await world.staff("141002", Role.CLERK), await world.worker()
    desk = await by_code(world, officer, worker.phone)
    assert ok(await desk.post("/end"))["state"] == "ended"
    refused(await desk.get("/me"), 404, "not_found")
    ok(await desk.post("/end"))

    other = await world.worker()
    desk = await by_code(world, officer, other.phone)
    with time_machine.travel(clock.now() + timedelta(minutes=121)):
        async with world.session() as session:
            await session.execute(SEEN, {"now": clock.now()})
        refused(await desk.get("/me"), 404, "not_found")
        assert ok(await desk.get(""))["state"] == "lapsed"


async def test_who_is_dismissed_acts_no_more(world: World) -> None:
    officer, worker = await world.staff("141002", Role.CLERK), await world.worker()
    desk = await by_code(world, officer, worker.phone)
    async with world.session() as session:
        await session.execute(DISMISS, {"id": officer.id})
    refused(await desk.get("/me"), 401, "unauthenticated")


async def test_paper_is_for_who_has_no_phone(world: World) -> None:
    officer, worker = await world.staff("141002", Role.CLERK), await world.worker()
    path = f"{ASSISTANCES}/on-paper"
    refused(await officer.post(path, **paper(worker_id=str(worker.id))), 409, "has_a_phone")
    nobody_there = paper(name="王建国")
    refused(await officer.post(path, **nobody_there), 422, "invalid")
    no_picture = {"data": {"name": "王建国", "id_number": number(1)}, "files": {"sheet": ("a.png", b"x")}}
    refused(await officer.post(path, **no_picture), 422, "picture_invalid")
    wrong = paper(name="王建国", id_number=number(1)[:-1] + ("0" if number(1)[-1] != "0" else "1"))
    refused(await officer.post(path, **wrong), 422, "invalid")
    blank = paper(name="  ", id_number=number(1))
    refused(await officer.post(path, **blank), 422, "invalid")

    desk = await on_paper(officer, name="王建国", id_number=number(1), contact="邻居王婶 13900000000")
    assert desk.assistance["state"] == "active"
    refused(await officer.post(path, **paper(name="李建国", id_number=number(1))), 422, "name_differs")
    again = await on_paper(officer, name="王 建国", id_number=number(1))
    assert again.account_id == desk.account_id
    again = await on_paper(officer, worker_id=desk.account_id)
    refused(await officer.post(ASSISTANCES, {"worker_id": desk.account_id}), 409, "has_no_phone")
    said = ok(await again.get("/me/consents"))
    assert said["real_name"]
    assert said["records"]["real_name"]["text_version"].endswith("paper")


async def test_the_sheet_is_seen_by_who_took_it_and_the_manager_and_the_ledger_knows(world: World) -> None:
    officer = await world.staff("141002", Role.CLERK)
    desk = await on_paper(officer, name="王建国", id_number=number(2))
    reason = {"reason": "核对签字"}

    for who in (officer, await world.staff("141002", Role.MANAGER)):
        seen = await who.post(f"{desk.path}/sheet", reason)
        assert seen.headers["content-type"] == "image/jpeg"
    for division, role in (("141002", Role.CLERK), ("141081", Role.MANAGER)):
        other = await world.staff(division, role)
        refused(await other.post(f"{desk.path}/sheet", reason), 404, "not_found")
    assert await world.count("ledger", "action = 'assistance.sheet' AND reason = '核对签字'") == 2


async def test_staff_list_what_is_within_reach(world: World) -> None:
    desk = await by_code(world, await world.staff("141002", Role.CLERK), world.new_phone())
    for division, seen in (("141002", 1), ("1410", 1), ("141081", 0)):
        staff = await world.staff(division, Role.MANAGER)
        items = ok(await staff.get(f"{ASSISTANCES}?state=active"))["items"]
        assert len(items) == seen
        assert ok(await staff.get(f"{ASSISTANCES}?state=ended"))["items"] == []
    assert desk.assistance["staff"] == "张工"


async def test_the_sheet_to_sign_is_printed(world: World) -> None:
    officer = await world.staff("141002", Role.CLERK)
    sheet = await officer.get(f"{ASSISTANCES}/sheet.pdf")
    assert sheet.status_code == 200
    assert sheet.content.startswith(b"%PDF")


@pytest.mark.parametrize("given", [{}, {"phone": "13800138000", "worker_id": NOWHERE}])
async def test_one_of_phone_and_worker_is_asked_for(world: World, given: dict[str, str]) -> None:
    officer = await world.staff("141002", Role.CLERK)
    refused(await officer.post(ASSISTANCES, given), 422, "invalid")


async def test_two_counters_register_a_person_once(world: World) -> None:
    officers = [await world.staff("141002", Role.CLERK) for _ in range(4)]
    path, who = f"{ASSISTANCES}/on-paper", {"name": "王建国", "id_number": number(3)}
    answers = await asyncio.gather(*(officer.post(path, **paper(**who)) for officer in officers))

    made = [answer for answer in answers if answer.status_code == httpx.codes.CREATED]
    assert made
    assert len({answer.json()["account_id"] for answer in made}) == 1
    for answer in answers:
        if answer not in made:
            refused(answer, 409, "id_number_taken")
    assert await world.count("accounts", "phone_index IS NULL") == 1


async def test_a_code_confirms_once_however_often_it_is_sent(world: World) -> None:
    officer, phone = await world.staff("141002", Role.CLERK), world.new_phone()
    begun = ok(await officer.post(ASSISTANCES, {"phone": phone}), 201)
    given = {"code": await code_sent_to(world, phone)}
    path = f"{ASSISTANCES}/{begun['id']}/confirm"
    answers = await asyncio.gather(*(officer.post(path, given) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert await world.count("ledger", "action = 'assistance.confirm'") == 1
