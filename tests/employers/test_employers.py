"""Employers register, are verified, let others act for them, and are stopped."""

import io
from datetime import date, timedelta
from uuid import UUID

import time_machine
from PIL import Image

from app.core import clock, ports
from app.employers.models import Document
from app.employers.verification import let_verifications_run_out
from app.stations.models import Role
from scripts.demo.numbers import valid_id_number, valid_uscc
from tests.world import HOUMA, YAODU, Employer, World, ok, refused


def enterprise(**changes: object) -> dict[str, object]:
    return {
        "kind": "enterprise",
        "name": "临汾市尧都区平阳家政有限公司",
        "uscc": valid_uscc("141002", 4711),
        "contact": {"name": "王芳", "phone": "13935700001"},
        "place": YAODU,
    } | changes


async def test_an_employer_waits_for_staff_and_is_told(world: World) -> None:
    employer = await world.employer(verified=False)
    mine = ok(await employer.get(f"/v1/employers/{employer.employer_id}"))
    assert (mine["state"], mine["verified"], mine["own"]["role"]) == ("pending", False, "owner")
    reviewer = await world.staff("141002")
    path = f"/admin/v1/employers/{employer.employer_id}"
    ok(await reviewer.post(f"{path}/reject", {"reason": "执照照片不清晰"}))
    await world.deliver()
    assert "执照照片不清晰" in (await employer.texts())[0]

    ok(
        await employer.patch(
            f"/v1/employers/{employer.employer_id}", {"contact": {"name": "王", "phone": employer.phone}}
        )
    )
    ok(await reviewer.post(f"{path}/verify", {}))
    await world.deliver()
    assert "通过核验" in (await employer.texts())[0]
    seen = ok(await world.nobody.get(f"/v1/employers/{employer.employer_id}"))
    assert seen["verified"] is True
    assert seen["own"] is None


async def test_staff_look_at_the_licence_before_they_verify(world: World) -> None:
    employer = await world.employer(verified=False)
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(made, "PNG")
    sent = {"files": {"file": ("licence.png", made.getvalue(), "image/png")}}
    path = f"/v1/employers/{employer.employer_id}/documents"
    document = ok(await employer.call("POST", path, **sent), 201)
    reviewer, elsewhere = await world.staff("141002"), await world.staff("141081")
    path = f"/admin/v1/employers/{employer.employer_id}/documents"
    assert [one["id"] for one in ok(await reviewer.get(path))["items"]] == [document["id"]]
    picture = await reviewer.get(f"{path}/{document['id']}/picture")
    assert Image.open(io.BytesIO(picture.content)).size == (300, 200)
    refused(await elsewhere.get(path), 404, "not_found")
    refused(await reviewer.get(f"{path}/{employer.employer_id}/picture"), 404, "not_found")
    async with world.session() as session:
        kept = await session.get_one(Document, UUID(document["id"]))
        await ports.ports().files.delete(kept.picture_key)
    refused(await reviewer.get(f"{path}/{document['id']}/picture"), 404, "not_found")


async def test_each_kind_names_its_own_number(world: World) -> None:
    me = await world.person()
    number = valid_id_number("141002", date(1970, 2, 3), 9)
    household = enterprise(kind="individual", name="赵钱孙", uscc=None, id_number=number)
    shown = ok(await me.post("/v1/employers", household), 201)
    assert shown["name"] == "赵**"
    for wrong in (
        enterprise(uscc=None),
        enterprise(uscc="91110000600037341X"),
        enterprise(kind="individual"),
        enterprise(
            kind="individual",
            uscc=None,
            id_number=number[:-1] + "0" if number[-1] != "0" else number[:-1] + "1",
        ),
    ):
        answer = await me.post("/v1/employers", wrong)
        refused(answer, 422, "invalid")
        assert number[:-1] not in answer.text
    refused(await me.post("/v1/employers", household), 409, "employer_registered_already")


async def test_a_place_outside_the_city_is_refused(world: World) -> None:
    me = await world.person()
    taiyuan = {"lng": 112.55, "lat": 37.87, "datum": "gcj02"}
    problem = refused(await me.post("/v1/employers", enterprise(place=taiyuan)), 422, "place_outside_city")
    assert problem["errors"][0]["pointer"] == "/place"


async def test_a_ban_holds_for_the_legal_person_under_any_account(world: World) -> None:
    first = await world.employer()
    uscc = ok(await first.get(f"/v1/employers/{first.employer_id}"))["uscc"]
    second = await world.employer(uscc=uscc)
    job = await second.posts_job()
    assert await world.count("listings") == 1
    reviewer = await world.staff("141002")

    ok(await reviewer.post(f"/admin/v1/employers/{first.employer_id}/ban", {"reason": "收取押金"}))

    assert ok(await second.get(f"/v1/employers/{second.employer_id}"))["state"] == "banned"
    assert await world.count("listings") == 0
    refused(await world.nobody.get(f"/v1/jobs/{job['id']}"), 404, "not_found")
    third = await world.person()
    refused(await third.post("/v1/employers", enterprise(uscc=uscc)), 409, "legal_person_banned")
    verify = await reviewer.post(f"/admin/v1/employers/{second.employer_id}/verify", {})
    refused(verify, 409, "legal_person_banned")


