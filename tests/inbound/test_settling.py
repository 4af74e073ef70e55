"""What becomes of vacancies that may not be shown as they are: waiting, held, ours."""

from datetime import timedelta
from uuid import UUID

import time_machine
from sqlalchemy import select, update

from app.core import clock
from app.inbound import keeping
from app.inbound.models import Vacancy
from app.jobs import postings
from app.jobs.models import ClosedBecause, Job, Shift
from app.stations.models import Role
from app.sync.models import Scope
from scripts.demo.numbers import valid_uscc
from tests.inbound.vacancies import Json, batch, line, state_of, vacancy
from tests.world import HOUMA, Actor, Province, World, ok, refused, shift, tomorrow

JOBS = "/sync/v1/inbound/jobs"
CODES = "/admin/v1/sync/codes"
VACANCIES = "/admin/v1/sync/vacancies"


async def _sender(world: World) -> Province:
    return await world.province(Scope.WRITE_JOB)


async def _listed(world: World) -> list[str]:
    found = ok(await world.nobody.get("/v1/jobs"))["items"]
    return [item["job"]["title"] for item in found]


def _codes(view: Json) -> set[tuple[str, str]]:
    return {(one["pointer"], one["code"]) for one in view["faults"]}


async def test_an_unknown_code_is_listed_and_its_vacancies_wait_until_it_is_mapped(world: World) -> None:
    province, operator = await _sender(world), await world.staff("1410", Role.OPERATOR)

    taken = ok(await province.put(f"{JOBS}/SX-1", vacancy(trade="X-77")))
    await batch(province, line("SX-2", 1, trade="X-77"), line("SX-3", 1, division="140199"))
    await world.settle()

    assert (taken["state"], _codes(taken)) == ("waiting", {("/trade", "code_unknown")})
    assert await _listed(world) == []
    unknown = ok(await operator.get(f"{CODES}?unknown=true"))["items"]
    assert [(one["kind"], one["theirs"], one["vacancies"]) for one in unknown] == [
        ("division", "140199", 1),
        ("trade", "X-77", 2),
    ]
    waiting = ok(await operator.get(f"{VACANCIES}?state=waiting"))["items"]
    assert [one["source_id"] for one in waiting] == ["SX-1", "SX-2", "SX-3"]

    mapped = ok(await operator.put(f"{CODES}/trade/X-77", {"ours": "0301"}, headers={"If-Match": '"1"'}))
    assert (mapped["ours"], mapped["ours_name"], mapped["version"]) == ("0301", "瓦工", 2)
    await world.settle()

    assert [(await state_of(province, f"SX-{n}"))["state"] for n in (1, 2, 3)] == [
        "shown", "shown", "waiting",
    ]  # fmt: skip
    auditor = await world.staff("1410", Role.AUDITOR)
    (entry,) = [
        one
        for one in ok(await auditor.get("/admin/v1/ledger"))["items"]
        if one["action"] == "province_code.map"
    ]
    assert entry["after"] == {"kind": "trade", "theirs": "X-77", "ours": "0301"}


async def test_a_code_is_mapped_to_one_of_ours_and_seldom_blindly(world: World) -> None:
    province, operator = await _sender(world), await world.staff("1410", Role.OPERATOR)
    ok(await province.put(f"{JOBS}/SX-1", vacancy(trade="X-77")))

    refused(await operator.put(f"{CODES}/trade/X-77", {"ours": "9999"}), 422, "invalid")
    refused(await operator.put(f"{CODES}/trade/never-seen", {"ours": "0301"}), 404, "not_found")
    stale = {"If-Match": '"9"'}
    refused(await operator.put(f"{CODES}/trade/X-77", {"ours": "0301"}, headers=stale), 412, "stale")
    clerk = await world.staff("1410", Role.CLERK)
    refused(await clerk.put(f"{CODES}/trade/X-77", {"ours": "0301"}), 404, "not_found")


