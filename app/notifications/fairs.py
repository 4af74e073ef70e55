"""Who is told of fairs: who reserved, who asked, the employers that come, the station that holds it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, work
from app.core.db import Database
from app.core.events import afterwards, at_once
from app.fairs.audience import Question, Reservation
from app.fairs.events import (
    BoothAccepted,
    BoothApplied,
    BoothChanged,
    BoothEnded,
    BoothInvited,
    FairCancelled,
    FairMoved,
    FairOpened,
    QuestionAnswered,
)
from app.fairs.models import HELD, Booth, BoothState, Fair, FairMode, FairState
from app.notifications.actions import Letter, tell, tell_all
from app.notifications.alerting import alert
from app.notifications.kinds import Both, Span, Value
from app.notifications.parties import to_members
from app.stations.models import Station

SLICE = 100  # people a transaction: their inboxes are locked that long
BEFORE = {"fair_tomorrow": timedelta(days=1), "fair_soon": timedelta(minutes=15)}
_TOLD = 200  # letters of an answer or a reason; the whole stands at the fair


@at_once(FairOpened, FairMoved)
async def promise_reminders(session: AsyncSession, event: FairOpened | FairMoved) -> None:
    """Promise the reminders of the time that now holds; those of another time will find it gone."""
    fair = await session.get_one(Fair, event.fair_id)
    for kind, before in BEFORE.items():
        if (at := fair.starts_at - before) > clock.now():
            first = {"fair_id": str(fair.id), "kind": kind, "key": fair.starts_at.isoformat(), "after": None}
            await work.promise(session, "fairs.tell", first, at=at)


@afterwards(FairMoved, FairCancelled)
async def tell_all_whom_it_concerns(session: AsyncSession, event: FairMoved | FairCancelled) -> None:
    """Begin to tell who reserved; tell the employers, of a move unless their booth's own told them."""
    fair = await session.get_one(Fair, event.fair_id)
    cancelled = isinstance(event, FairCancelled)
    kind, key = ("fair_cancelled", "") if cancelled else ("fair_moved", str(fair.sequence))
    first = {"fair_id": str(fair.id), "kind": kind, "key": key, "after": None}
    await work.promise(session, "fairs.tell", first)
    states = [BoothState.CANCELLED] if cancelled else HELD
    # ix_fair_booths_fair_id_order
    booths = select(Booth).where(Booth.fair_id == fair.id, Booth.state.in_(states)).order_by(Booth.id)
    letters: list[Letter] = []
    for booth in (await session.scalars(booths)).all():
        if cancelled:
            letters += await _to_employer(session, booth, "booth_fair_cancelled", str(fair.id))
        else:
            letters += await _of_the_change(session, booth, fair)
    await tell_all(session, letters)


@work.task("fairs.tell")
async def tell_who_reserved(
    database: Database, *, fair_id: str, kind: str, key: str, after: str | None
) -> None:
    """Tell a slice of who reserved, by account, and promise the next one; again, it tells nobody twice.

    `key` says of what: a reminder by the time that it reminds of; of two quick moves both tellings tell the
    last, so whoever the first one told so is not told again.
    """
    async with database.transaction() as session:
        fair = await session.get_one(Fair, UUID(fair_id))
        if not _still(fair, kind, key):
            return
        if kind == "fair_moved":
            key = str(fair.sequence)
        people = (await session.scalars(_who_reserved(fair, kind, UUID(after) if after else None))).all()
        values = await _about(session, fair)
        data, by = {"fair_id": fair_id}, fair.starts_at
        await tell_all(session, (Letter(one, kind, f"{fair_id}/{key}", values, data, by) for one in people))
        if len(people) == SLICE:
            rest = {"fair_id": fair_id, "kind": kind, "key": key, "after": str(people[-1])}
            await work.promise(session, "fairs.tell", rest)


def _still(fair: Fair, kind: str, key: str) -> bool:
    """Tell whether it is still true, and in time."""
    if kind == "fair_cancelled":
        return fair.state is FairState.CANCELLED
    # A host may be on long before the hour for which people reserved.
    if fair.state not in (FairState.BOOKABLE, FairState.LIVE):
        return False
    if kind == "fair_moved":
        return True
    late = fair.starts_at - BEFORE["fair_soon"] if kind == "fair_tomorrow" else fair.starts_at
    return fair.starts_at.isoformat() == key and clock.now() < late


def _who_reserved(fair: Fair, kind: str, after: UUID | None) -> Select[UUID]:
    """Return the next slice (primary key); a day's reminder is for who reserved before that day."""
    found = select(Reservation.account_id).where(Reservation.fair_id == fair.id)
    if after:
        found = found.where(Reservation.account_id > after)
    if kind == "fair_tomorrow":
        found = found.where(Reservation.created_at <= fair.starts_at - BEFORE[kind])
    return found.order_by(Reservation.account_id).limit(SLICE)


