"""Opening: who may complain of what, which station has it, who sees it."""

import io
import json
import zipfile

import pytest

from tests.disputes.cases import Scene, evidence_of, scene
from tests.world import World, ok, refused


async def test_a_complaint_goes_to_the_station_of_the_place_of_work(world: World) -> None:
    case = await scene(world)
    file = await evidence_of(case.worker)
    opened = await case.complains(files=[file])
    assert (opened["state"], opened["kind"], opened["side"]) == ("opened", "wage_arrears", "complainant")
    assert opened["station"]["id"] == case.station_id
    assert opened["due_at"]
    assert opened["text"] == "干了一天,工资没有给。"
    assert opened["files"] == [file]
    assert [step["what"] for step in opened["steps"]] == ["opened"]
    read = ok(await case.worker.get(f"/v1/disputes/{opened['id']}"))
    assert read == opened
    picture = await case.worker.get(f"/v1/disputes/{opened['id']}/files/{file}")
    assert picture.headers["content-type"] == "image/jpeg"
    assert [one["id"] for one in ok(await case.worker.get("/v1/me/disputes"))["items"]] == [opened["id"]]


async def test_without_an_engagement_it_goes_to_the_employers_station_or_home_or_the_centre(
    world: World,
) -> None:
    case = await scene(world)
    body = {"kind": "fee", "text": "要收押金"}
    about = ok(await case.worker.post("/v1/disputes", body | {"employer_id": case.employer.employer_id}), 201)
    assert about["employer_id"] == case.employer.employer_id
    at_home = ok(await case.worker.post("/v1/disputes", body), 201)
    assert at_home["station"]["id"] == case.station_id  # the worker lives where the work is
    somebody = await world.person()
    centre = ok(await somebody.post("/v1/disputes", body), 201)
    assert centre["station"]["name"] == "临汾市就业服务中心"


async def test_who_is_no_party_finds_neither_the_engagement_nor_the_dispute(world: World) -> None:
    case, stranger = await scene(world), await world.worker()
    refused(await stranger.post("/v1/disputes", case.draft()), 404, "not_found")
    nowhere = case.draft() | {"engagement_id": "0193a3c0-0000-7000-8000-000000000000"}
    refused(await case.worker.post("/v1/disputes", nowhere), 404, "not_found")
    path = f"/v1/disputes/{(await case.complains())['id']}"
    for method, tail, body in (
        ("GET", "", None),
        ("POST", "/messages", {"text": "在吗"}),
        ("POST", "/withdraw", {}),
        ("POST", "/rating", {"stars": 5}),
        ("GET", "/evidence.pdf", None),
        ("GET", "/evidence.zip", None),
    ):
        refused(await stranger.call(method, path + tail, json=body), 404, "not_found")


async def test_a_second_one_of_the_kind_is_refused_with_the_first_ones_id(world: World) -> None:
    case = await scene(world)
    first = await case.complains()
    again = refused(await case.worker.post("/v1/disputes", case.draft()), 409, "dispute_stands")
    assert again["dispute_id"] == first["id"]
    await case.complains("injury")
    for _ in range(2):
        await case.complains("other")


async def test_who_complained_withdraws_and_may_complain_again(world: World) -> None:
    case = await scene(world)
    first = await case.complains()
    path = f"/v1/disputes/{first['id']}"
    ended = ok(await case.worker.post(f"{path}/withdraw", {"text": "已经给了"}))
    assert (ended["state"], ended["due_at"]) == ("withdrawn", None)
    assert ended["closed_at"]
    assert ended["messages"][0]["text"] == "已经给了"
    problem = refused(await case.worker.post(f"{path}/withdraw"), 409, "dispute_state")
    assert problem["state"] == "withdrawn"
    refused(await case.worker.post(f"{path}/messages", {"text": "再说一句"}), 409, "dispute_state")
    assert (await case.complains())["id"] != first["id"]