async def test_a_code_that_was_mapped_wrongly_is_mended(world: World) -> None:
    province, operator = await _sender(world), await world.staff("1410", Role.OPERATOR)
    job_id = None
    for ours in ("0302", "0301"):
        ok(await province.put(f"{JOBS}/SX-1", vacancy(trade="X-77", version=1 if ours == "0302" else 2)))
        ok(await operator.put(f"{CODES}/trade/X-77", {"ours": ours}))
        await world.settle()
        job_id = (await state_of(province, "SX-1"))["job_id"]

    assert ok(await world.nobody.get(f"/v1/jobs/{job_id}"))["trade"] == "0301"
    assert len(await _listed(world)) == 1


async def test_what_is_unlawful_is_held_with_its_faults(world: World) -> None:
    province, operator = await _sender(world), await world.staff("1410", Role.OPERATOR)
    beijing = {"lng": 116.4, "lat": 39.9, "datum": "wgs84", "address": "北京"}
    cases: list[tuple[Json, tuple[str, str]]] = [
        ({"pay": {"amount_fen": 500, "per": "hour"}}, ("/pay/amount_fen", "below_minimum_wage")),
        ({"description": None}, ("/description", "missing")),
        ({"insurance": None}, ("/insurance", "missing")),
        ({"title": "仅限男性分拣员"}, ("/title", "wording_sex")),
        ({"description": "入职收押金三百元。"}, ("/description", "wording_fee")),
        ({"place": beijing}, ("/place", "place_outside_city")),
        ({"place": HOUMA, "division": "141002"}, ("/place", "place_outside_division")),
        ({"pay": {"amount_fen": 100, "per": "piece"}}, ("/pay", "expected_minutes_required")),
        ({"shifts": [shift(days=400)]}, ("/shifts/0/starts_at", "too_far")),
        (
            {"requirements": {"certificates": ["NO-SUCH"]}},
            ("/requirements/certificates/0", "certificate_unknown"),
        ),
    ]
    for n, (change, fault) in enumerate(cases):
        given = {name: value for name, value in vacancy(**change).items() if value is not None}
        taken = ok(await province.put(f"{JOBS}/SX-{n}", given))
        assert taken["state"] == "held", (change, taken)
        assert fault in _codes(taken), (change, taken["faults"])
    assert await _listed(world) == []
    assert await world.count("jobs") == 0
    held = ok(await operator.get(f"{VACANCIES}?state=held&limit=100"))["items"]
    assert len(held) == len(cases)
    assert "低于当地最低小时工资" in held[0]["faults"][0]["message"]


async def test_what_is_shown_is_the_newest_version_or_nothing(world: World) -> None:
    province = await _sender(world)
    given = vacancy()
    first = ok(await province.put(f"{JOBS}/SX-1", given))

    unlawful = given | {"version": 2, "title": "仅限男性分拣员"}
    assert ok(await province.put(f"{JOBS}/SX-1", unlawful))["state"] == "held"
    assert await _listed(world) == []
    mended = ok(await province.put(f"{JOBS}/SX-1", given | {"version": 3, "title": "分拣员"}))

    assert mended["state"] == "shown"
    assert mended["job_id"] != first["job_id"]
    assert await _listed(world) == ["分拣员"]


async def test_a_banned_legal_person_is_not_shown(world: World) -> None:
    province, reviewer = await _sender(world), await world.staff()
    uscc = valid_uscc("141002", 9_001)
    ours = await world.employer(uscc=uscc)
    employer = {"name": "平阳家政公司", "uscc": uscc}
    ok(await province.put(f"{JOBS}/SX-1", vacancy(employer=employer)))
    assert len(await _listed(world)) == 1

    ok(await reviewer.post(f"/admin/v1/employers/{ours.employer_id}/ban", {"reason": "虚假招聘"}))

    assert await _listed(world) == []
    await world.deliver()
    await world.settle()
    held = await state_of(province, "SX-1")
    assert (held["state"], _codes(held)) == ("held", {("/employer", "legal_person_banned")})
    another = ok(await province.put(f"{JOBS}/SX-2", vacancy(employer=employer)))
    assert (another["state"], _codes(another)) == ("held", {("/employer", "legal_person_banned")})