@afterwards(BoothInvited)
async def tell_of_the_invitation(session: AsyncSession, event: BoothInvited) -> None:
    booth = await session.get_one(Booth, event.booth_id)
    if booth.state is BoothState.INVITED:
        await tell_all(session, await _to_employer(session, booth, "booth_invited", str(booth.id)))


@afterwards(BoothApplied)
async def alert_of_the_application(session: AsyncSession, event: BoothApplied) -> None:
    booth = await session.get_one(Booth, event.booth_id)
    if booth.state is BoothState.APPLIED:
        await _to_station(session, booth, "booth_applied")


@afterwards(BoothAccepted)
async def tell_that_the_booth_is_held(session: AsyncSession, event: BoothAccepted) -> None:
    """Tell the side that did not say it."""
    booth = await session.get_one(Booth, event.booth_id)
    if booth.state is not BoothState.ACCEPTED:
        return
    if event.by_station:
        await tell_all(session, await _to_employer(session, booth, "booth_accepted", str(booth.id)))
    else:
        await _to_station(session, booth, "booth_joined")


@afterwards(BoothEnded)
async def tell_that_nothing_comes_of_it(session: AsyncSession, event: BoothEnded) -> None:
    """Tell the side that did not say it."""
    booth = await session.get_one(Booth, event.booth_id)
    if event.by_station:
        await tell_all(session, await _to_employer(session, booth, "booth_ended", str(booth.id)))
    else:
        await _to_station(session, booth, "booth_given_up")


@afterwards(BoothChanged)
async def tell_of_the_change(session: AsyncSession, event: BoothChanged) -> None:
    booth = await session.get_one(Booth, event.booth_id)
    if booth.state in HELD:
        fair = await session.get_one(Fair, booth.fair_id)
        await tell_all(session, await _of_the_change(session, booth, fair))


@afterwards(QuestionAnswered)
async def tell_who_asked(session: AsyncSession, event: QuestionAnswered) -> None:
    """Tell what everybody can read there, unless it was taken back meanwhile."""
    question = await session.get_one(Question, event.question_id)
    if question.answer is None:
        return
    fair = await session.get_one(Fair, question.fair_id)
    data = {"fair_id": str(fair.id), "question_id": str(question.id)}
    key, values = str(question.id), {"fair": fair.title, "answer": _short(question.answer)}
    await tell(session, Letter(question.account_id, "question_answered", key, values, data))


async def _of_the_change(session: AsyncSession, booth: Booth, fair: Fair) -> list[Letter]:
    """Return what tells the employer once, whether the fair's move or the booth's own is delivered first."""
    return await _to_employer(session, booth, "booth_changed", f"{booth.id}/{fair.sequence}/{booth.version}")


async def _to_employer(session: AsyncSession, booth: Booth, kind: str, key: str) -> list[Letter]:
    fair = await session.get_one(Fair, booth.fair_id)
    values = await _about(session, fair) | {"when": Span(booth.starts_at, booth.ends_at)}
    if kind == "booth_ended":
        values["reason"] = _short(booth.reason) if booth.reason else _NO_REASON
    ids = {"fair_id": fair.id, "booth_id": booth.id}
    return await to_members(session, booth.employer_id, kind, key, values, **ids)


async def _to_station(session: AsyncSession, booth: Booth, kind: str) -> None:
    fair = await session.get_one(Fair, booth.fair_id)
    data = {"fair_id": str(fair.id), "booth_id": str(booth.id)}
    await alert(session, fair.station_id, kind, str(booth.id), await _about(session, fair), data)


async def _about(session: AsyncSession, fair: Fair) -> dict[str, Value]:
    """Return what each wording may name of a fair."""
    station = await session.get_one(Station, fair.station_id)
    place = " ".join(filter(None, [fair.venue, fair.room]))
    where: Value = place
    if fair.mode is FairMode.BOTH:
        where = Both(f"{place},线上同步直播", f"{place}, and online")
    elif not place:
        where = Both("线上直播", "online")
    return {
        "fair": fair.title,
        "when": Span(fair.starts_at, fair.ends_at),
        "where": where,
        "station": station.name,
        "reason": _short(fair.cancelled_because) if fair.cancelled_because else _NO_REASON,
    }


def _short(words: str) -> str:
    return words if len(words) <= _TOLD else f"{words[:_TOLD]}…"


_NO_REASON = Both("未说明原因", "no reason was given")
