"""Spreadsheets as stations fill them in."""

import io
from datetime import date, timedelta
from typing import Any

import xlsxwriter

from app.core import clock
from app.core.sheets import XLSX
from scripts.demo.numbers import valid_id_number
from tests.world import Actor, World, ok

Json = dict[str, Any]
WORKERS = ["编号", "姓名", "证件号码", "手机号", "常住乡镇", "工种", "重点群体", "同意书签署"]
EMPLOYERS = [
    "编号", "类型", "名称", "统一社会信用代码或证件号", "联系人", "联系电话", "乡镇", "地址", "经度", "纬度",
    "坐标系",
]  # fmt: skip
JOBS = [
    "编号", "用工主体代码", "标题", "工种", "工作内容", "乡镇", "地址", "经度", "纬度", "坐标系", "工资(元)",
    "计薪单位", "结算", "录用方式", "保险", "日期", "开始", "结束", "人数", "预计工时", "有效期至",
]  # fmt: skip


def sheet(headings: list[str], rows: list[list[Any]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, headings)
        for at, row in enumerate(rows, 1):
            page.write_row(at, 0, row)
    return made.getvalue()


def worker(n: int, **changes: Any) -> list[Any]:
    """Return a right row; `changes` by heading."""
    row: Json = {
        "编号": f"LF-{n}",
        "姓名": "李建国",
        "证件号码": valid_id_number("141002", date(1980, 1, 1) + timedelta(days=n // 1000), n % 1000),
        "手机号": f"138{n:08}",
        "常住乡镇": "尧都区屯里镇",
        "工种": "搬运装卸、0101",
        "重点群体": "农民工",
        "同意书签署": "是",
    }
    return [(row | changes)[heading] for heading in WORKERS]


def employer(n: int, uscc: str, **changes: Any) -> list[Any]:
    row: Json = {
        "编号": f"QY-{n}",
        "类型": "企业",
        "名称": f"平阳家政公司 {n}",
        "统一社会信用代码或证件号": uscc,
        "联系人": "王芳",
        "联系电话": f"137{n:08}",
        "乡镇": "尧都区屯里镇",
        "地址": "鼓楼北大街 1 号",
        "经度": None,
        "纬度": None,
        "坐标系": None,
    }
    return [(row | changes)[heading] for heading in EMPLOYERS]


def job(n: int, uscc: str, **changes: Any) -> list[Any]:
    row: Json = {
        "编号": f"GW-{n}",
        "用工主体代码": uscc,
        "标题": "仓库卸货",
        "工种": "搬运装卸",
        "工作内容": "卸两车瓷砖,管一顿午饭。",
        "乡镇": "尧都区屯里镇",
        "地址": "物流园 3 号库",
        "经度": None,
        "纬度": None,
        "坐标系": None,
        "工资(元)": 200,
        "计薪单位": "天",
        "结算": "日结",
        "录用方式": "审核录用",
        "保险": "用工主体",
        "日期": (clock.today() + timedelta(days=3)).isoformat(),
        "开始": "08:00",
        "结束": "16:00",
        "人数": 5,
        "预计工时": None,
        "有效期至": (clock.today() + timedelta(days=20)).isoformat(),
    }
    return [(row | changes)[heading] for heading in JOBS]


async def send(actor: Actor, kind: str, content: bytes, status: int = 202) -> Json:
    files = {"file": ("form.xlsx", content, XLSX)}
    answer: Json = ok(await actor.post("/admin/v1/imports", data={"kind": kind}, files=files), status)
    return answer


async def checked(world: World, actor: Actor, kind: str, content: bytes) -> Json:
    """Upload, let the worker check, and return the import."""
    begun = await send(actor, kind, content)
    await world.deliver()
    found: Json = ok(await actor.get(f"/admin/v1/imports/{begun['id']}"))
    return found


async def errors(actor: Actor, imported: Json) -> list[tuple[int, str | None, str]]:
    items = ok(await actor.get(f"/admin/v1/imports/{imported['id']}/errors?limit=100"))["items"]
    return [(one["row"], one["heading"], one["code"]) for one in items]


async def brought(world: World, actor: Actor, kind: str, content: bytes) -> Json:
    """Upload, check, confirm and write."""
    imported = await checked(world, actor, kind, content)
    assert imported["state"] == "ready", (imported, await errors(actor, imported))
    ok(await actor.post(f"/admin/v1/imports/{imported['id']}/confirm", {}), 202)
    await world.deliver()
    done: Json = ok(await actor.get(f"/admin/v1/imports/{imported['id']}"))
    assert done["state"] == "done", done
    return done
