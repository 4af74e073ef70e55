"""The evidence in words, as the printed bundle shows it and as its JSON files hold it: pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.attendance.models import Attendance
from app.core.keyring import unseal
from app.disputes.evidence import Evidence, Work
from app.disputes.models import Dispute, DisputeKind
from app.disputes.sides import author_side, by_employer
from app.disputes.speaking import complaint_of, text_of
from app.disputes.steps import opened
from app.disputes.views import STEPS
from app.disputes.wording import (
    AUTHORS,
    CAME,
    CLAIM_STATES,
    CLAIMS,
    EMPLOYER_KINDS,
    HOW,
    KINDS,
    METHODS,
    OUTCOMES,
    OWED_FOR,
    PAY_STATES,
    REPORT_STATES,
    REQUESTS,
    STATES,
    shown,
)
from app.employers.actions import contact_of
from app.employers.models import Employer
from app.engagements.printing import in_groups, pay_in_words, span, yuan
from app.identity.id_numbers import masked as masked_number
from app.identity.names import masked_name
from app.pay.models import PayRecord
from app.pay.reporting import reference_of

Rows = list[tuple[str, str]]


def form(evidence: Evidence) -> list[dict[str, Any]]:
    """Return the first page's fields: those of the complaint form of 劳动保障监察 (关于实施办法 第九条)."""
    dispute = evidence.dispute
    worker, employer = _worker(evidence), _employer(evidence)
    who, whom = (employer, worker) if by_employer(dispute) else (worker, employer)
    owed = unpaid_fen(evidence.work.records) if evidence.work else 0
    request = REQUESTS[dispute.kind]
    if dispute.kind is DisputeKind.WAGE_ARREARS and owed:
        request += f" {yuan(owed)} 元"
    return [
        {"name": "投诉人", "rows": who},
        {"name": "被投诉单位(人)", "rows": whom or [("名称", "未指明")]},
        {"name": "请求", "rows": [("事项", KINDS[dispute.kind]), ("请求", request)]},
        {"name": "事实", "rows": [("经过", complaint_of(dispute) or _by_itself(evidence))]},
        {"name": "办理", "rows": _handling(evidence)},
    ]


def unpaid_fen(records: Sequence[PayRecord]) -> int:
    """Return what is owed and not known to have been paid."""
    return sum(r.open_fen + r.reported_fen + r.contested_fen for r in records)


def _worker(evidence: Evidence) -> Rows:
    worker, account = evidence.worker, evidence.complainant
    rows: Rows = []
    if worker:
        real = unseal(worker.name_sealed, f"workers/name/{worker.id}") if worker.name_sealed else None
        rows.append(("姓名", f"{real}(已实名认证)" if real else worker.name_shown))
        if worker.id_number_sealed:
            number = unseal(worker.id_number_sealed, f"workers/id_number/{worker.id}")
            rows.append(("证件号码", masked_number(number)))
    if account and account.phone and not by_employer(evidence.dispute):
        rows.append(("联系电话", account.phone.removeprefix("+86")))
    return rows or [("姓名", "未实名")]


def _employer(evidence: Evidence) -> Rows:
    """Return the employer as the terms name it; staff also see where it sits and whom to ask for."""
    employer: Employer | None = evidence.employer
    if employer is None:
        return []
    rows = [
        ("名称", employer.name),
        ("类型", EMPLOYER_KINDS[employer.kind]),
        ("社会信用代码", employer.uscc or "个人雇主,身份已实名核验"),
    ]
    if evidence.staff:
        rows += [("地址", employer.address or "未填"), ("联系人", masked_name(contact_of(employer).name))]
    return rows


def _by_itself(evidence: Evidence) -> str:
    """Say what the market itself found, where nobody has complained."""
    if evidence.work is None or not (late := [r for r in evidence.work.records if r.overdue_at]):
        return "由市场自动发起"
    first = late[0]
    return (
        f"市场系统自动发起:{OWED_FOR[first.owed_for]}应于 {shown(first.due_at)} 前支付,"
        f"应付 {yuan(first.owed_fen)} 元,逾期时未结清。"
    )


def _handling(evidence: Evidence) -> Rows:
    dispute: Dispute = evidence.dispute
    rows = [
        ("编号", str(dispute.id)),
        ("受理机构", evidence.history.stations[dispute.station_id].name),
        ("提交时间", shown(dispute.opened_at)),
        ("状态", STATES[dispute.state]),
    ]
    if dispute.outcome:
        rows.append(("结果", f"{OUTCOMES[dispute.outcome]}:{dispute.outcome_text}"))
    return rows


def terms(work: Work) -> list[dict[str, Any]]:
    """Return every version of what was agreed, with the hash by which it can be checked."""
    return [
        {
            "name": f"第 {one.version} 版({shown(one.agreed_at)} 约定)",
            "rows": [
                ("岗位", one.body["job"]["title"] or ""),
                ("内容", one.body["job"]["description"] or ""),
                ("时间", span(one.body)),
                ("地点", (one.body["job"]["place"] or {}).get("address") or ""),
                ("报酬", pay_in_words(one.body["pay"])),
                ("指纹", " ".join(in_groups(one.hash))),
            ],
        }
        for one in work.terms
    ]


