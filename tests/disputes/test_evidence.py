"""The evidence bundle: what is in it, for whom, and what it looks like."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageFilter

from app.core import typeset
from app.disputes.bundle import TEMPLATE
from app.stations.models import Role
from tests.disputes.cases import Scene, evidence_of, scene
from tests.world import Json, World, ok, refused

GOLDEN = Path(__file__).parent / "golden"


def opened_zip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def arrears(world: World) -> tuple[Scene, Json]:
    """Return a case of arrears that the worker joined, with words and pictures of both sides."""
    case = await scene(world)
    await case.owed()
    opened = await case.complains(files=[await evidence_of(case.worker)])
    path = f"/v1/disputes/{opened['id']}/messages"
    said = {"text": "这是工地照片", "files": [await evidence_of(case.worker)]}
    ok(await case.worker.post(path, said), 201)
    said = {"text": "对方说的话", "files": [await evidence_of(case.employer)]}
    ok(await case.employer.post(path, said), 201)
    return case, opened


async def test_the_workers_own_bundle_holds_the_case_and_not_the_other_sides_words(world: World) -> None:
    case, opened = await arrears(world)
    path = f"/v1/disputes/{opened['id']}"
    pdf = await case.worker.get(f"{path}/evidence.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-type"] == "application/pdf"
    files = opened_zip((await case.worker.get(f"{path}/evidence.zip")).content)
    assert set(files) == {
        "evidence.pdf",
        "terms/terms-v1.json",
        "terms/terms-v1.pdf",
        "case.json",
        "attendance.json",
        "pay.json",
        "messages.json",
        "pictures/001.jpg",
        "pictures/002.jpg",
        "manifest.json",
    }
    whole = b"".join(content for name, content in files.items() if name.endswith(".json")).decode()
    assert "这是工地照片" in whole
    assert "干了一天,工资没有给。" in whole
    assert "李建国" in whole
    assert "对方说的话" not in whole
    assert case.employer.phone not in whole
    terms = json.loads(files["terms/terms-v1.json"])
    canonical = json.dumps(terms["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).hexdigest() == terms["hash"]


async def test_the_manifest_names_each_file_with_its_hash(world: World) -> None:
    case, opened = await arrears(world)
    files = opened_zip((await case.worker.get(f"/v1/disputes/{opened['id']}/evidence.zip")).content)
    manifest = json.loads(files.pop("manifest.json"))
    listed = {one["name"]: one["sha256"] for one in manifest["files"]}
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert manifest["left_out"] == []
    assert manifest["dispute_id"] == opened["id"]


async def test_who_is_complained_of_gets_no_bundle(world: World) -> None:
    case, opened = await arrears(world)
    for tail in ("evidence.pdf", "evidence.zip"):
        refused(await case.employer.get(f"/v1/disputes/{opened['id']}/{tail}"), 404, "not_found")


async def test_staff_export_everything_and_the_ledger_says_why(world: World) -> None:
    case, opened = await arrears(world)
    mediator = await case.mediator()
    path = f"/admin/v1/disputes/{opened['id']}"
    ok(await mediator.post(f"{path}/accept"))
    held = {"held_at": "2026-11-01T09:00:00+08:00", "present": ["王芳"], "text": "承诺三日内付清"}
    ok(await mediator.post(f"{path}/mediate", held))
    refused(await mediator.post(f"{path}/evidence", {"format": "zip"}), 422, "invalid")
    answer = await mediator.post(f"{path}/evidence", {"format": "zip", "reason": "移送劳动监察"})
    files = opened_zip(answer.content)
    words = files["messages.json"].decode()
    assert "对方说的话" in words
    assert "承诺三日内付清" in words
    assert case.worker.phone in files["case.json"].decode()
    assert {name for name in files if name.startswith("pictures")} == {
        f"pictures/{number:03}.jpg" for number in (1, 2, 3)
    }
    pdf = await mediator.post(f"{path}/evidence", {"reason": "存档"})
    assert pdf.content.startswith(b"%PDF-")
    auditor = await world.staff("1410", Role.AUDITOR)
    entries = ok(await auditor.get(f"/admin/v1/ledger?object_id={opened['id']}"))["items"]
    reasons = [one["reason"] for one in entries if one["action"] == "dispute.evidence"]
    assert reasons == ["存档", "移送劳动监察"]


async def test_a_complaint_without_an_engagement_has_its_bundle_too(world: World) -> None:
    somebody = await world.person()
    opened = ok(await somebody.post("/v1/disputes", {"kind": "fraud", "text": "假招聘"}), 201)
    files = opened_zip((await somebody.get(f"/v1/disputes/{opened['id']}/evidence.zip")).content)
    assert "terms/terms-v1.json" not in files
    assert "假招聘" in files["case.json"].decode()


async def test_words_with_markup_are_printed_as_they_are() -> None:
    data = DATA | {
        "messages": [{"at": "今天", "from": "投诉人", "to": "机构", "text": '#eval("1") $x$ @a \\'}]
    }
    assert (await typeset.pdf(TEMPLATE, data)).startswith(b"%PDF-")


async def test_what_is_too_long_to_print_is_in_the_zip(world: World) -> None:
    case = await scene(world)
    opened = await case.complains()
    for number in range(17):
        said = {"text": f"{number:02}" + "长" * 3998}
        ok(await case.worker.post(f"/v1/disputes/{opened['id']}/messages", said), 201)
    files = opened_zip((await case.worker.get(f"/v1/disputes/{opened['id']}/evidence.zip")).content)
    assert [one["text"][:2] for one in json.loads(files["messages.json"])] == [f"{n:02}" for n in range(17)]


async def test_the_first_page_looks_as_it_was_approved() -> None:
    made = Image.open(io.BytesIO(await typeset.picture(TEMPLATE, DATA))).convert("L")
    approved = Image.open(GOLDEN / "evidence.png").convert("L")
    assert made.size == approved.size
    # Faces differ a little from one machine to the other: blurred, the pages must be near each other.
    one, other = (picture.filter(ImageFilter.GaussianBlur(6)) for picture in (made, approved))
    differing = sum(ImageChops.difference(one, other).histogram()[24:])
    assert differing < made.width * made.height * 0.02


DATA: dict[str, Any] = {
    "title": "维权证据材料",
    "subtitle": "欠薪 · 编号 01a206cb-9f00-71c8-917f-ad7616ac16ef · 2026-12-03 09:30 生成",
    "foot": "临汾公益性零工市场 · 由系统记录汇集,可向受理机构核验 · 劳动维权电话 12333",
    "form": [
        {
            "name": "投诉人",
            "rows": [
                ["姓名", "李建国(已实名认证)"],
                ["证件号码", "141002********1234"],
                ["联系电话", "13900000001"],
            ],
        },
        {
            "name": "被投诉单位(人)",
            "rows": [
                ["名称", "平阳家政公司"],
                ["类型", "企业"],
                ["社会信用代码", "911410020000000001"],
                ["地址", "鼓楼北大街 1 号"],
                ["联系人", "王*"],
            ],
        },
        {
            "name": "请求",
            "rows": [["事项", "欠薪"], ["请求", "请求责令被投诉单位支付拖欠的劳动报酬 200.00 元"]],
        },
        {
            "name": "事实",
            "rows": [
                ["经过", "12 月 1 日在仓库卸货一天,约定当天付 200 元,老板说第二天给,到现在没有给。" * 4]
            ],
        },
        {
            "name": "办理",
            "rows": [
                ["编号", "01a206cb-9f00-71c8-917f-ad7616ac16ef"],
                ["受理机构", "尧都区解放路街道就业服务站"],
                ["提交时间", "2026-12-02 00:00"],
                ["状态", "调解中"],
            ],
        },
    ],
    "terms": [
        {
            "name": "第 1 版(2026-11-30 20:10 约定)",
            "rows": [
                ["岗位", "仓库卸货"],
                ["内容", "卸两车瓷砖,管一顿午饭。"],
                ["时间", "2026年12月1日(周二)08:00—16:00,共 8 小时"],
                ["地点", "鼓楼北大街 1 号"],
                ["报酬", "每天 200.00 元,折合每小时 25.00 元"],
                ["指纹", " ".join(["9f86d081 884c7d65 9a2feaa0 c55ad015"] * 2)],
            ],
        }
    ],
    "happened": [["到岗、离岗", "2026-12-01 07:52;2026-12-01 16:05"], ["确认工时", "480 分钟"]],
    "attendance": [
        ["2026-12-01 07:52", "到岗", "定位", "38 米 ±15", "手机签名"],
        ["2026-12-01 16:05", "离岗", "现场码", "—", "补传于 2026-12-01 18:20、手机签名"],
    ],
    "pay": [
        {
            "name": "工资",
            "rows": [
                ["应付", "200.00 元,2026-12-02 00:00 前"],
                ["状态", "逾期未付"],
                ["逾期", "2026-12-02 00:00 查明"],
            ],
        }
    ],
    "course": [
        ["2026-12-02 00:00", "已提交", "尧都区解放路街道就业服务站"],
        ["2026-12-02 09:10", "已受理", "尧都区解放路街道就业服务站"],
    ],
    "messages": [
        {"at": "2026-12-02 10:00", "from": "办理机构", "to": "双方", "text": "请于明日上午九点到站调解。"},
        {"at": "2026-12-02 10:20", "from": "投诉人", "to": "办理机构", "text": "好的,我会到。"},
    ],
    "unprinted": 0,
    "pictures": [["pictures/001.jpg", "投诉", "2026-12-02 08:00", "9f86d081884c7d659a2feaa0c55ad015" * 2]],
}