async def test_an_employer_complains_of_a_worker_within_bounds(world: World) -> None:
    case = await scene(world)
    refused(await case.employer.post("/v1/disputes", case.draft("wage_arrears")), 422, "invalid")
    opened = ok(await case.employer.post("/v1/disputes", case.draft("other")), 201)
    assert opened["side"] == "complainant"
    theirs = ok(await case.worker.get(f"/v1/disputes/{opened['id']}"))
    assert (theirs["side"], theirs["text"]) == ("respondent", None)
    refused(await case.worker.get(f"/v1/disputes/{opened['id']}/evidence.pdf"), 404, "not_found")


async def test_more_than_ten_a_day_are_refused(world: World) -> None:
    case = await scene(world)
    for _ in range(10):
        await case.complains("other")
    refused(await case.worker.post("/v1/disputes", case.draft("other")), 429, "too_many_requests")


async def _employers_list(case: Scene) -> list[str]:
    path = f"/v1/me/disputes?employer_id={case.employer.employer_id}"
    return [one["kind"] for one in ok(await case.employer.get(path))["items"]]


@pytest.mark.parametrize("kind", ["fraud", "fee", "discrimination"])
async def test_the_employer_never_learns_who_blew_the_whistle(world: World, kind: str) -> None:
    case = await scene(world)
    opened = await case.complains(kind)
    path = f"/v1/disputes/{opened['id']}"
    refused(await case.employer.get(path), 404, "not_found")
    refused(await case.employer.post(f"{path}/messages", {"text": "谁"}), 404, "not_found")
    assert await _employers_list(case) == []
    # Nor by trying the same kind.
    refused(await case.employer.post("/v1/disputes", case.draft(kind)), 422, "invalid")
    mediator = await case.mediator()
    to = {"text": "请说明", "to": "respondent"}
    answer = await mediator.post(f"/admin/v1/disputes/{opened['id']}/messages", to)
    refused(answer, 422, "respondent_may_not_know")


@pytest.mark.parametrize("kind", ["wage_arrears", "injury", "no_show", "other"])
async def test_the_respondent_sees_the_progress_and_not_a_word(world: World, kind: str) -> None:
    case = await scene(world)
    file = await evidence_of(case.worker)
    opened = await case.complains(kind, files=[file])
    path = f"/v1/disputes/{opened['id']}"
    ok(await case.worker.post(f"{path}/messages", {"text": "只给站里看"}), 201)
    theirs = ok(await case.employer.get(path))
    assert (theirs["side"], theirs["text"], theirs["files"]) == ("respondent", None, [])
    assert theirs["messages"] == []
    refused(await case.employer.get(f"{path}/files/{file}"), 404, "not_found")
    refused(await case.employer.post(f"{path}/withdraw"), 404, "not_found")
    assert await _employers_list(case) == [kind]
    ok(await case.employer.post(f"{path}/messages", {"text": "我方说明"}), 201)
    mine = ok(await case.worker.get(path))
    assert [one["text"] for one in mine["messages"]] == ["只给站里看"]


async def test_another_persons_picture_is_no_evidence(world: World) -> None:
    case = await scene(world)
    theirs = await evidence_of(case.employer)
    answer = await case.worker.post("/v1/disputes", case.draft(files=[theirs]))
    refused(answer, 422, "attachment_unknown")
    assert await world.count("disputes") == 0


async def test_the_persons_own_words_are_in_the_export(world: World) -> None:
    case = await scene(world)
    opened = await case.complains("injury")
    ok(await case.worker.post(f"/v1/disputes/{opened['id']}/messages", {"text": "手受伤了"}), 201)
    packed = (await case.worker.get("/v1/me/data")).content
    (held,) = json.loads(zipfile.ZipFile(io.BytesIO(packed)).read("disputes.json"))
    assert (held["text"], held["messages"][0]["text"]) == ("干了一天,工资没有给。", "手受伤了")
