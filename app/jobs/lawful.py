"""What the law asks of a posting: completeness, the minimum wage, no discrimination and no fees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.faults import faults_in
from app.core.problems import Fault, NotFound
from app.employers.models import Employer
from app.jobs import wording
from app.jobs.models import Job, Shift
from app.jobs.problems import ShiftInvalid
from app.jobs.schemas import ShiftChanges, ShiftDraft
from app.jobs.wages import wage_faults
from app.trades.models import Trade

__all__ = [
    "changed",
    "findings",
    "missing",
    "must_be_to_come",
    "not_to_come",
    "searched_text",
    "shift_to_come",
    "times",
    "wage_faults",
]

# Rule 3, 网络招聘服务管理规定: what a posting must carry; the employer's profile is its verification.
_CARRIES = {
    "title": "标题",
    "trade": "工种",
    "description": "工作内容",
    "places": "工作地点",
    "pay_fen": "报酬",
    "pay_settlement": "结算方式",
    "insurance": "保险",
    "valid_until": "有效期",
}
_POINTERS = {"places": "/place", "pay_fen": "/pay"}
FURTHEST_DAYS = 366


def missing(job: Job, shifts: Sequence[Shift]) -> list[Fault]:
    """Return a fault for each thing that the posting must carry and does not."""
    faults = [
        Fault(_POINTERS.get(name, f"/{name}"), "missing", f"必须填写{label}", "Required")
        for name, label in _CARRIES.items()
        if getattr(job, name) is None
    ]
    if not any(shift.starts_at > clock.now() for shift in shifts):
        faults.append(Fault("/shifts", "missing", "至少有一个尚未开始的班次", "At least one shift to come"))
    if job.valid_until and job.valid_until <= clock.now():
        faults.append(Fault("/valid_until", "in_the_past", "有效期应在将来", "Should be in the future"))
    return faults


def must_be_to_come(shifts: Sequence[ShiftDraft]) -> None:
    """Refuse shifts that have begun or begin more than a year ahead."""
    faults = [fault for n, shift in enumerate(shifts) for fault in not_to_come(shift, f"/shifts/{n}")]
    if faults:
        raise ShiftInvalid(faults=faults)


def not_to_come(shift: ShiftDraft, at: str) -> list[Fault]:
    """Return a fault, pointing below `at`, if a shift has begun or begins more than a year ahead."""
    now = clock.now()
    if shift.starts_at <= now:
        return [Fault(f"{at}/starts_at", "in_the_past", "开始时间应在将来", "Should be in the future")]
    if (shift.starts_at - now).days >= FURTHEST_DAYS:
        return [Fault(f"{at}/starts_at", "too_far", "至多提前一年", "A year ahead at most")]
    return []


def changed(shift: Shift, changes: ShiftChanges) -> ShiftDraft:
    """Return the shift as it would be; refuses times that no shift may have."""
    return times(
        changes.starts_at or shift.starts_at,
        changes.ends_at or shift.ends_at,
        changes.headcount or shift.headcount,
    )


def times(starts_at: datetime, ends_at: datetime, headcount: int = 1) -> ShiftDraft:
    """Return a shift of these times; refuses what no shift may have."""
    try:
        shift = ShiftDraft(starts_at=starts_at, ends_at=ends_at, headcount=headcount)
    except ValidationError as error:
        raise ShiftInvalid(faults=faults_in(error.errors(include_input=False))) from None
    faults = not_to_come(shift, "")
    if faults:
        raise ShiftInvalid(faults=faults)
    return shift


async def shift_to_come(session: AsyncSession, job: Job, shift_id: UUID) -> Shift:
    """Return a shift of the job, locked; refuses one that is not there or has begun."""
    shift = await session.scalar(
        select(Shift).where(Shift.id == shift_id, Shift.job_id == job.id).with_for_update(key_share=True)
    )
    if shift is None:
        raise NotFound
    if shift.starts_at <= clock.now():
        raise ShiftInvalid("班次已经开始", "The shift has begun")
    return shift


def findings(job: Job) -> list[dict[str, Any]]:
    """Return the words in the posting that may discriminate or ask for fees (rule 7)."""
    texts = {
        "/title": job.title,
        "/description": job.description,
        "/requirements/text": job.requirements_text,
    }
    found = wording.find({pointer: text for pointer, text in texts.items() if text})
    return [finding._asdict() | {"kind": finding.kind.value} for finding in found]


def searched_text(job: Job, employer: Employer, trade: Trade) -> str:
    """Return all that a search should find the posting by."""
    address = (job.places or {}).get("wgs84", {}).get("address")
    parts = [job.title, trade.name, trade.synonyms, employer.name, address, job.description]
    return "\n".join(part for part in parts if part)
