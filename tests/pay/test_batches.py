"""Many paid at once: by the API or a filled-in sheet, checked as a whole, nothing half done."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from app.core import clock, sheets
from app.core.clock import SHANGHAI
from tests.pay.gigs import Gig, gig, gigs_of, paid
from tests.world import Employer, Json, World, ok, refused

HEADINGS = ["用工编号", "项目", "金额(元)", "方式", "参考号", "支付时间"]


def line(one: Gig, amount_fen: int = 20000, **more: Any) -> Json:
    return paid(amount_fen, **more) | {"engagement_id": one.engagement["id"]}


def sheet(*rows: list[Any], headings: Sequence[Any] = HEADINGS) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    page = book.add_worksheet()
    for number, row in enumerate([headings, *rows]):
        page.write_row(number, 0, row)
    book.close()
    return made.getvalue()


async def sent(employer: Employer, content: bytes) -> httpx.Response:
    path = f"/v1/employers/{employer.employer_id}/pay-reports.xlsx"
    return await employer.post(path, files={"file": ("pay.xlsx", content, sheets.XLSX)})


def row(one: Gig, amount: Any = 200, method: str = "微信", at: str = "", what: str = "工资") -> list[Any]:
    at = at or f"{clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return [one.engagement["id"], what, amount, method, "4200001", at]


async def test_many_are_confirmed_and_paid_at_once(world: World) -> None:
    employer = await world.employer(trusted=True)
    gigs = await gigs_of(world, employer, 3)
    base = f"/v1/employers/{employer.employer_id}"
    async with gigs[0].at(gigs[0].ends_at):
        hours = {"items": [{"engagement_id": one.engagement["id"], "minutes": 480} for one in gigs]}
        taken = ok(await employer.post(f"{base}/confirm-hours", hours))
        assert taken == {"taken": 3, "amount_fen": 60000}
        payments = {"items": [line(one) for one in gigs]}
        assert ok(await employer.post(f"{base}/pay-reports", payments))["amount_fen"] == 60000
        assert await world.count("events", "kind = 'PayReported'") == 3
        sums = ok(await employer.get(f"{base}/pay"))["sums"]
        assert (sums["owed_fen"], sums["reported_fen"]) == (60000, 60000)


async def test_one_wrong_line_changes_nothing_and_every_wrong_line_is_named(world: World) -> None:
    employer = await world.employer(trusted=True)
    gigs = await gigs_of(world, employer, 3)
    stranger = await gig(world)
    path = f"/v1/employers/{employer.employer_id}/pay-reports"
    async with gigs[0].at(gigs[0].ends_at):
        for one in gigs:
            await one.confirms()
        items = [
            line(gigs[0]),
            line(gigs[1], 20001),
            line(stranger),
            line(gigs[2], paid_at="2020-01-01T00:00:00+08:00"),
            line(gigs[0], 1),
        ]
        problem = refused(await employer.post(path, {"items": items}), 422, "invalid")
        named = {(fault["pointer"], fault["code"]) for fault in problem["errors"]}
        assert named == {
            ("/items/1/amount_fen", "more_than_owed"),
            ("/items/2", "not_found"),
            ("/items/3/paid_at", "paid_before_agreed"),
            ("/items/4/amount_fen", "more_than_owed"),
        }
        assert await world.count("pay_reports") == 0
        assert await world.count("pay_records", "open_fen <> owed_fen") == 0
        for wrong in ([], [line(gigs[0], 1)] * 501):
            refused(await employer.post(path, {"items": wrong}), 422, "invalid")
        outsider = await world.employer()
        outsider.token = await world.fresh_token(outsider)
        refused(await outsider.post(path, {"items": items[:1]}), 404, "not_found")


async def test_hours_are_confirmed_for_all_or_for_nobody(world: World) -> None:
    employer = await world.employer(trusted=True)
    gigs = await gigs_of(world, employer, 2)
    path = f"/v1/employers/{employer.employer_id}/confirm-hours"
    async with gigs[0].at(gigs[0].ends_at):
        items = [
            {"engagement_id": gigs[0].engagement["id"], "minutes": 480},
            {"engagement_id": gigs[1].engagement["id"], "pieces": 3},
        ]
        problem = refused(await employer.post(path, {"items": items}), 422, "invalid")
        assert [fault["pointer"] for fault in problem["errors"]] == ["/items/1/minutes"]
        assert await world.count("pay_records") == 0
        assert await gigs[0].state() == "agreed"


async def test_the_list_as_a_sheet_is_the_form_to_fill_in(world: World) -> None:
    employer = await world.employer(trusted=True)
    one, other = await gigs_of(world, employer, 2)
    await one.worker.put("/v1/me/worker", {"name_shown": "=1+1", "home": None})
    async with one.at(one.ends_at):
        await one.confirms()
    async with other.at(other.ends_at):
        await other.confirms()
        answer = await employer.get(f"/v1/employers/{employer.employer_id}/pay?format=xlsx&state=due")
        assert answer.headers["content-type"] == sheets.XLSX
        rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert rows[0][:2] == ["用工编号", "项目"]
        assert {found[0] for found in rows[1:]} == {one.engagement["id"], other.engagement["id"]}
        assert [found[6] for found in rows[1:]] == [200, 200]

        known = len(rows[0]) - 4
        at = f"{clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        filled = [
            [*found[:known], *([200, "现金", 42, at] if found[0] == one.engagement["id"] else [])]
            for found in rows[1:]
        ]
        taken = ok(await sent(employer, sheet(*filled, headings=rows[0])))
        assert taken == {"taken": 1, "amount_fen": 20000}
        report = (await other.record())["reports"]
        assert report == []
    async with one.at(one.ends_at):
        [report] = (await one.record())["reports"]
        assert (report["method"], report["reference"], report["amount_fen"]) == ("cash", "42", 20000)


async def test_a_sheet_with_one_wrong_row_changes_nothing(world: World) -> None:
    employer = await world.employer(trusted=True)
    one, other = await gigs_of(world, employer, 2)
    async with one.at(one.ends_at):
        await one.confirms()
    async with other.at(other.ends_at):
        await other.confirms()
        wrong = [
            row(one),
            row(other, "12.345", "比特币", "昨天", "奖金"),
            ["", "", "", "", "", ""],
            ["not-an-id", "工资", 1, "现金", "x" * 101, "2026-12-01 18:00"],
        ]
        problem = refused(await sent(employer, sheet(*wrong)), 422, "invalid")
        assert [fault["pointer"] for fault in problem["errors"]] == [
            "/row/3/amount_fen",
            "/row/3/method",
            "/row/3/paid_at",
            "/row/3/owed_for",
            "/row/5/engagement_id",
            "/row/5/reference",
        ]
        too_much = refused(await sent(employer, sheet(row(one), row(other, 200.01))), 422, "invalid")
        assert [fault["pointer"] for fault in too_much["errors"]] == ["/row/3/amount_fen"]
        assert await world.count("pay_reports") == 0
        for amount in ("nan", "1e999999999", "-1", "0", "sNaN", "Infinity", "二百"):
            refused(await sent(employer, sheet(row(one, amount))), 422, "invalid")
        refused(await sent(employer, sheet(["", "", ""])), 422, "invalid")
        refused(await sent(employer, sheet(*[row(one, 0.01)] * 501)), 422, "invalid")


def bomb(cells: str, *, shared: str = "") -> bytes:
    """Return a workbook whose sheet says what it wants."""
    good = io.BytesIO(sheet(["x"]))
    made = io.BytesIO()
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "xl/worksheets/sheet1.xml":
                space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
                text = f'{shared}<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'
                content = text.encode()
            bad.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zip at all",
        b"PK\x03\x04" + b"\0" * 100,
        bomb('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"/></row>'),
        bomb('<row r="1"><c r="A1"/></row><row r="9"><c r="XFD9"/></row>'),
        bomb("<row>" + "<c/>" * 1000 + "</row>"),
        bomb('<row r="1">' + '<c r="A1"/>' * 300_001 + "</row>"),
        bomb('<row r="1"><c r="A1"><v>' + "1" * 21_000_000 + "</v></c></row>"),
        bomb('<row r="1"><c r="A1">&a;</c></row>', shared='<!DOCTYPE w [<!ENTITY a "aaaa">]>'),
        bomb('<row r="1"><c r="A1">'),
        b"x" * (5 * 1024 * 1024 + 1),
    ],
    ids=["empty", "text", "torn", "far", "wide", "placeless", "many", "large", "entity", "broken", "long"],
)
async def test_a_hostile_sheet_is_refused_and_harms_nobody(content: bytes) -> None:
    with pytest.raises(sheets.SheetRefused):
        await sheets.read(content)


async def test_what_is_no_sheet_is_refused_at_the_door(world: World) -> None:
    employer = await world.employer()
    refused(await sent(employer, b"no zip at all"), 422, "sheet_unreadable")
    refused(await sent(employer, sheet(["x"], headings=["别的"])), 422, "sheet_unreadable")
