"""What follows by itself for disputes: cases that open themselves, deadlines that move them up."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.events import ClaimContested
from app.attendance.models import Claim, ClaimKind
from app.core import clock, rounds, work
from app.core.db import Database
from app.core.events import afterwards, at_once
from app.disputes import deadlines
from app.disputes.events import DisputeClosed
from app.disputes.models import LIVE, Dispute, DisputeKind, DisputeState, Outcome
from app.disputes.opening import About, begin
from app.disputes.queries import lost_by_employer
from app.disputes.steps import close, give_until, move_up, note, station_above
from app.employers.models import Employer, Member
from app.engagements.models import Engagement
from app.pay.events import HoursContested, PayOverdue, PaySettled
from app.pay.models import PayRecord, PayState

BATCH = 100
SETTLED = "工资已结清"
UNWATCHED_FOR = timedelta(days=7)


@at_once(PayOverdue)
async def open_arrears(session: AsyncSession, event: PayOverdue) -> None:
    """Open the case of arrears at the station of the place of work, or join the pay to a live one."""
    record = await session.get_one(PayRecord, event.record_id)
    engagement = await session.get_one(Engagement, record.engagement_id)
    about = About.engagement(engagement, record.id)
    dispute, new = await begin(session, DisputeKind.WAGE_ARREARS, about, None, None)
    if not new:
        dispute.pay_record_id = dispute.pay_record_id or record.id
        await note(session, dispute, "pay_overdue")


@afterwards(DisputeClosed)
async def count_what_was_lost(session: AsyncSession, event: DisputeClosed) -> None:
    """Bring the count of an employer's public profile into line with the outcomes."""
    dispute = await session.get_one(Dispute, event.dispute_id)
    if dispute.employer_id is None:
        return
    employer = await session.get_one(Employer, dispute.employer_id, with_for_update={"key_share": True})
    employer.disputes_lost = await lost_by_employer(session, employer.id)


@at_once(HoursContested)
async def hear_of_the_hours(session: AsyncSession, event: HoursContested) -> None:
    """Open a case anew where the one about overdue pay ended before the worker contested the hours.

    What is not overdue yet becomes so with its date: the clock opens the case then.
    """
    record = await session.get_one(PayRecord, event.record_id)
    if record.overdue_at:
        engagement = await session.get_one(Engagement, record.engagement_id)
        about = About.engagement(engagement, record.id)
        await begin(session, DisputeKind.WAGE_ARREARS, about, None, None)


@at_once(PaySettled)
async def end_arrears(session: AsyncSession, event: PaySettled) -> None:
    """End the case that nobody complained of once all that the engagement is owed is settled.

    A person's own complaint is ended by staff, who see that the wages came.
    """
    record = await session.get_one(PayRecord, event.record_id)
    # index uq_disputes_live
    dispute = await session.scalar(
        select(Dispute)
        .where(
            Dispute.engagement_id == record.engagement_id,
            Dispute.kind == DisputeKind.WAGE_ARREARS,
            Dispute.state.in_(LIVE),
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if dispute is None or session.info.get("resolving") == dispute.id:
        return
    overdue = select(PayRecord.id).where(
        PayRecord.engagement_id == record.engagement_id,
        PayRecord.id != record.id,
        PayRecord.overdue_at.is_not(None),
        PayRecord.state.not_in([PayState.SETTLED, PayState.CANCELLED]),
    )
    if dispute.complainant_id or await session.scalar(overdue.limit(1)):
        await note(session, dispute, "pay_settled")
        return
    await close(session, dispute, DisputeState.RESOLVED, Outcome.AGREED, SETTLED)


@at_once(ClaimContested)
async def hear_both_sides(session: AsyncSession, event: ClaimContested) -> None:
    """Open the case of a contested absence, or of a turning away; the answer is the complaint."""
    claim = await session.get_one(Claim, event.claim_id)
    engagement = await session.get_one(Engagement, claim.engagement_id)
    if claim.kind is ClaimKind.NO_SHOW:
        kind, complainant_id = DisputeKind.NO_SHOW, engagement.worker_id
    else:
        # Any member may have answered for the employer; the one who has been there longest stands for all.
        kind = DisputeKind.OTHER
        members = select(Member.account_id).where(Member.employer_id == engagement.employer_id)
        first = await session.scalars(members.order_by(Member.since, Member.account_id).limit(1))
        complainant_id = first.one()
    about = About.engagement(engagement)
    dispute, new = await begin(session, kind, about, complainant_id, claim.answer, claim_id=claim.id)
    if not new:
        await note(session, dispute, "claim_contested", details={"claim_id": str(claim.id)})


@work.at_times("* * * * *")
async def move_up_what_was_missed(database: Database) -> None:
    """Move up what was not done in time: township, county, city; each missed deadline once."""
    # index ix_disputes_due_at
    missed = (Dispute.due_at.is_not(None), Dispute.due_at <= clock.now())

    async def one(session: AsyncSession, dispute_id: UUID) -> None:
        dispute = await session.scalar(
            select(Dispute)
            .where(Dispute.id == dispute_id, *missed)
            .with_for_update(key_share=True, skip_locked=True)
        )
        if dispute:
            await _missed(session, dispute)

    await rounds.each(database, select(Dispute.id).where(*missed), one, BATCH)


@work.at_times("0 1 * * *")  # 9:00 in Shanghai
async def take_up_again(database: Database) -> None:
    """Open a case anew where wages are unpaid still a week after the last one ended (rule 8).

    Staff may have ended it with the wages promised; nobody else would look at them then.
    """
    since = clock.now() - UNWATCHED_FOR
    watched = exists().where(
        Dispute.engagement_id == PayRecord.engagement_id,
        Dispute.kind == DisputeKind.WAGE_ARREARS,
        Dispute.state.in_(LIVE) | (Dispute.closed_at > since),
    )
    unpaid = (
        # index ix_pay_records_overdue; index ix_disputes_engagement_id
        PayRecord.overdue_at <= since,
        PayRecord.state.in_([PayState.OVERDUE, PayState.CONTESTED]),
        ~watched,
    )

    async def one(session: AsyncSession, record_id: UUID) -> None:
        if await session.scalar(select(PayRecord.id).where(PayRecord.id == record_id, *unpaid)):
            await open_arrears(session, PayOverdue(record_id))

    await rounds.each(database, select(PayRecord.id).where(*unpaid), one, BATCH)


async def _missed(session: AsyncSession, dispute: Dispute) -> None:
    was_due = dispute.due_at.isoformat() if dispute.due_at else None
    if dispute.state not in LIVE:
        # What is due of a closed one is the answer to a bad mark: it stays owed, and is told once.
        dispute.due_at = None
        await note(session, dispute, "deadline_missed", details={"of": "rating_answer", "due_at": was_due})
        return
    dispute.missed += 1
    details = {"of": dispute.state.value, "due_at": was_due}
    above = await station_above(session, dispute)
    if above is None:
        await give_until(session, dispute, deadlines.AT_THE_TOP)
    await note(session, dispute, "deadline_missed", details=details)
    if above:
        await move_up(session, dispute, above)