def attendance(work: Work) -> list[list[str]]:
    """Return what was noted, without the point: time, kind, method, distance, marks."""
    return [
        [shown(one.at), CAME[one.kind], HOW[one.method], _distance(one), _marks(one)]
        for one in work.attendance
    ]


def _distance(one: Attendance) -> str:
    if one.distance_m is None:
        return "—"
    exact = f" ±{one.accuracy_m}" if one.accuracy_m is not None else ""
    return f"{one.distance_m} 米{exact}"


def _marks(one: Attendance) -> str:
    marks = [
        (one.late, f"补传于 {shown(one.received_at)}"),
        (one.signed, "手机签名"),
        (one.doubtful, "定位存疑"),
        (one.contested_at is not None, "对方有异议"),
    ]
    return "、".join(text for holds, text in marks if holds) or "—"


def pay(work: Work) -> list[dict[str, Any]]:
    """Return what is owed and every payment as both sides tell it."""
    told = []
    for record in work.records:
        rows = [
            ("应付", f"{yuan(record.owed_fen)} 元,{shown(record.due_at)} 前"),
            ("状态", PAY_STATES[record.state]),
            (
                "其中",
                "、".join(
                    f"{name} {yuan(fen)}"
                    for name, fen in (
                        ("已结清", record.settled_fen),
                        ("未付", record.open_fen),
                        ("待确认", record.reported_fen),
                        ("有争议", record.contested_fen),
                        ("不再应付", record.cancelled_fen),
                    )
                )
                + " 元",
            ),
        ]
        rows += [("逾期", f"{shown(record.overdue_at)} 查明")] * (record.overdue_at is not None)
        for report in work.reports:
            if report.record_id == record.id:
                said = f"{yuan(report.amount_fen)} 元,{METHODS[report.method]},{REPORT_STATES[report.state]}"
                if report.received_fen is not None and report.received_fen != report.amount_fen:
                    said += f",劳动者称收到 {yuan(report.received_fen)} 元"
                if reference := reference_of(report):
                    said += f",参考号 {reference}"
                rows.append((f"报付 {shown(report.paid_at)}", said))
        told.append({"name": OWED_FOR[record.owed_for], "rows": rows})
    return told


def happened(work: Work) -> Rows:
    """Return the engagement's own course: hours, cancellation, and what one side said against the other."""
    engagement = work.engagement
    rows = [
        ("到岗、离岗", f"{shown(engagement.checked_in_at) or '—'};{shown(engagement.checked_out_at) or '—'}")
    ]
    if engagement.confirmed_at:
        worked = [f"{engagement.minutes} 分钟"] if engagement.minutes is not None else []
        worked += [f"{engagement.pieces} 件"] if engagement.pieces is not None else []
        rows.append(("确认工时", f"{'、'.join(worked)}({shown(engagement.confirmed_at)} 确认)"))
    if engagement.cancelled_at and engagement.cancelled_by:
        by = "劳动者" if engagement.cancelled_by == "worker" else "用工主体"
        rows.append(("取消", f"{by},{shown(engagement.cancelled_at)}"))
    for claim in work.claims:
        said = f"{CLAIMS[claim.kind]},{CLAIM_STATES[claim.state]}"
        said += f";称:{claim.text}" if claim.text else ""
        said += f";答复:{claim.answer}" if claim.answer else ""
        rows.append((shown(claim.made_at), said))
    return rows


def course(evidence: Evidence) -> list[list[str]]:
    """Return the steps in order, each at its station."""
    stations = evidence.history.stations
    return [
        [
            shown(step.at),
            STEPS.get(step.what, step.what),
            stations[step.station_id].name if step.station_id else "",
        ]
        for step in evidence.history.steps
    ]


def messages(evidence: Evidence) -> list[dict[str, Any]]:
    """Return what was said; with the mediations' records, where staff ask."""
    said: list[tuple[datetime, dict[str, Any]]] = [
        (
            message.created_at,
            {
                "at": shown(message.created_at),
                "from": AUTHORS[author_side(evidence.dispute, message)],
                "to": AUTHORS[message.addressee],
                "text": text_of(message),
            },
        )
        for message in evidence.messages
    ]
    for step in evidence.history.steps if evidence.staff else ():
        if record := opened(step):
            held = shown(datetime.fromisoformat(record["held_at"]))
            present = "、".join(record["present"])
            text = f"{held} 调解,到场:{present}。{record['text']}"
            said.append((step.at, {"at": shown(step.at), "from": "调解记录", "to": "存档", "text": text}))
    return [entry for _, entry in sorted(said, key=lambda one: one[0])]
