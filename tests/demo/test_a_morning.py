"""A morning at Yaodu's counter, by the demo city's staff, through a client made from openapi/admin.json."""

import asyncio
import io
import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pyotp
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from app.core import clock
from app.core.contract import Audience
from scripts.demo import offices
from scripts.demo.numbers import valid_id_number, valid_uscc
from tests.contracts.clients import Caller, Generated
from tests.contracts.furnished import picture
from tests.demo.conftest import Loaded
from tests.processes import serving, working

CREATED, ACCEPTED = HTTPStatus.CREATED, HTTPStatus.ACCEPTED
Ask = Callable[[], Any]


@dataclass
class Station:
    """The county's institution: its client, and who signs in there."""

    admin: Generated

    def signs_in(self, role: str, division: str = "141002") -> Caller:
        name = f"{role}-{division}"
        code = pyotp.TOTP(offices.totp_secret(name)).now()
        given = self.admin.models.StaffSignIn(username=name, password=offices.password(), totp=code)
        return self.admin.caller(
            self.admin.caller()("staff_sign_in", body=given, status=CREATED).access_token
        )

    def file(self, content: bytes, name: str, kind: str) -> Any:
        types = self.admin.types
        return types.File(payload=io.BytesIO(content), file_name=name, mime_type=kind)

    def texts(self, phone: str) -> list[str]:
        answer = httpx.get(f"{self.admin.address}/dev/messages", params={"to": phone})
        return [item["text"] for item in answer.json()["items"]]


async def test_a_mornings_work_through_a_client_of_the_contract(morning: Loaded, tmp_path: Path) -> None:
    async with serving(morning.settings) as api, working(morning.settings):
        await asyncio.to_thread(_open_the_doors, tmp_path, api.address)


def _open_the_doors(folder: Path, address: str) -> None:
    with closing(Generated(Audience.ADMIN, folder, address)) as admin:
        station = Station(admin)
        reviewer, clerk = station.signs_in("reviewer"), station.signs_in("clerk")
        _the_queue(station, reviewer)
        _a_new_colleague(station)
        _somebody_without_a_phone(station, clerk)
        _somebody_with_a_phone(station, clerk)
        _a_list_from_a_village(station, reviewer)
        _wages_and_a_complaint(station)
        _the_hall(station, clerk)
        _the_office_above(station)


def _the_queue(station: Station, reviewer: Caller) -> None:
    """See what waits at six in the morning, take the oldest, and approve five at once."""
    m = station.admin.models
    waiting = {queue.kind: queue.waiting for queue in reviewer("count_queues").items}
    assert waiting[m.CaseKind.EMPLOYERS] > 0
    case = reviewer("take_next_case", m.CaseKind.EMPLOYERS)
    other = station.signs_in("reviewer", "1410")
    assert other("claim_case", m.CaseKind.EMPLOYERS, case.case_id, status=409).code == "case_held"
    assert reviewer("verify_employer", case.case_id, body=m.Verification()).state == m.EmployerState.VERIFIED
    jobs = [one.case_id for one in reviewer("list_queue", m.CaseKind.JOBS, limit=5).items]
    decided = reviewer(
        "decide_cases",
        m.CaseKind.JOBS,
        body=m.DecisionsGiven(case_ids=jobs, decision=m.Decision.APPROVE),
    )
    assert len(decided.items) == len(jobs)


