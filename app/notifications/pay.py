"""Who is told of wages: what is owed, said to be paid, missing."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import afterwards
from app.engagements.models import Engagement
from app.notifications.actions import tell_all
from app.notifications.alerting import alert
from app.notifications.kinds import Both, Fen
from app.notifications.parties import about, tell_both, tell_employer, tell_worker, to_employer, to_worker
from app.pay.events import (
    CancellationOwed,
    HoursConfirmed,
    HoursContested,
    PayAnswered,
    PayAwaitsAnswer,
    PayConceded,
    PayDecided,
    PayFallsDue,
    PayOverdue,
    PayReported,
    PaySettled,
)
from app.pay.keeping import UNCONTESTED_AFTER
from app.pay.models import OwedFor, PayRecord, PayReport, ReportState
from app.standing.reviewing import BLIND_FOR
from app.stations.models import Station


@afterwards(HoursConfirmed)
async def tell_what_is_owed(session: AsyncSession, event: HoursConfirmed) -> None:
    record = await session.scalar(
        # unique engagement_id, owed_for
        select(PayRecord).where(
            PayRecord.engagement_id == event.engagement_id, PayRecord.owed_for == OwedFor.WAGE
        )
    )
    if record:
        engagement = await session.get_one(Engagement, event.engagement_id)
        # Confirmed anew with other figures, it is told anew.
        key = f"{record.id}/{record.owed_fen}"
        amount = Fen(record.owed_fen)
        await tell_worker(session, engagement, "hours_confirmed", key, amount=amount, due=record.due_at)


@afterwards(HoursContested)
async def tell_of_other_hours(session: AsyncSession, event: HoursContested) -> None:
    record, engagement = await _of(session, event.record_id)
    await tell_employer(session, engagement, "hours_contested", record.id)


@afterwards(CancellationOwed)
async def tell_of_the_compensation(session: AsyncSession, event: CancellationOwed) -> None:
    record, engagement = await _of(session, event.record_id)
    kinds = ("cancellation_owed", "cancellation_owed_employer")
    amount = Fen(record.owed_fen)
    await tell_both(session, engagement, kinds, record.id, amount=amount, due=record.due_at)


@afterwards(PayFallsDue)
async def remind_to_pay(session: AsyncSession, event: PayFallsDue) -> None:
    record, engagement = await _of(session, event.record_id)
    if record.open_fen:
        amount = Fen(record.open_fen)
        await tell_employer(session, engagement, "pay_falls_due", record.id, record.due_at, amount=amount)


@afterwards(PayReported)
async def ask_whether_it_came(session: AsyncSession, event: PayReported) -> None:
    await _ask(session, event.report_id, "pay_reported")


@afterwards(PayAwaitsAnswer)
async def ask_again(session: AsyncSession, event: PayAwaitsAnswer) -> None:
    await _ask(session, event.report_id, "pay_awaits_answer")


async def _ask(session: AsyncSession, report_id: UUID, kind: str) -> None:
    report = await session.get_one(PayReport, report_id)
    if report.state is not ReportState.REPORTED:
        return
    _, engagement = await _of(session, report.record_id)
    until = report.reported_at + UNCONTESTED_AFTER
    amount = Fen(report.amount_fen)
    await tell_worker(session, engagement, kind, report.id, until, amount=amount, until=until)


@afterwards(PayAnswered)
async def tell_of_the_answer(session: AsyncSession, event: PayAnswered) -> None:
    """Tell the employer of what is contested; what is confirmed is told when all of it is settled."""
    report = await session.get_one(PayReport, event.report_id)
    if report.state is ReportState.CONTESTED:
        _, engagement = await _of(session, report.record_id)
        await tell_employer(session, engagement, "pay_contested", report.id, amount=Fen(report.amount_fen))


@afterwards(PayConceded)
async def tell_of_the_concession(session: AsyncSession, event: PayConceded) -> None:
    record, engagement = await _of(session, event.record_id)
    key, amount = f"{record.id}/{record.owed_fen}", Fen(record.owed_fen)
    await tell_worker(session, engagement, "pay_conceded", key, amount=amount, due=record.due_at)


@afterwards(PaySettled)
async def tell_that_it_is_settled(session: AsyncSession, event: PaySettled) -> None:
    """Tell both, and ask for ratings while they can be given."""
    record, engagement = await _of(session, event.record_id)
    amount = Fen(record.settled_fen)
    letters = await to_worker(session, engagement, "pay_settled", record.id, amount=amount)
    letters += await to_employer(session, engagement, "pay_settled_employer", record.id, amount=amount)
    if record.owed_for is OwedFor.WAGE and engagement.confirmed_at:
        until = engagement.confirmed_at + BLIND_FOR
        if clock.now() < until:
            letters += await to_worker(session, engagement, "please_review", until=until)
            letters += await to_employer(session, engagement, "please_review", until=until)
    await tell_all(session, letters)


@afterwards(PayOverdue)
async def tell_that_it_is_overdue(session: AsyncSession, event: PayOverdue) -> None:
    """Tell both that the station has it, and the station (rule 8)."""
    record, engagement = await _of(session, event.record_id)
    station = await session.get_one(Station, record.station_id)
    left = Fen(record.open_fen + record.contested_fen)
    await tell_both(
        session,
        engagement,
        ("pay_overdue", "pay_overdue_employer"),
        record.id,
        amount=left,
        station=station.name,
        phone=phone_of(station),
    )
    values = await about(session, engagement) | {"amount": left}
    data = {"record_id": str(record.id), "engagement_id": str(engagement.id)}
    await alert(session, station.id, "pay_overdue", str(record.id), values, data)


@afterwards(PayDecided)
async def tell_what_was_decided(session: AsyncSession, event: PayDecided) -> None:
    record, engagement = await _of(session, event.record_id)
    kinds = ("pay_decided", "pay_decided_employer")
    key = f"{record.id}/{record.open_fen}/{record.cancelled_fen}"  # decided anew, it is told anew
    await tell_both(session, engagement, kinds, key, amount=Fen(record.open_fen))


def phone_of(station: Station) -> Both:
    """Name a station's phone, where it has one."""
    if station.phone is None:
        return Both("", "")
    return Both(f"电话 {station.phone}。", f"Phone {station.phone}. ")


async def _of(session: AsyncSession, record_id: UUID) -> tuple[PayRecord, Engagement]:
    record = await session.get_one(PayRecord, record_id)
    return record, await session.get_one(Engagement, record.engagement_id)
