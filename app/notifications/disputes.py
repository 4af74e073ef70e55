"""Who is told of disputes: the stations, the parties, and never the other side of a whistle-blower."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import afterwards
from app.disputes.events import (
    DisputeClosed,
    DisputeMessaged,
    DisputeMoved,
    DisputeOpened,
    DisputeRated,
    RatingAnswered,
)
from app.disputes.models import Addressee, Dispute, DisputeKind, DisputeState, Message
from app.disputes.queries import accounts_of, stations_to_alert
from app.engagements.models import Engagement
from app.notifications.actions import Letter, tell_all
from app.notifications.alerting import alert
from app.notifications.kinds import Both, Value
from app.notifications.parties import about
from app.notifications.pay import phone_of
from app.stations.models import Station

COMPLAINANT, RESPONDENT = Addressee.COMPLAINANT, Addressee.RESPONDENT
NAMES = {
    DisputeKind.WAGE_ARREARS: Both("欠薪", "wage arrears"),
    DisputeKind.INJURY: Both("工伤", "work injury"),
    DisputeKind.FRAUD: Both("虚假招聘", "false posting"),
    DisputeKind.FEE: Both("违规收费", "unlawful fee"),
    DisputeKind.DISCRIMINATION: Both("就业歧视", "discrimination"),
    DisputeKind.NO_SHOW: Both("到岗争议", "no-show"),
    DisputeKind.OTHER: Both("用工争议", "other"),
}
# Which move is told to which side in which words.
_MOVES = {
    "accepted": "dispute_accepted",
    "mediated": "dispute_mediated",
    "escalated": "dispute_escalated",
}
_ALERTS = {"escalated": "dispute_escalated", "deadline_missed": "deadline_missed"}


@afterwards(DisputeOpened)
async def tell_of_the_complaint(session: AsyncSession, event: DisputeOpened) -> None:
    """Alert the stations; tell who complained, and the other side where it may know.

    Of what the market opened by itself both sides were told by what caused it (wages overdue).
    """
    dispute = await session.get_one(Dispute, event.dispute_id)
    kind = "injury" if dispute.kind is DisputeKind.INJURY else "dispute_opened"
    for station_id in await stations_to_alert(session, dispute):
        await _alert(session, dispute, station_id, kind, str(dispute.id))
    if dispute.complainant_id is None:
        return
    letters = await _letters(session, dispute, [dispute.complainant_id], "dispute_opened", dispute.id)
    if dispute.engagement_id:
        others = await accounts_of(session, dispute, RESPONDENT)
        letters += await _letters(session, dispute, others, "dispute_against", dispute.id)
    await tell_all(session, letters)


@afterwards(DisputeMoved)
async def tell_of_the_move(session: AsyncSession, event: DisputeMoved) -> None:
    dispute = await session.get_one(Dispute, event.dispute_id)
    if event.what == "handed_over" and dispute.handed_to:
        await _alert(session, dispute, dispute.handed_to, "dispute_handed_over", str(event.step_id))
    if event.what in _ALERTS:
        await _alert(session, dispute, dispute.station_id, _ALERTS[event.what], str(event.step_id))
    if event.what in _MOVES:
        people = await accounts_of(session, dispute, COMPLAINANT)
        people += await accounts_of(session, dispute, RESPONDENT)
        await tell_all(session, await _letters(session, dispute, people, _MOVES[event.what], event.step_id))


@afterwards(DisputeMessaged)
async def tell_who_is_written_to(session: AsyncSession, event: DisputeMessaged) -> None:
    message = await session.get_one(Message, event.message_id)
    dispute = await session.get_one(Dispute, message.dispute_id)
    if message.account_id is not None:
        await _alert(session, dispute, dispute.station_id, "dispute_message", str(message.id))
        return
    sides = [COMPLAINANT, RESPONDENT] if message.addressee is Addressee.BOTH else [message.addressee]
    people = [one for side in sides for one in await accounts_of(session, dispute, side)]
    await tell_all(session, await _letters(session, dispute, people, "dispute_message", message.id))


@afterwards(DisputeClosed)
async def tell_of_the_end(session: AsyncSession, event: DisputeClosed) -> None:
    """Tell both of a resolution, and of a withdrawal the other side, who withdrew knows."""
    dispute = await session.get_one(Dispute, event.dispute_id)
    people = await accounts_of(session, dispute, RESPONDENT)
    kind = "dispute_withdrawn"
    if dispute.state is DisputeState.RESOLVED:
        people += await accounts_of(session, dispute, COMPLAINANT)
        kind = "dispute_resolved"
    await tell_all(session, await _letters(session, dispute, people, kind, dispute.id))


@afterwards(DisputeRated)
async def alert_of_the_bad_mark(session: AsyncSession, event: DisputeRated) -> None:
    dispute = await session.get_one(Dispute, event.dispute_id)
    if event.bad:
        await _alert(session, dispute, dispute.station_id, "bad_mark", str(dispute.id))


@afterwards(RatingAnswered)
async def tell_of_the_reply(session: AsyncSession, event: RatingAnswered) -> None:
    dispute = await session.get_one(Dispute, event.dispute_id)
    people = await accounts_of(session, dispute, COMPLAINANT)
    await tell_all(session, await _letters(session, dispute, people, "rating_answered", dispute.id))


async def _letters(
    session: AsyncSession, dispute: Dispute, people: Iterable[UUID], kind: str, key: UUID
) -> list[Letter]:
    station = await session.get_one(Station, dispute.station_id)
    values: dict[str, Value] = {
        "kind": NAMES[dispute.kind],
        "station": station.name,
        "phone": phone_of(station),
        "due": _due(dispute.due_at),
    }
    data = {"dispute_id": str(dispute.id)}
    if dispute.engagement_id:
        values |= await about(session, await session.get_one(Engagement, dispute.engagement_id))
        data["engagement_id"] = str(dispute.engagement_id)
    return [Letter(one, kind, str(key), values, data) for one in dict.fromkeys(people)]


async def _alert(session: AsyncSession, dispute: Dispute, station_id: UUID, kind: str, key: str) -> None:
    values = {
        "kind": NAMES[dispute.kind],
        "due": _due(dispute.due_at),
        "until": _due(dispute.rating_answer_due_at),
    }
    await alert(session, station_id, kind, key, values, {"dispute_id": str(dispute.id)})


def _due(instant: datetime | None) -> Value:
    """Name a deadline; told late, it may be over or set anew."""
    return instant or Both("规定期限", "the deadline")