def _a_new_colleague(station: Station) -> None:
    """Appoint a clerk, who changes the password and is at work, and is dismissed within the same minute."""
    m, manager = station.admin.models, station.signs_in("manager")
    office = manager("read_staff_me").station_id
    given = m.Appointment(username="xiao-wang", name="王小红", role=m.Role.CLERK, station_id=office)
    made = manager("appoint_staff", body=given, status=CREATED)
    assert made.totp_qr.startswith("data:image/")
    totp = pyotp.TOTP(pyotp.parse_uri(made.totp_uri).secret)
    first = m.StaffSignIn(username="xiao-wang", password=made.temporary_password, totp=totp.now())
    signed_in = station.admin.caller()("staff_sign_in", body=first, status=CREATED)
    colleague = station.admin.caller(signed_in.access_token)
    assert colleague("list_workers", status=409).code == "password_change_required"
    changed = m.PasswordChange(old=made.temporary_password, new="汾河边的柳树绿了又黄 2026")
    colleague("change_own_password", body=changed, status=HTTPStatus.NO_CONTENT)
    assert colleague("read_staff_me").name == "王小红"
    manager("dismiss_staff", made.staff.id, body=m.StaffReason(reason="调离"))
    colleague("read_staff_me", status=401)


def _somebody_without_a_phone(station: Station, clerk: Caller) -> None:
    """Sixty, no phone: register from a signed sheet, find work, complain of a fee."""
    m = station.admin.models
    assert clerk("print_consent_sheet") is not None
    sheet = m.BodyBeginAssistanceOnPaper(
        sheet=station.file(picture(), "sheet.png", "image/png"),
        name="秦大山",
        id_number=valid_id_number("141002", date(1966, 3, 2), 731),
        contact="村口小卖部 老张 13903570001",
    )
    helping = clerk("begin_assistance_on_paper", body=sheet, status=CREATED)
    home = {"lng": 111.519, "lat": 36.0889, "datum": "wgs84", "address": "段店乡"}
    profile = {"name_shown": "老秦", "home": home, "trades": ["0301"], "key_groups": ["hard_to_employ"]}
    clerk("assist_put_worker_profile", helping.id, body=m.WorkerProfile.from_dict(profile))
    found = clerk("search_workers", body=m.WorkerSought(name="大山")).items
    assert [one.id for one in found] == [helping.account_id]
    assert found[0].reached_through == "station"
    job, shift = _an_open_gig(clerk, helping)
    taken = clerk(
        "assist_apply_for_job", helping.id, job.id, body=m.ApplicationGiven(shift_ids=[shift]), status=CREATED
    )
    assert taken.shifts[0].state in (
        m.ChoiceState.ACCEPTED,
        m.ChoiceState.PENDING,
        m.ChoiceState.WAITLISTED,
    )
    complaint = m.DisputeDraft(kind=m.DisputeKind.FEE, text="有人收了五十元介绍费。")
    assert clerk("assist_open_dispute", helping.id, body=complaint, status=CREATED).id
    clerk("end_assistance", helping.id)
    assert clerk("assist_read_worker_profile", helping.id, status=404).code == "not_found"


def _an_open_gig(clerk: Caller, helping: Any) -> tuple[Any, Any]:
    """Return an open gig of the county, and a shift of it, that is open to the person."""
    jobs = clerk("list_job_cases", state="open", limit=100).items
    for job in jobs:
        for shift in clerk("assist_read_eligibility", helping.id, job.id).shifts:
            if not shift.reasons:
                return job, shift.shift_id
    raise AssertionError("no gig is open to anybody")


def _somebody_with_a_phone(station: Station, clerk: Caller) -> None:
    """Help somebody with a phone but no reading glasses: a code says yes, a message what was done."""
    m, phone = station.admin.models, "13903571234"
    asked = clerk("begin_assistance", body=m.AssistanceWanted(phone=phone), status=CREATED)
    code = re.findall(r"\d{6}", station.texts(phone)[0])[0]
    helping = clerk("confirm_assistance", asked.id, body=m.CodeGiven(code=code))
    clerk("assist_put_worker_profile", helping.id, body=m.WorkerProfile(name_shown="小陈", trades=["0301"]))
    _until(lambda: any("代办" in text for text in station.texts(phone)[:1]))
    clerk("end_assistance", helping.id)


