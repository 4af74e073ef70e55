"""Appealing against what a standing holds against somebody, and staff deciding it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.attachments.actions import put_to
from app.attachments.models import Belongs
from app.attachments.queries import belonging_to
from app.attendance import claims
from app.attendance.models import Claim, ClaimKind, ClaimState
from app.audit.actions import record
from app.cases import holds
from app.cases.models import CaseKind
from app.core import clock
from app.core.events import emit
from app.core.keyring import seal, unseal
from app.core.problems import Fault, Invalid
from app.core.types import new_id
from app.days.queries import working_days_after
from app.engagements.locking import locked
from app.engagements.models import Engagement, Side
from app.standing import queries
from app.standing.events import AppealDecided, AppealMade
from app.standing.facts import OTHER, standings
from app.standing.models import Appeal, AppealState
from app.standing.problems import AppealedAlready, AppealStateConflict, AppealTooLate, NothingToAppeal
from app.standing.schemas import AppealGiven
from app.standing.score import Reason, ReasonCode

APPEAL_WITHIN = timedelta(days=30)
DECIDED_WITHIN_DAYS = 5


def text_of(appeal: Appeal) -> str:
    return unseal(appeal.text_sealed, purpose(appeal.id))


async def appeal(
    session: AsyncSession, account_id: UUID, engagement_id: UUID, given: AppealGiven
) -> Appeal | Claim:
    """Ask staff to undo one thing that is held against the caller's side for an engagement.

    What the other side only says so far is answered instead, and its claim returned. Refuses when
    nothing is held, the thing is older than 30 days, or an appeal was made; 422 when several things
    are held and none is named.
    """
    engagement, side = await queries.as_party(session, account_id, engagement_id, lock=True)
    said = await queries.claim_to_answer(session, engagement_id, side)
    if said and given.against in (None, ReasonCode(said.kind.value)):
        await claims.answer(
            session, engagement, account_id, side, agrees=False, text=given.text, files=given.files
        )
        return said
    reason = await _held(session, engagement, side, given.against)
    now = clock.now()
    if now >= reason.held.at + APPEAL_WITHIN:
        raise AppealTooLate(until=(reason.held.at + APPEAL_WITHIN).isoformat())
    made = Appeal(
        id=(id_ := new_id()),
        engagement_id=engagement_id,
        by=side,
        against=reason.held.code.value,
        account_id=account_id,
        text_sealed=seal(given.text, purpose(id_)),
        division=engagement.division,
        state=AppealState.OPEN,
        made_at=now,
        due_at=await working_days_after(session, now, DECIDED_WITHIN_DAYS),
    )
    session.add(made)
    await session.flush()
    await put_to(session, account_id, given.files, Belongs.APPEAL, made.id)
    await emit(session, AppealMade(made.id))
    return made


async def decide(
    session: AsyncSession,
    officer: Officer,
    appeal_id: UUID,
    *,
    upheld: bool,
    reason: str,
    attended: bool = False,
) -> Appeal:
    """Uphold or refuse an appeal within reach; of two who decide at once, the second is refused.

    Upheld, the penalty is undone in full: a rating is taken down, a no-show overturned. `attended`:
    the worker was there after all, and has come and gone as agreed; otherwise the absence is excused.
    """
    known, _, _ = await queries.one_in_reach(session, officer, appeal_id)
    await holds.act_on(session, officer, CaseKind.APPEALS, appeal_id)
    engagement = await locked(session, known.engagement_id)
    await session.refresh(known, with_for_update={"key_share": True})
    if known.state is not AppealState.OPEN:
        raise AppealStateConflict(state=known.state.value)
    known.state = AppealState.UPHELD if upheld else AppealState.REFUSED
    known.decided_at, known.decided_by, known.reason = clock.now(), officer.staff.id, reason
    await session.flush()
    if upheld:
        await _undo(session, officer, engagement, known, attended=attended)
    await record(
        session,
        officer.actor,
        "appeal.uphold" if upheld else "appeal.refuse",
        object_kind="appeal",
        object_id=known.id,
        division=known.division,
        before={"state": AppealState.OPEN.value},
        after={"state": known.state.value, "against": known.against},
        reason=reason,
    )
    await emit(session, AppealDecided(known.id, upheld))
    return known


async def read(session: AsyncSession, officer: Officer, appeal_id: UUID) -> tuple[Appeal, str, list[UUID]]:
    """Return an appeal within reach, its text and its pictures; the reading is written to the ledger."""
    known, _, _ = await queries.one_in_reach(session, officer, appeal_id)
    await record(
        session,
        officer.actor,
        "appeal.read",
        object_kind="appeal",
        object_id=known.id,
        division=known.division,
    )
    pictures = [one.id for one in await session.scalars(belonging_to([known.id]))]
    return known, text_of(known), pictures


async def _held(
    session: AsyncSession, engagement: Engagement, side: Side, against: ReasonCode | None
) -> Reason:
    owner_id = engagement.worker_id if side is Side.WORKER else engagement.employer_id
    known = (await standings(session, side, [owner_id]))[owner_id]
    reasons = [one for one in known.standing.reasons if one.engagement_id == engagement.id]
    if against:
        # Also one that was undone: who had it undone is told that an appeal was made already.
        if (engagement.id, against) in known.appeals:
            raise AppealedAlready
        reasons = [one for one in reasons if one.held.code is against]
    if not reasons:
        raise NothingToAppeal
    if len(reasons) > 1:
        codes = "、".join(one.held.code.value for one in reasons)
        raise Invalid(
            faults=[Fault("/against", "against_needed", f"请指明针对哪一项:{codes}", f"Name one of: {codes}")]
        )
    if (engagement.id, reasons[0].held.code) in known.appeals:
        raise AppealedAlready
    return reasons[0]


async def _undo(
    session: AsyncSession, officer: Officer, engagement: Engagement, known: Appeal, *, attended: bool
) -> None:
    """Undo what was held; what has no record of its own to undo stops counting by the appeal itself."""
    if known.against == ReasonCode.RATED_LOW:
        review = (await queries.reviews_of(session, engagement.id)).get(OTHER[known.by])
        if review and review.removed_at is None:
            review.removed_at = clock.now()
            await session.flush()
    elif known.against in (ReasonCode.NO_SHOW, ReasonCode.TURNED_AWAY):
        claim_id = await session.scalar(
            select(Claim.id).where(
                Claim.engagement_id == engagement.id,
                Claim.kind == ClaimKind(known.against),
                Claim.state == ClaimState.STANDS,
            )
        )
        if claim_id:
            there = attended and known.against == ReasonCode.NO_SHOW
            await claims.decide(session, claim_id, holds=False, attended=there, by=officer.staff.id)


def purpose(appeal_id: UUID) -> str:
    return f"appeals/text/{appeal_id}"
