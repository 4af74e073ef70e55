"""Opening a dispute: by a person, or by the market itself; the first station that is responsible has it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.actions import put_to
from app.attachments.models import Belongs
from app.core import clock, limits
from app.core.events import emit
from app.core.keyring import seal
from app.core.problems import NotFound, refuse_field
from app.core.types import new_id
from app.disputes import deadlines
from app.disputes.events import DisputeOpened
from app.disputes.models import Dispute, DisputeKind, DisputeState
from app.disputes.problems import DisputeStands
from app.disputes.queries import live_one
from app.disputes.schemas import DisputeDraft
from app.disputes.steps import give_until, locked, note
from app.employers.models import Employer
from app.employers.queries import seen_by
from app.engagements.models import Engagement
from app.engagements.queries import engagement_seen_by
from app.identity.models import Account
from app.pay.models import OwedFor, PayRecord
from app.stations.models import Station, StationKind
from app.stations.queries import responsible_for
from app.workers.models import Worker

NEW_A_DAY = limits.Rate("disputes", 10, timedelta(days=1))
# An employer complains of a worker; of a kind that is kept from the other side it can't, or the refusal of a
# second one would tell it of the worker's own.
EMPLOYERS_KINDS = frozenset({DisputeKind.NO_SHOW, DisputeKind.OTHER})


@dataclass(frozen=True)
class About:
    """What a dispute is about and where it belongs."""

    worker_id: UUID | None
    employer_id: UUID | None
    engagement_id: UUID | None
    division: str
    county_code: str | None
    station_id: UUID
    pay_record_id: UUID | None = None

    @classmethod
    def engagement(cls, engagement: Engagement, pay_record_id: UUID | None = None) -> "About":
        """Return the case of an engagement, at the station of the place of work."""
        return cls(
            engagement.worker_id,
            engagement.employer_id,
            engagement.id,
            engagement.division,
            engagement.county_code,
            engagement.station_id,
            pay_record_id,
        )


async def open_by(session: AsyncSession, account: Account, draft: DisputeDraft) -> Dispute:
    """Open a dispute, or join the one that the market opened about the worker's own engagement.

    Refuses an engagement to which the account is no party (404), a second live one of the same kind about it
    (409 with its id), more than ten new ones a day (429).
    """
    about = await _about(session, account, draft)
    await limits.take(session, NEW_A_DAY, str(account.id))
    dispute, new = await begin(session, draft.kind, about, account.id, draft.text)
    if not new:
        if dispute.complainant_id or account.id != dispute.worker_id:
            raise DisputeStands(dispute_id=str(dispute.id))
        dispute.complainant_id = account.id
        dispute.text_sealed = seal(draft.text, f"disputes/text/{dispute.id}")
        await note(session, dispute, "joined")
    await put_to(session, account.id, draft.files, Belongs.DISPUTE, dispute.id)
    return dispute


async def begin(
    session: AsyncSession,
    kind: DisputeKind,
    about: About,
    complainant_id: UUID | None,
    text: str | None,
    *,
    claim_id: UUID | None = None,
) -> tuple[Dispute, bool]:
    """Open a dispute unless one of the kind is live for the engagement; return it, locked, and which it was.

    uq_disputes_live judges, so that of two that open at once one finds the other's.
    """
    id_ = new_id()
    station = await session.get_one(Station, about.station_id)
    values = {
        "id": id_,
        "kind": kind,
        "state": DisputeState.OPENED,
        "complainant_id": complainant_id,
        "text_sealed": seal(text, f"disputes/text/{id_}") if text else None,
        "station_division": station.division,
        "opened_at": clock.now(),
        "missed": 0,
        "version": 1,
    }
    made = None
    while made is None:
        made = await session.scalar(
            insert(Dispute).values(**values | vars(about)).on_conflict_do_nothing().returning(Dispute.id)
        )
        # The one in the way may have ended between the two looks.
        if made is None and about.engagement_id:
            there = await live_one(session, about.engagement_id, kind)
            if there:
                return there, False
    dispute = await locked(session, id_)
    await give_until(session, dispute, deadlines.allowed(kind, deadlines.Stage.ACCEPTING))
    await note(session, dispute, "opened", details={"claim_id": str(claim_id)} if claim_id else {})
    await emit(session, DisputeOpened(dispute.id))
    return dispute, True


async def _about(session: AsyncSession, account: Account, draft: DisputeDraft) -> About:
    worker = await session.get(Worker, account.id)
    if draft.engagement_id:
        return await _about_engagement(session, account, draft, draft.engagement_id)
    employer = await seen_by(session, account, draft.employer_id) if draft.employer_id else None
    worker_id = worker.id if worker else None
    if employer:
        return _at_employer(worker_id, employer)
    division = worker.division if worker else None
    if worker and division:
        station_id = await responsible_for(session, division)
        return About(worker_id, None, None, division, division[:6], station_id)
    centre = (await session.scalars(select(Station).where(Station.kind == StationKind.CENTRE).limit(1))).one()
    return About(worker_id, None, None, centre.division, None, centre.id)


def _at_employer(worker_id: UUID | None, employer: Employer) -> About:
    return About(worker_id, employer.id, None, employer.division, employer.county_code, employer.station_id)


async def _about_engagement(
    session: AsyncSession, account: Account, draft: DisputeDraft, engagement_id: UUID
) -> About:
    row = (await session.execute(engagement_seen_by(account.id, engagement_id))).one_or_none()
    if row is None:
        raise NotFound
    engagement: Engagement = row[0]
    if draft.employer_id and draft.employer_id != engagement.employer_id:
        raise refuse_field(
            "/employer_id", "employer_differs", "与该用工的用工主体不符", "Not the engagement's employer"
        )
    if account.id != engagement.worker_id and draft.kind not in EMPLOYERS_KINDS:
        raise refuse_field(
            "/kind",
            "kind_for_workers",
            "用工主体可选 no_show 或 other",
            "An employer may say no_show or other",
        )
    record_id = None
    if draft.kind is DisputeKind.WAGE_ARREARS:
        records = await session.scalars(
            select(PayRecord).where(PayRecord.engagement_id == engagement.id).order_by(PayRecord.id)
        )
        found = {record.owed_for: record.id for record in records}
        record_id = found.get(OwedFor.WAGE) or next(iter(found.values()), None)
    return About.engagement(engagement, record_id)
