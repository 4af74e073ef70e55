"""Postings put into the shape that clients see."""

from app.employers.views import card
from app.geo.places import PlaceShown
from app.geo.points import Datum
from app.jobs.models import Shift
from app.jobs.queries import Posting
from app.jobs.schemas import Finding, Insurance, JobView, Pay, Requirements, ShiftView
from app.jobs.wages import hourly_fen


def job_view(posting: Posting, datum: Datum) -> JobView:
    """Return a posting in one datum; findings and reasons only for who posted it, and for staff."""
    job = posting.job
    longest = max((shift.minutes for shift in posting.shifts), default=0)
    by_law = [posting.trade.certificate] if posting.trade and posting.trade.certificate else []
    return JobView(
        id=job.id,
        state=job.state,
        closed_because=job.closed_because,
        employer=card(posting.employer),
        title=job.title,
        trade=job.trade,
        description=job.description,
        place=PlaceShown.model_validate(job.places[datum.value]) if job.places else None,
        division=job.division,
        station_id=job.station_id,
        pay=Pay(amount_fen=job.pay_fen, per=job.pay_per, expected_minutes=job.expected_minutes)
        if job.pay_fen and job.pay_per
        else None,
        hourly_fen=hourly_fen(job, longest) if job.pay_fen and job.pay_per and longest else None,
        pay_settlement=job.pay_settlement,
        hiring=job.hiring,
        requirements=Requirements(
            certificates=list(dict.fromkeys([*by_law, *job.certificates])), text=job.requirements_text
        ),
        insurance=Insurance(provided_by=job.insurance) if job.insurance else None,
        check_in_radius_m=job.check_in_radius_m,
        shifts=[shift_view(shift) for shift in posting.shifts],
        valid_until=job.valid_until,
        published_at=job.published_at,
        source=job.source,
        source_name=job.source_name,
        reasons=job.reasons if posting.own else [],
        findings=[Finding.model_validate(finding) for finding in job.findings] if posting.own else [],
    )


def shift_view(shift: Shift) -> ShiftView:
    return ShiftView.model_validate(shift)
