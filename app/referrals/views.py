"""Referrals put into the shape that staff see."""

from collections.abc import Sequence
from datetime import date

from app.referrals.models import WHY_NOT
from app.referrals.queries import COUNTED, Row
from app.referrals.schemas import QuotaView, ReferralFigures, ReferralView
from app.stations.models import Staff


def referral(row: Row) -> ReferralView:
    one, job, shift, worker, employer, staff_name, engagement_state = row
    return ReferralView(
        id=one.id,
        state=one.state,
        reason=one.reason,
        reason_text=WHY_NOT[one.reason] if one.reason else None,
        job_id=job.id,
        job_title=job.title or "",
        employer_id=employer.id,
        employer_name=employer.name,
        shift_id=shift.id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        worker_id=one.worker_id,
        worker_name=worker.name_shown,
        staff_id=one.staff_id,
        staff_name=staff_name,
        note=one.note,
        sent_at=one.sent_at,
        kept_until=one.kept_until,
        engagement_id=one.engagement_id,
        engagement_state=engagement_state,
    )


def quota(staff: Staff, monthly: int | None, used: int) -> QuotaView:
    return QuotaView(
        staff_id=staff.id, staff_name=staff.name, station_id=staff.station_id, monthly=monthly, used=used
    )


def figures(staff: Staff, month: date, sent: int, came: int, counts: Sequence[int]) -> ReferralFigures:
    """Return a clerk's month; the fill rate is of all that were sent."""
    of = {state.value: count for state, count in zip(COUNTED, counts, strict=True)}
    return ReferralFigures(
        staff_id=staff.id,
        staff_name=staff.name,
        station_id=staff.station_id,
        month=f"{month:%Y-%m}",
        sent=sent,
        came=came,
        fill_percent=round(100 * of["hired"] / sent) if sent else None,
        **of,
    )
