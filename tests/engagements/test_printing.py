"""The printed agreement: one page, in words, with a mark that leads to its verification."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from app.core import typeset
from app.engagements import printing
from app.engagements.agreement import hash_of
from tests.engagements.hired import hired
from tests.world import World, ok, refused

GOLDEN = Path(__file__).parent / "golden" / "terms.png"
NAMES = printing.Names(
    {"0301": "搬运装卸"},
    {},
    {"SW-HIGH": "特种作业操作证(高处作业)"},
    {"141002": "尧都区", "141002001": "解放路街道"},
)


def body(**job: Any) -> dict[str, Any]:
    place = {"lng": 111.519, "lat": 36.0889, "datum": "wgs84", "address": "鼓楼北大街 1 号平阳物流园 3 号库"}
    return {
        "version": 2,
        "engagement_id": "019a9f0a-6a52-7b30-8a6e-0d5b7a1c2e34",
        "agreed_at": "2026-11-21T09:30:00+00:00",
        "worker": {"id": "w", "name_shown": "老李"},
        "employer": {
            "id": "e",
            "kind": "enterprise",
            "name": "临汾市尧都区平阳家政服务有限公司",
            "uscc": "91141002MA0K1AB23X",
        },
        "job": {
            "id": "j",
            "title": "尧都区仓库卸货",
            "trade": "0301",
            "description": "卸两车瓷砖,每车约 15 吨,有叉车配合。管一顿午饭,提供手套和护腰。",
            "certificates": [],
            "requirements": "自带水杯,穿防滑鞋。",
            "place": place,
            "division": "141002001",
            "check_in_radius_m": 300,
        }
        | job,
        "shift": {
            "id": "s",
            "starts_at": "2026-11-30T23:30:00+00:00",
            "ends_at": "2026-12-01T09:30:00+00:00",
        },
        "pay": {
            "amount_fen": 25000,
            "per": "day",
            "expected_minutes": None,
            "hourly_fen": 2500,
            "settlement": "daily",
        },
        "insurance": "employer",
    }


def first() -> dict[str, Any]:
    shift = {"id": "s", "starts_at": "2026-11-30T22:30:00+00:00", "ends_at": "2026-12-01T09:30:00+00:00"}
    return body() | {"version": 1, "agreed_at": "2026-11-20T02:00:00+00:00", "shift": shift}


def data(one: dict[str, Any]) -> dict[str, Any]:
    return printing.data_of(one, hash_of(one), [one, first()], NAMES)


async def test_the_page_looks_as_it_was_looked_at() -> None:
    mark = {"check": f"https://gigs.linfen.example/v1/terms/{hash_of(body())}"}
    drawn = await typeset.picture(printing.TEMPLATE, data(body()), marks=mark)
    new, old = (Image.open(io.BytesIO(png)).convert("L") for png in (drawn, GOLDEN.read_bytes()))
    assert new.size == old.size
    differs = ImageChops.difference(new, old).point(lambda level: 255 * (level > 64))
    off = differs.histogram()[255]
    assert off < new.width * new.height * 0.002, f"{off} pixels differ; look at it, then keep it as {GOLDEN}"


async def test_whatever_is_written_it_stays_one_page() -> None:
    longest = body(
        title="岗" * 100,
        description="卸瓷砖很重。\n" * 600,
        requirements="要求很多。" * 200,
        certificates=["SW-HIGH"] * 10,
    )
    longest["job"]["place"]["address"] = "号" * 200
    longest["employer"]["name"] = longest["worker"]["name_shown"] = "名" * 100
    versions = [longest, *({**first(), "version": n} for n in range(-20, 2))]
    shown = printing.data_of(longest, hash_of(longest), versions, NAMES)
    assert "全文见应用" in str(shown)
    pdf = await typeset.pdf(printing.TEMPLATE, shown, marks={"check": "/v1/terms/x"})
    assert pages(pdf) == 1


def pages(pdf: bytes) -> int:
    """Count the pages by the foot's own count: typst writes each page's box once."""
    return pdf.count(b"/MediaBox")


def test_times_and_pay_in_words() -> None:
    assert printing.span(body()) == "2026年12月1日(周二)07:30—17:30,共 10 小时"
    night = body() | {
        "shift": {"starts_at": "2026-12-01T14:00:00+00:00", "ends_at": "2026-12-01T22:45:00+00:00"}
    }
    assert printing.span(night) == "2026年12月1日(周二)22:00—次日 06:45,共 8 小时 45 分钟"
    pay = body()["pay"]
    assert printing.pay_in_words(pay) == "每天 250.00 元,折合每小时 25.00 元"
    assert printing.pay_in_words(pay | {"per": "hour", "amount_fen": 2505}) == "每小时 25.05 元"
    lump = pay | {"per": "job", "expected_minutes": 960, "lump_minutes": 960}
    assert printing.pay_in_words(lump) == (
        "整单 250.00 元,预计用时 960 分钟,按各班次时长分摊,折合每小时 25.00 元"
    )


def test_the_history_of_changes_is_told() -> None:
    told = printing.changes_in_words(2, [body(), first()])
    assert told == [(2, "2026-11-21 17:30 双方同意变更:时间")]


def test_a_trades_own_certificate_is_named() -> None:
    by_law = printing.Names({}, {"0301": "SW-HIGH"}, NAMES.certificates, {})
    shown = printing.data_of(body(), "0" * 64, [body()], by_law)
    assert "高处作业" in str(shown["parts"])


async def test_both_sides_and_staff_print_it_and_anyone_checks_it(world: World) -> None:
    one = await hired(world)
    staff = await world.staff("141002")
    for actor, path in (
        (one.worker, f"{one.path}/terms.pdf"),
        (one.employer, f"{one.path}/terms.pdf?version=1"),
        (staff, f"/admin/v1/engagements/{one.id}/terms.pdf"),
    ):
        printed = await actor.get(path)
        assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
        assert printed.content.startswith(b"%PDF")
        assert pages(printed.content) == 1
    asked = await one.worker.get(f"{one.path}/terms", headers={"Accept": "application/pdf"})
    assert asked.content.startswith(b"%PDF")
    assert "json" in (await one.worker.get(f"{one.path}/terms")).headers["content-type"]
    refused(await one.worker.get(f"{one.path}/terms.pdf?version=2"), 404, "not_found")
    refused(await (await world.worker()).get(f"{one.path}/terms.pdf"), 404, "not_found")

    hash_ = (await one.shown())["terms_hash"]
    checked = ok(await world.nobody.get(f"/v1/terms/{hash_}"))
    assert (checked["version"], checked["newest"]) == (1, True)
    assert "老李" not in str(checked)
    assert str(one.worker.id) not in str(checked)
    refused(await world.nobody.get(f"/v1/terms/{'0' * 64}"), 404, "not_found")
    refused(await world.nobody.get("/v1/terms/xyz"), 422, "invalid")

    ok(await one.proposes(one.employer, description="改为卸水泥。"), 201)
    ok(await one.answers(one.worker, "accept"))
    assert ok(await world.nobody.get(f"/v1/terms/{hash_}"))["newest"] is False


@pytest.mark.parametrize(("division", "sees"), [("141002", True), ("141081", False)])
async def test_staff_see_engagements_within_reach(world: World, division: str, *, sees: bool) -> None:
    one = await hired(world)
    staff = await world.staff(division)
    for query in (
        "",
        "?state=agreed",
        f"?worker_id={one.worker.id}",
        f"?employer_id={one.employer.employer_id}",
    ):
        found = ok(await staff.get(f"/admin/v1/engagements{query}"))["items"]
        assert [it["id"] for it in found] == [one.id] * sees
    assert ok(await staff.get("/admin/v1/engagements?state=paid"))["items"] == []
    for path in ("", "/terms", "/terms.pdf"):
        answer = await staff.get(f"/admin/v1/engagements/{one.id}{path}")
        assert answer.status_code == (200 if sees else 404)
        assert one.employer.phone not in answer.text