async def test_an_employer_that_staff_suspend_is_hidden_until_it_is_verified_again(world: World) -> None:
    province, reviewer = await _sender(world), await world.staff()
    shown = ok(await province.put(f"{JOBS}/SX-1", vacancy()))
    employer_id = ok(await world.nobody.get(f"/v1/jobs/{shown['job_id']}"))["employer"]["id"]

    ok(await reviewer.post(f"/admin/v1/employers/{employer_id}/suspend", {"reason": "核查中"}))
    await world.deliver()
    await world.settle()
    held = await state_of(province, "SX-1")
    assert (held["state"], _codes(held)) == ("held", {("/employer", "employer_not_verified")})
    assert await _listed(world) == []

    ok(await reviewer.post(f"/admin/v1/employers/{employer_id}/verify", {}))
    await world.deliver()
    await world.settle()
    again = await state_of(province, "SX-1")
    assert (again["state"], again["job_id"]) == ("shown", shown["job_id"])
    assert len(await _listed(world)) == 1


async def test_what_staff_take_down_stays_down(world: World) -> None:
    province, reviewer = await _sender(world), await world.staff()
    given = vacancy()
    shown = ok(await province.put(f"{JOBS}/SX-1", given))

    ok(await reviewer.post(f"/admin/v1/jobs/{shown['job_id']}/remove", {"reason": "地点不存在"}))
    await world.deliver()

    held = await state_of(province, "SX-1")
    assert (held["state"], _codes(held)) == ("held", {("", "removed_by_staff")})
    assert "地点不存在" in held["faults"][0]["message"]
    assert ok(await province.put(f"{JOBS}/SX-1", given | {"version": 2}))["state"] == "held"
    assert await _listed(world) == []


async def test_a_posting_that_ran_out_closes_its_vacancy(world: World) -> None:
    province = await _sender(world)
    shown = ok(await province.put(f"{JOBS}/SX-1", vacancy()))
    async with world.session() as session:
        # As the clock leaves it once the last shift has begun.
        job = await session.get_one(Job, UUID(shown["job_id"]))
        await session.execute(
            update(Shift)
            .where(Shift.job_id == job.id)
            .values(starts_at=tomorrow(8, days=-1), ends_at=tomorrow(9, days=-1))
        )
        body = vacancy(shifts=[shift(days=-1)])
        await session.execute(update(Vacancy).values(body=body))
        await postings.close(session, job, ClosedBecause.EXPIRED)
    await world.deliver()

    assert (await state_of(province, "SX-1"))["state"] == "closed"


async def test_what_was_never_shown_runs_out_too_and_forgets_whom_to_call(world: World) -> None:
    province = await _sender(world)
    ok(await province.put(f"{JOBS}/SX-1", vacancy(trade="X-77")))
    ok(await province.put(f"{JOBS}/SX-2", vacancy(pay={"amount_fen": 100, "per": "day"})))
    ok(await province.put(f"{JOBS}/SX-3", vacancy(pay=None)))

    async def states(hours: float) -> list[tuple[str, str]]:
        with time_machine.travel(clock.now() + timedelta(hours=hours), tick=False):
            await keeping.look_again_at_what_waits(world.database)
            await world.settle()
        found = await world.look(
            "SELECT array_agg(state || '/' || (contact_sealed IS NULL) ORDER BY source_id)"
            " FROM province_vacancies"
        )
        return [tuple(one.split("/")) for one in found]

    assert await states(0) == [("waiting", "false"), ("held", "false"), ("held", "false")]
    assert await states(24 * 4) == [("closed", "true")] * 3