def _a_list_from_a_village(station: Station, reviewer: Caller) -> None:
    """Take in a spreadsheet of employers: an error is named by row and column, and mended."""
    m = station.admin.models
    template = reviewer("read_import_template", m.ImportKind.EMPLOYERS)
    headings, example = _rows(template)[:2]
    good = [str(cell) for cell in example]
    good[0] = "YD-2026-1"
    good[_column(headings, "信用代码")] = valid_uscc("141002", 90210)
    good[_column(headings, "电话")] = "13903574321"
    bad = [*good]
    bad[0], bad[_column(headings, "信用代码")] = "YD-2026-2", "123"
    wrong = _imported(station, reviewer, _sheet(headings, [good, bad]))
    assert wrong.state == m.ImportState.REFUSED
    error = reviewer("list_import_errors", wrong.id).items[0]
    assert error.row == 3
    assert "信用代码" in error.heading
    right = _imported(station, reviewer, _sheet(headings, [good]))
    assert right.state == m.ImportState.READY
    reviewer("confirm_import", right.id, status=ACCEPTED)
    _until(lambda: reviewer("read_import", right.id).state == m.ImportState.DONE)


def _imported(station: Station, reviewer: Caller, content: bytes) -> Any:
    m = station.admin.models
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    body = m.BodyBeginImport(kind=m.ImportKind.EMPLOYERS, file=station.file(content, "employers.xlsx", kind))
    begun = reviewer("begin_import", body=body, status=ACCEPTED)
    _until(lambda: reviewer("read_import", begun.id).state != m.ImportState.CHECKING)
    return reviewer("read_import", begun.id)


def _wages_and_a_complaint(station: Station) -> None:
    """See whose wages are overdue, and take the oldest complaint."""
    m, mediator = station.admin.models, station.signs_in("mediator")
    assert mediator("list_overdue_pay").items
    case = mediator("take_next_case", m.CaseKind.DISPUTES)
    assert mediator("read_case", case.case_id).id == case.case_id


def _the_hall(station: Station, clerk: Caller) -> None:
    """Look up at the screen with forty others; print the poster that opens it on a phone."""
    office = clerk("read_staff_me").station_id
    board = station.admin.caller()("read_board", office)
    assert board.jobs > 0
    assert board.newest
    page = httpx.get(f"{station.admin.address}/board/{office}")
    assert page.status_code == HTTPStatus.OK
    assert page.headers["content-type"].startswith("text/html")
    assert clerk("print_station_poster", office).payload.read(5) == b"%PDF-"


def _the_office_above(station: Station) -> None:
    """Announce, look at the figures, and find the ledger whole with the morning in it."""
    m, manager = station.admin.models, station.signs_in("manager", "1410")
    draft = m.NoticeDraft(kind=m.NoticeKind.NOTICE, title="周六零工集市照常", text="早六点开门。")
    notice = manager("draft_notice", body=draft, status=CREATED)
    assert manager("publish_notice", notice.id).state == m.NoticeState.PUBLISHED
    assert manager("read_statistics", from_=clock.today(), until=clock.today()).items is not None
    report = manager("read_monthly_report", month=f"{clock.today():%Y-%m}")
    assert len(CalamineWorkbook.from_filelike(report.payload).sheet_names) > 1
    auditor = station.signs_in("auditor", "1410")
    whole = auditor("verify_ledger")
    assert whole.intact
    done = {entry.action for entry in auditor("list_ledger", limit=100).items}
    assert {"employer.verify", "staff.appoint", "staff.dismiss"} <= done
    assert any(action.startswith("assist.") for action in done)


def _until(look: Ask) -> None:
    """Look until it is so, for half a minute: the worker does what was promised after the fact."""
    until = time.monotonic() + 30
    while not look():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.2)


def _rows(file: Any) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(file.payload).get_sheet_by_index(0).to_python()


def _sheet(headings: list[Any], rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("导入")
        for number, row in enumerate([headings, *rows]):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def _column(headings: list[Any], part: str) -> int:
    return next(n for n, heading in enumerate(headings) if part in str(heading))
