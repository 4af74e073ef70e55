"""Lists as spreadsheets: the columns of a shape, cells that never run, and every list of the stations."""

import io
import tracemalloc
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import Field
from python_calamine import CalamineWorkbook

from app.access import lists
from app.core import exports, sheets
from app.core.types import Schema
from app.stations.models import Role
from tests.world import World, ok, refused


class Card(Schema):
    name: str = Field(description="名称;个人雇主部分隐去")
    uscc: str | None = Field(description="统一社会信用代码")


class Row(Schema):
    id: int = Field(description="编号")
    employer: Card | None = Field(description="用工主体")
    own: None = Field(None, description="管理端不用")
    pay_fen: int | None = Field(description="应付,分")
    at: datetime = Field(description="时间")
    trusted: bool = Field(description="可先发布后审核")
    reasons: list[str] = Field(description="理由")


def rows_of(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def drawn(title: str, headings: list[str], rows: list[list[Any]]) -> bytes:
    with exports.Growing(title, headings) as sheet:
        sheet.add(rows)
        with sheet.finish() as file:
            return file.read()


def test_columns_are_laid_out_flat_under_what_the_fields_are_called() -> None:
    row = Row(
        id=7,
        employer=Card(name="平阳家政", uscc=None),
        pay_fen=12345,
        at=datetime(2026, 11, 30, 20, 15, tzinfo=UTC),
        trusted=True,
        reasons=["照片不清", "缺章"],
    )
    columns = exports.columns(Row)

    assert {column.heading: exports.plain(column.cell(row)) for column in columns} == {
        "编号": 7,
        "用工主体·名称": "平阳家政",
        "用工主体·统一社会信用代码": None,
        "应付(元)": 123.45,
        "时间": "2026-12-01 04:15",
        "可先发布后审核": "是",
        "理由": "照片不清;缺章",
    }
    nobodys = row.model_copy(update={"employer": None, "pay_fen": None})
    assert [exports.plain(column.cell(nobodys)) for column in columns][1:4] == [None, None, None]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_looks_like_a_formula_stays_text(text: str) -> None:
    data = drawn("导出", ["名称"], [[text]])

    book = zipfile.ZipFile(io.BytesIO(data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert 'quotePrefix="1"' in book.read("xl/styles.xml").decode()
    assert 't="inlineStr"' in sheet.split("<row", 2)[2]
    assert rows_of(data)[1][0].strip() == text.strip()


def test_memory_does_not_grow_with_the_rows() -> None:
    line = ["用工主体名称" * 3] * 12

    def peak(rows: int) -> int:
        tracemalloc.start()
        with exports.Growing("导出", [f"列{n}" for n in range(12)]) as sheet:
            for _ in range(rows // 100):
                sheet.add([line] * 100)
            sheet.finish().close()
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    few, many = peak(500), peak(10_000)
    assert many < few + 2 * 1024 * 1024, (few, many)


async def test_a_list_is_exported_with_its_filter_and_reach(world: World) -> None:
    for n in range(3):
        await world.employer(name=f'=HYPERLINK("http://evil/{n}")', verified=n == 0)
    reviewer, other = await world.staff("141002"), await world.staff("141081")

    answer = await reviewer.get("/admin/v1/employers?format=xlsx&state=pending")

    assert answer.headers["content-type"] == sheets.XLSX
    assert "no-store" in answer.headers["cache-control"]
    headings, *rows = rows_of(answer.content)
    assert [row[headings.index("名称")] for row in rows] == [
        '=HYPERLINK("http://evil/2")',
        '=HYPERLINK("http://evil/1")',
    ]
    assert {row[headings.index("联系电话")][3:7] for row in rows} == {"****"}
    assert rows_of((await other.get("/admin/v1/employers?format=xlsx")).content)[1:] == []
    auditor = await world.staff("1410", Role.AUDITOR)
    entries = ok(await auditor.get("/admin/v1/ledger?action=list.export"))["items"]
    assert [entry["after"] for entry in entries] == [
        {"list": "employers", "rows": 0},
        {"list": "employers", "rows": 2},
    ]


async def test_every_page_is_in_the_sheet_and_what_is_cut_off_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST", 2)
    for _ in range(5):
        await world.employer(verified=False)
    reviewer = await world.staff()

    rows = rows_of((await reviewer.get("/admin/v1/employers?format=xlsx&limit=1")).content)
    assert len(rows) == 1 + 5
    monkeypatch.setattr(exports, "MOST_ROWS", 3)
    rows = rows_of((await reviewer.get("/admin/v1/employers?format=xlsx")).content)
    assert len(rows) == 1 + 4 + 1
    assert "只有前 4 行" in rows[-1][0]


async def test_every_list_of_the_stations_has_a_sheet(world: World) -> None:
    contract = ok(await world.nobody.get("/openapi/admin.json"))
    lists_ = [
        (path, operation)
        for path, item in contract["paths"].items()
        for method, operation in item.items()
        if method == "get" and {"limit", "cursor"} <= {p["name"] for p in operation.get("parameters", [])}
    ]
    # What the app lists for a person stays what the app is answered.
    lists_ = [one for one in lists_ if "/assistances/{assistance_id}/" not in one[0]]
    assert len(lists_) >= 10
    staff = {role: await world.staff("1410", role) for role in Role}
    for path, operation in lists_:
        assert "format" in {p["name"] for p in operation["parameters"]}, path
        assert sheets.XLSX in operation["responses"]["200"]["content"], path
        if "{" in path or any(p.get("required") for p in operation["parameters"]):
            continue
        answers = [await actor.get(f"{path}?format=xlsx") for actor in staff.values()]
        given = [answer for answer in answers if answer.status_code == 200]
        assert given, path
        assert rows_of(given[0].content)[0], path


async def test_exports_do_not_take_every_connection(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "AT_ONCE", 0)
    reviewer = await world.staff()
    refused(await reviewer.get("/admin/v1/employers?format=xlsx"), 503, "not_ready")
    refused(await reviewer.get("/admin/v1/employers?format=csv"), 422, "invalid")
    manager = await world.staff("141002", Role.MANAGER)
    asked = {"fields": ["name"], "reason": "回访"}
    refused(await manager.post("/admin/v1/workers/export", asked), 503, "not_ready")
