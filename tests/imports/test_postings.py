"""Employers and their postings from spreadsheets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from app.core import clock
from scripts.demo.numbers import valid_id_number, valid_uscc
from tests.imports.forms import EMPLOYERS, JOBS, brought, checked, employer, errors, job, sheet
from tests.world import Employer, World, ok, refused

TUNLI = {"lng": 111.55, "lat": 36.1, "datum": "wgs84", "address": "屯里"}


async def registered(world: World, **given: Any) -> tuple[Employer, str]:
    uscc = valid_uscc("141002", 4_000 + await world.count("employers"))
    return await world.employer(uscc=uscc, **given), uscc


async def test_employers_wait_for_verification_and_their_contacts_own_them(world: World) -> None:
    reviewer = await world.staff("141002")
    number = valid_id_number("141002", clock.today().replace(year=1980, day=1), 7)
    rows = [
        employer(1, valid_uscc("141002", 71)),
        employer(
            2, valid_uscc("141002", 72), 联系电话=f"137{1:08}", 经度=111.519, 纬度=36.0889, 坐标系="高德"
        ),
        employer(3, number, 类型="个人雇主", 名称="赵大爷"),
    ]

    done = await brought(world, reviewer, "employers", sheet(EMPLOYERS, rows))

    assert (done["rows_new"], done["rows_written"]) == (3, 3)
    items = ok(await reviewer.get("/admin/v1/employers?state=pending"))["items"]
    assert {one["name"] for one in items} == {"平阳家政公司 1", "平阳家政公司 2", "赵**"}
    assert {one["place"]["address"][-12:] for one in items} >= {"1 号(位置以乡镇驻地标注)"[-12:]}
    assert await world.count("accounts", "phone_index IS NOT NULL") == 2
    assert await world.count("employer_members", "role = 'owner'") == 3
    one = next(item for item in items if item["name"] == "平阳家政公司 2")
    contact = ok(await reviewer.post(f"/admin/v1/employers/{one['id']}/contact", {"reason": "核实"}))
    assert contact == {"name": "王芳", "phone": "+8613700000001"}
    ok(await reviewer.post(f"/admin/v1/employers/{one['id']}/verify", {}))


async def test_what_is_wrong_with_employers_is_named(world: World) -> None:
    reviewer = await world.staff("141002")
    _, banned = await registered(world)
    found = ok(await reviewer.get("/admin/v1/employers"))["items"][0]
    ok(await reviewer.post(f"/admin/v1/employers/{found['id']}/ban", {"reason": "欠薪"}))
    uscc = valid_uscc("141002", 81)
    rows = [
        employer(1, uscc),
        employer(2, uscc, 联系电话=f"137{1:08}"),
        employer(3, "91110000600037341X"),
        employer(4, banned),
        employer(5, valid_uscc("141002", 82), 类型="事业单位"),
        employer(6, valid_uscc("141002", 83), 经度=111.371, 纬度=35.62, 坐标系="wgs84"),
        employer(7, valid_uscc("141002", 84), 经度=111.5),
        employer(8, valid_uscc("141002", 85), 联系电话="12345"),
        employer(9, "14100219800101001X", 类型="个人雇主", 名称="赵大爷"),
    ]

    imported = await checked(world, reviewer, "employers", sheet(EMPLOYERS, rows))

    assert imported["state"] == "refused"
    assert set(await errors(reviewer, imported)) == {
        (3, "统一社会信用代码或证件号", "given_twice"),
        (4, "统一社会信用代码或证件号", "uscc_invalid"),
        (5, "统一社会信用代码或证件号", "legal_person_banned"),
        (6, "类型", "enum"),
        (7, "经度", "place_outside_county"),
        (8, "经度", "place_invalid"),
        (9, "联系电话", "phone_invalid"),
        (10, "统一社会信用代码或证件号", "id_number_checksum"),
    }
    assert await world.count("employers") == 1


async def test_a_legal_person_that_the_contact_registered_is_linked(world: World) -> None:
    owner, uscc = await registered(world)
    reviewer = await world.staff("141002")

    done = await brought(
        world, reviewer, "employers", sheet(EMPLOYERS, [employer(1, uscc, 联系电话=owner.phone)])
    )

    assert (done["rows_new"], done["rows_linked"]) == (0, 1)
    assert await world.count("employers") == 1
    assert await world.count("imported_keys", f"object_id = '{owner.employer_id}'") == 1


async def test_postings_go_to_review_and_from_there_to_the_workers(world: World) -> None:
    _, uscc = await registered(world)
    reviewer = await world.staff("141002")
    rows = [
        job(1, uscc),
        job(2, uscc, 标题="夜班看门,限男性", 开始="20:00", 结束="06:00", 计薪单位="小时", **{"工资(元)": 30}),
        job(3, uscc, 计薪单位="件", 预计工时=10, 经度=111.519, 纬度=36.0889, 坐标系="wgs84"),
    ]

    imported = await checked(world, reviewer, "jobs", sheet(JOBS, rows))
    assert [row["cells"]["疑似违规字句"] for row in imported["preview"]] == ["无", "限男性", "无"]
    ok(await reviewer.post(f"/admin/v1/imports/{imported['id']}/confirm", {}), 202)
    await world.deliver()
    done = ok(await reviewer.get(f"/admin/v1/imports/{imported['id']}"))

    assert (done["rows_written"], done["preview"]) == (3, [])
    items = ok(await reviewer.get("/admin/v1/jobs?state=in_review"))["items"]
    night = next(one for one in items if one["title"].startswith("夜班"))
    assert [finding["words"] for finding in night["findings"]] == ["限男性"]
    assert night["shifts"][0]["ends_at"] > night["shifts"][0]["starts_at"]
    plain = next(one for one in items if one["title"] == "仓库卸货" and one["pay"]["per"] == "day")
    assert plain["pay"]["amount_fen"] == 20000
    ok(await reviewer.post(f"/admin/v1/jobs/{plain['id']}/approve", {}))
    hits = ok(await world.nobody.get("/v1/jobs?q=卸货"))["items"]
    assert [hit["job"]["id"] for hit in hits] == [plain["id"]]


async def test_days_are_read_as_people_type_them(world: World) -> None:
    _, uscc = await registered(world)
    with time_machine.travel(datetime(2026, 12, 30, 4, tzinfo=UTC), tick=False):
        reviewer = await world.staff("141002")
        typed = ("2027/1/5", "2027.1.5", "2027年1月5日", "2027-01-05", "2027-1-5")
        rows = [job(n, uscc, 日期=day) for n, day in enumerate(typed)]
        found = await checked(world, reviewer, "jobs", sheet(JOBS, rows))
        assert found["state"] == "ready", await errors(reviewer, found)
        rows = [job(9, uscc, 日期=day) for day in ("2027/13/5", "2027-W01-1", "1/5", "明天", "2027-1-5-1")]
        found = await checked(world, reviewer, "jobs", sheet(JOBS, rows))
        assert [code for *_, code in await errors(reviewer, found)] == ["date_parsing"] * 5


async def test_postings_are_held_to_the_law_like_any_other(world: World) -> None:
    _, uscc = await registered(world)
    await registered(world, verified=False)
    waiting = ok(await (await world.staff()).get("/admin/v1/employers?state=pending"))["items"][0]["uscc"]
    reviewer = await world.staff("141002")
    rows = [
        job(1, uscc, **{"工资(元)": 20}),
        job(2, uscc, 日期=(clock.today() - timedelta(days=1)).isoformat()),
        job(3, uscc, 有效期至="2020-01-01"),
        job(4, uscc, 工种="修仙", 工作内容=""),
        job(5, valid_uscc("141002", 99)),
        job(6, waiting),
        job(7, uscc, 人数=5000),
        job(8, uscc, 计薪单位="件"),
        job(9, uscc, 开始="25:00"),
        job(10, uscc, **{"工资(元)": "面议"}),
        job(11, uscc, 结束="08:05"),
    ]

    imported = await checked(world, reviewer, "jobs", sheet(JOBS, rows))

    assert set(await errors(reviewer, imported)) == {
        (2, "工资(元)", "below_minimum_wage"),
        (3, "开始", "in_the_past"),
        (4, "有效期至", "in_the_past"),
        (5, "工种", "enum"),
        (5, "工作内容", "missing"),
        (6, "用工主体代码", "employer_unknown"),
        (7, "用工主体代码", "employer_not_verified"),
        (8, "人数", "less_than_equal"),
        (9, "预计工时", "expected_minutes_required"),
        (10, "开始", "time_parsing"),
        (11, "工资(元)", "float_parsing"),
        (12, "日期", "too_short_a_shift"),
    }


async def test_an_employer_stopped_after_the_check_refuses_its_postings(world: World) -> None:
    owner, uscc = await registered(world)
    reviewer = await world.staff("141002")
    imported = await checked(world, reviewer, "jobs", sheet(JOBS, [job(1, uscc)]))
    path = f"/admin/v1/employers/{owner.employer_id}/suspend"
    ok(await reviewer.post(path, {"reason": "核查"}))

    ok(await reviewer.post(f"/admin/v1/imports/{imported['id']}/confirm", {}), 202)
    await world.deliver()

    found = ok(await reviewer.get(f"/admin/v1/imports/{imported['id']}"))
    assert (found["state"], await world.count("jobs")) == ("refused", 0)
    refused(await reviewer.post(f"/admin/v1/imports/{imported['id']}/confirm", {}), 409, "import_state")