async def test_a_suspension_hides_postings_and_verifying_shows_them_again(world: World) -> None:
    employer = await world.employer()
    await employer.posts_job()
    reviewer = await world.staff("141002")
    path = f"/admin/v1/employers/{employer.employer_id}"
    ok(await reviewer.post(f"{path}/suspend", {"reason": "核实投诉"}))
    assert await world.count("listings") == 0
    refused(await reviewer.post(f"{path}/suspend", {"reason": "再次"}), 409, "employer_state")
    ok(await reviewer.post(f"{path}/verify", {}))
    assert await world.count("listings") == 1


async def test_verification_runs_out_after_six_months(world: World) -> None:
    employer = await world.employer()
    await employer.posts_job()
    with time_machine.travel(clock.now() + timedelta(days=184), tick=True):
        await let_verifications_run_out(world.database)
        assert await world.count("employers", "state = 'pending'") == 1
        assert await world.count("listings") == 0


async def test_members_act_and_the_last_owner_stays(world: World) -> None:
    owner, friend = await world.employer(), await world.person()
    path = f"/v1/employers/{owner.employer_id}/members"
    member = ok(await owner.post(path, {"phone": friend.phone, "role": "recruiter"}), 201)
    assert member["account_id"] == str(friend.id)
    refused(await owner.post(path, {"phone": friend.phone}), 409, "member_already")
    recruiter = Employer(world, token=friend.token, employer_id=owner.employer_id)
    ok(await recruiter.post("/v1/jobs", recruiter.draft()), 201)
    refused(await recruiter.post(path, {"phone": world.new_phone()}), 404, "not_found")
    refused(await owner.delete(f"{path}/{owner.id}"), 409, "last_owner")
    ok(await owner.delete(f"{path}/{friend.id}"), 204)
    refused(await recruiter.post("/v1/jobs", recruiter.draft()), 404, "not_found")


async def test_staff_see_their_county_and_no_other(world: World) -> None:
    here, there = await world.employer(verified=False), await world.employer(verified=False, place=HOUMA)
    yaodu, houma = await world.staff("141002"), await world.staff("141081")
    seen = ok(await yaodu.get("/admin/v1/employers"))["items"]
    assert [case["id"] for case in seen] == [here.employer_id]
    refused(await yaodu.get(f"/admin/v1/employers/{there.employer_id}"), 404, "not_found")
    refused(await yaodu.post(f"/admin/v1/employers/{there.employer_id}/verify", {}), 404, "not_found")
    ok(await houma.post(f"/admin/v1/employers/{there.employer_id}/verify", {}))
    auditor = await world.staff("141081", Role.AUDITOR)
    deeds = ok(await auditor.get("/admin/v1/ledger"))["items"]
    assert [(deed["action"], deed["object_id"]) for deed in deeds] == [("employer.verify", there.employer_id)]
    assert deeds[0]["before"] == {"state": "pending"}


async def test_a_contact_is_masked_until_somebody_says_why(world: World) -> None:
    employer = await world.employer(verified=False)
    reviewer = await world.staff("141002")
    path = f"/admin/v1/employers/{employer.employer_id}"
    case = ok(await reviewer.get(path))
    assert (case["contact_name"], case["contact_phone"][3:7]) == ("王*", "****")
    told = ok(await reviewer.post(f"{path}/contact", {"reason": "核实营业地址"}))
    assert told == {"name": "王芳", "phone": f"+86{employer.phone}"}
    auditor = await world.staff("141002", Role.AUDITOR)
    deed = ok(await auditor.get("/admin/v1/ledger"))["items"][0]
    assert (deed["action"], deed["reason"]) == ("employer.contact", "核实营业地址")


async def test_who_was_never_verified_is_not_shown_to_others(world: World) -> None:
    employer = await world.employer(verified=False)
    refused(await world.nobody.get(f"/v1/employers/{employer.employer_id}"), 404, "not_found")
    ok(await employer.get(f"/v1/employers/{employer.employer_id}"))


async def test_pages_walk_through_the_whole_queue(world: World) -> None:
    made = {(await world.employer(verified=False)).employer_id for _ in range(5)}
    reviewer = await world.staff("141002")
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = ok(await reviewer.get("/admin/v1/employers", params=params))
        seen += [case["id"] for case in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 5
    assert set(seen) == made
    foreign = await reviewer.get("/admin/v1/jobs", params={"cursor": "AAAAAAAAAAAAAAAAAAAA"})
    refused(foreign, 422, "cursor_invalid")