async def test_a_city_vacancy_that_comes_back_is_ours_and_not_shown_twice(world: World) -> None:
    province, operator = await _sender(world), await world.staff("1410", Role.OPERATOR)
    uscc = valid_uscc("141002", 9_002)
    employer = await world.employer(uscc=uscc, trusted=True)
    job = await employer.posts_job(shifts=[shift(8), shift(8, days=3)])
    same = {
        "title": "【省平台】仓库卸货",
        "employer": {"name": "平阳家政", "uscc": uscc},
        "shifts": [shift(8), shift(8, days=3)],
    }

    named = ok(await province.put(f"{JOBS}/SX-1", vacancy(origin={"city_job_id": job["id"]})))
    alike = ok(await province.put(f"{JOBS}/SX-2", vacancy(**same)))

    for taken in (named, alike):
        assert (taken["state"], taken["own_job_id"], taken["job_id"]) == ("own", job["id"], None)
    assert await _listed(world) == ["仓库卸货"]
    assert len(ok(await operator.get(f"{VACANCIES}?state=own"))["items"]) == 2
    # Once recognised it stays ours, though its times change on the way.
    later = ok(await province.put(f"{JOBS}/SX-2", vacancy(**same | {"version": 2, "shifts": [shift(14)]})))
    assert later["own_job_id"] == job["id"]
    await batch(province, line("SX-2", 3, **same | {"shifts": [shift(15)]}))
    await world.settle()
    assert (await state_of(province, "SX-2"))["own_job_id"] == job["id"]


async def test_another_gig_of_the_same_legal_person_is_not_ours(world: World) -> None:
    province = await _sender(world)
    uscc = valid_uscc("141002", 9_003)
    employer = await world.employer(uscc=uscc, trusted=True)
    await employer.posts_job(shifts=[shift(8)])
    theirs = {"name": "平阳家政", "uscc": uscc}

    titled = ok(
        await province.put(f"{JOBS}/SX-1", vacancy(title="年会礼仪", employer=theirs, shifts=[shift(8)]))
    )
    timed = ok(
        await province.put(f"{JOBS}/SX-2", vacancy(title="仓库卸货", employer=theirs, shifts=[shift(9)]))
    )

    assert (titled["state"], timed["state"]) == ("shown", "shown")


async def test_a_provincial_employer_waits_for_nobodys_verification(world: World) -> None:
    province, reviewer = await _sender(world), await world.staff()
    shown = ok(await province.put(f"{JOBS}/SX-1", vacancy()))
    employer_id = ok(await world.nobody.get(f"/v1/jobs/{shown['job_id']}"))["employer"]["id"]

    assert ok(await reviewer.get("/admin/v1/employers?state=pending"))["items"] == []
    assert ok(await reviewer.get("/admin/v1/jobs?unreviewed=true"))["items"] == []
    profile = ok(await world.nobody.get(f"/v1/employers/{employer_id}"))
    assert profile["verified"]
    assert profile["own"] is None


async def test_whom_to_call_is_sealed_and_told_with_a_reason(world: World) -> None:
    province, reviewer = await _sender(world), await world.staff()
    shown = ok(await province.put(f"{JOBS}/SX-1", vacancy()))
    await batch(province, line("SX-2", 1, trade="X-9"))
    employer_id = ok(await world.nobody.get(f"/v1/jobs/{shown['job_id']}"))["employer"]["id"]

    async with world.session() as session:
        kept = list(await session.scalars(select(Vacancy.body)))
    assert "13800138000" not in str(kept)
    assert "赵强" not in str(kept)
    contact = await _contact(reviewer, employer_id)
    assert contact["phone"].endswith("13800138000")
    nameless = vacancy(employer={"name": "某公司", "uscc": valid_uscc("140100", 9_004)})
    other = ok(await province.put(f"{JOBS}/SX-3", nameless))
    employer_id = ok(await world.nobody.get(f"/v1/jobs/{other['job_id']}"))["employer"]["id"]
    assert (await _contact(reviewer, employer_id))["phone"] == "12333"


async def _contact(reviewer: Actor, employer_id: str) -> Json:
    path = f"/admin/v1/employers/{employer_id}/contact"
    found: Json = ok(await reviewer.post(path, {"reason": "核实岗位"}))
    return found
