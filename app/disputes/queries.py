"""Which disputes there are, for a person, for an employer, for a station."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.attachments.models import Attachment
from app.attachments.queries import belonging_to
from app.attendance.models import Claim, ClaimState
from app.core import clock
from app.core.problems import NotFound
from app.disputes.models import (
    LIVE,
    Addressee,
    Dispute,
    DisputeKind,
    DisputeState,
    Message,
    Outcome,
    Step,
)
from app.disputes.sides import HIDDEN_FROM_THE_RESPONDENT, by_employer, may_read, side_of
from app.employers.models import Member
from app.pay.models import PayRecord, PayState
from app.stations.models import Station


def of_person(account_id: UUID) -> Select[Dispute]:
    """Return what a person complained of, or is a worker in and may know.

    Two index scans: complainant_id, id and worker_id, id.
    """
    mine = Dispute.complainant_id == account_id
    about_me = and_(
        Dispute.worker_id == account_id,
        or_(Dispute.complainant_id.is_(None), Dispute.kind.not_in(HIDDEN_FROM_THE_RESPONDENT)),
    )
    return select(Dispute).where(or_(mine, about_me))


def of_employer(employer_id: UUID) -> Select[Dispute]:
    """Return what the members of an employer may know of (index employer_id, id)."""
    complains = and_(Dispute.complainant_id.is_not(None), Dispute.complainant_id != Dispute.worker_id)
    return select(Dispute).where(
        Dispute.employer_id == employer_id,
        Dispute.engagement_id.is_not(None),
        or_(complains, Dispute.kind.not_in(HIDDEN_FROM_THE_RESPONDENT)),
    )


async def seen_by(session: AsyncSession, account_id: UUID, dispute_id: UUID) -> tuple[Dispute, Addressee]:
    """Return a dispute and the side on which the account stands, else 404."""
    dispute = await session.get(Dispute, dispute_id)
    if dispute is None:
        raise NotFound
    member = await session.get(Member, (dispute.employer_id, account_id)) if dispute.employer_id else None
    side = side_of(dispute, account_id, acts_for_employer=member is not None)
    if side is None:
        raise NotFound
    return dispute, side


def in_reach_of(
    officer: Officer,
    state: DisputeState | None = None,
    kind: DisputeKind | None = None,
    *,
    mine: bool = False,
    overdue: bool = False,
) -> Select[Dispute]:
    """Return the disputes of places within reach, and those that a station within reach has or is offered.

    Newest first by primary key; a state narrows it (index state, division, id); overdue ones are few
    (index ix_disputes_due_at).
    """
    statement = select(Dispute).where(
        or_(
            officer.reaches(Dispute.division),
            officer.reaches(Dispute.station_division),
            officer.reaches(Dispute.handed_to_division),
        )
    )
    if state:
        statement = statement.where(Dispute.state == state)
    if kind:
        statement = statement.where(Dispute.kind == kind)
    if mine:
        here = officer.station.id
        statement = statement.where(or_(Dispute.station_id == here, Dispute.handed_to == here))
    if overdue:
        statement = statement.where(Dispute.due_at <= clock.now(), Dispute.state.in_(LIVE))
    return statement


async def one_in_reach(session: AsyncSession, officer: Officer, dispute_id: UUID) -> Dispute:
    """Return a dispute within reach, else 404."""
    dispute = await session.scalar(in_reach_of(officer).where(Dispute.id == dispute_id))
    if dispute is None:
        raise NotFound
    return dispute


async def live_one(session: AsyncSession, engagement_id: UUID, kind: DisputeKind) -> Dispute | None:
    """Return the live dispute of a kind about an engagement (index uq_disputes_live), locked."""
    return await session.scalar(
        select(Dispute)
        .where(Dispute.engagement_id == engagement_id, Dispute.kind == kind, Dispute.state.in_(LIVE))
        .order_by(Dispute.id)
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


@dataclass(frozen=True)
class History:
    """All that was done and said, with the pictures that came with it."""

    steps: Sequence[Step]
    messages: Sequence[Message]
    files: dict[UUID, list[Attachment]]  # by dispute or message
    stations: dict[UUID, Station]

    def readable(self, dispute: Dispute, side: Addressee) -> list[Message]:
        return [message for message in self.messages if may_read(dispute, message, side)]


async def history_of(session: AsyncSession, dispute: Dispute) -> History:
    """Return what happened in one dispute, in four statements (indexes dispute_id, id and owner_id)."""
    steps = await session.scalars(select(Step).where(Step.dispute_id == dispute.id).order_by(Step.id))
    said = await session.scalars(select(Message).where(Message.dispute_id == dispute.id).order_by(Message.id))
    messages, walked = said.all(), steps.all()
    files: dict[UUID, list[Attachment]] = {}
    for attachment in await session.scalars(belonging_to([dispute.id, *(m.id for m in messages)])):
        if attachment.owner_id:
            files.setdefault(attachment.owner_id, []).append(attachment)
    stations = await stations_of(session, [dispute], {s.station_id for s in walked if s.station_id})
    return History(walked, messages, files, stations)


async def stations_of(
    session: AsyncSession, disputes: Sequence[Dispute], also: set[UUID] | None = None
) -> dict[UUID, Station]:
    """Return the stations that have some disputes or are offered them, in one statement."""
    ids = {d.station_id for d in disputes} | {d.handed_to for d in disputes if d.handed_to} | (also or set())
    found = await session.scalars(select(Station).where(Station.id.in_(ids)))
    return {station.id: station for station in found}


async def contested_claim_of(session: AsyncSession, dispute: Dispute) -> Claim | None:
    """Return the claim whose answer opened this dispute or was joined to it, while it is undecided."""
    if dispute.engagement_id is None:
        return None
    claim = await session.scalar(
        select(Claim).where(Claim.engagement_id == dispute.engagement_id, Claim.state == ClaimState.CONTESTED)
    )
    if claim is None:
        return None
    told = select(func.count()).where(
        Step.dispute_id == dispute.id, Step.details["claim_id"].astext == str(claim.id)
    )
    return claim if await session.scalar(told) else None


async def wages_are_overdue(session: AsyncSession, dispute: Dispute) -> bool:
    """Tell whether a case is about overdue pay that is not settled (index engagement_id, owed_for)."""
    if dispute.kind is not DisputeKind.WAGE_ARREARS or dispute.engagement_id is None:
        return False
    owed = select(PayRecord.id).where(
        PayRecord.engagement_id == dispute.engagement_id,
        PayRecord.overdue_at.is_not(None),
        PayRecord.state.not_in([PayState.SETTLED, PayState.CANCELLED]),
    )
    return await session.scalar(owed.limit(1)) is not None


async def lost_by_employer(session: AsyncSession, employer_id: UUID) -> int:
    """Count the disputes that staff decided for the worker (index employer_id, id)."""
    lost = select(func.count()).where(
        Dispute.employer_id == employer_id,
        Dispute.state == DisputeState.RESOLVED,
        Dispute.outcome == Outcome.FOR_WORKER,
    )
    return await session.scalar(lost) or 0


async def stations_to_alert(session: AsyncSession, dispute: Dispute) -> list[UUID]:
    """Return who must know at once that it was opened: its station, for an injury the county's too."""
    own = await session.get_one(Station, dispute.station_id)
    if dispute.kind is DisputeKind.INJURY and own.parent_id:
        return [own.id, own.parent_id]
    return [own.id]


async def accounts_of(session: AsyncSession, dispute: Dispute, side: Addressee) -> list[UUID]:
    """Return the accounts on one side that may know of the dispute: the worker's, or the employer's members'.

    Empty for the respondent of a kind that is kept from the respondent.
    """
    complains = side is Addressee.COMPLAINANT
    if complains and dispute.complainant_id and not by_employer(dispute):
        return [dispute.complainant_id]
    if complains is by_employer(dispute):
        members = select(Member.account_id).where(Member.employer_id == dispute.employer_id)
        people = list(await session.scalars(members))
    else:
        people = [dispute.worker_id] if dispute.worker_id else []
    return [
        one for one in people if side_of(dispute, one, acts_for_employer=one != dispute.worker_id) is side
    ]
