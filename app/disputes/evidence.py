"""What is known of a dispute, gathered: the parties, terms, attendance, pay, and all that was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.models import Attachment
from app.attachments.queries import belonging_to
from app.attendance.models import Attendance, Claim
from app.disputes.models import Addressee, Dispute, Message
from app.disputes.queries import History, history_of
from app.employers.models import Employer
from app.engagements.models import Engagement, Terms
from app.engagements.queries import terms_of
from app.identity.models import Account
from app.pay.models import PayRecord, PayReport
from app.workers.models import Worker


@dataclass(frozen=True)
class Work:
    """What an engagement left behind."""

    engagement: Engagement
    terms: Sequence[Terms]  # the first version first
    attendance: Sequence[Attendance]
    claims: Sequence[Claim]
    records: Sequence[PayRecord]
    reports: Sequence[PayReport]


@dataclass(frozen=True)
class Evidence:
    """Rows as they stand. For staff all of it; else the worker's own, as the worker may see it."""

    dispute: Dispute
    history: History
    staff: bool
    messages: Sequence[Message]
    complainant: Account | None
    worker: Worker | None
    employer: Employer | None
    work: Work | None
    pictures: Sequence[Attachment]


async def gather(session: AsyncSession, dispute: Dispute, *, staff: bool) -> Evidence:
    """Read everything about one dispute, in a number of statements that does not grow with it."""
    history = await history_of(session, dispute)
    messages = history.messages if staff else history.readable(dispute, Addressee.COMPLAINANT)
    account_id = dispute.complainant_id or dispute.worker_id
    work = await _work(session, dispute.engagement_id) if dispute.engagement_id else None
    owners = [dispute.id, *(message.id for message in messages)]
    if work:
        owners += [report.id for report in work.reports]
        owners += [claim.id for claim in work.claims] if staff else []
    return Evidence(
        dispute=dispute,
        history=history,
        staff=staff,
        messages=messages,
        complainant=await session.get(Account, account_id) if account_id else None,
        worker=await session.get(Worker, dispute.worker_id) if dispute.worker_id else None,
        employer=await session.get(Employer, dispute.employer_id) if dispute.employer_id else None,
        work=work,
        pictures=(await session.scalars(belonging_to(owners))).all(),
    )


async def _work(session: AsyncSession, engagement_id: UUID) -> Work:
    """Read by indexes engagement_id, id; pay_reports by record_id, id."""
    attendance = select(Attendance).where(Attendance.engagement_id == engagement_id).order_by(Attendance.id)
    claims = select(Claim).where(Claim.engagement_id == engagement_id).order_by(Claim.id)
    owed = select(PayRecord).where(PayRecord.engagement_id == engagement_id).order_by(PayRecord.id)
    records = (await session.scalars(owed)).all()
    paid = select(PayReport).where(PayReport.record_id.in_([record.id for record in records]))
    return Work(
        engagement=await session.get_one(Engagement, engagement_id),
        terms=(await session.scalars(terms_of(engagement_id))).all()[::-1],
        attendance=(await session.scalars(attendance)).all(),
        claims=(await session.scalars(claims)).all(),
        records=records,
        reports=(await session.scalars(paid.order_by(PayReport.id))).all(),
    )
