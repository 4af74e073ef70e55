"""What the counter holds about a person, and what is erased when the account closes."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import at_once
from app.core.sms import Message
from app.counter.models import Assistance, Errand, Reached
from app.counter.queries import assistances_of, station_helping
from app.identity.events import AccountClosing
from app.identity.holdings import holds
from app.identity.messages import text_to
from app.identity.models import Account

_CLOSED = "【临汾零工市场】您的账号已注销,个人信息已删除。您当前由{station}代办;不是您本意请致电 {call}。"


@holds("assistances")
async def _assistances(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "station": station,
            "consent": one.consent,
            "from": one.confirmed_at,
            "until": one.ended_at or one.until,
        }
        for one, station in await assistances_of(session, account_id)
    ]


@holds("reached_through_station")
async def _reached(session: AsyncSession, account_id: UUID) -> dict[str, Any] | None:
    reached = await session.get(Reached, account_id)
    return {"contact": reached.contact, "since": reached.since} if reached else None


@holds("errands")
async def _errands(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    found = await session.scalars(select(Errand).where(Errand.account_id == account_id).order_by(Errand.id))
    return [{"text": e.text, "at": e.created_at, "done_at": e.done_at, "how": e.how} for e in found]


@at_once(AccountClosing)
async def erase(session: AsyncSession, event: AccountClosing) -> None:
    """Erase how the person was reached and what they were told; what they agreed to ends.

    The signed sheets stay: they prove that staff were allowed to do what the ledger says they did. Who is
    being helped is told now: afterwards there is no phone to tell of what may have been staff's deed.
    """
    account = await session.get_one(Account, event.account_id)
    helped_at = await station_helping(session, event.account_id)
    if helped_at and account.phone:
        values = {"station": helped_at.name, "call": helped_at.phone or "12333"}
        await text_to(session, account.phone, Message("account_closed", values, _CLOSED.format_map(values)))
    await session.execute(delete(Errand).where(Errand.account_id == event.account_id))
    await session.execute(delete(Reached).where(Reached.id == event.account_id))
    await session.execute(
        update(Assistance)
        .where(Assistance.account_id == event.account_id, Assistance.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


async def forget_phones(session: AsyncSession) -> None:
    """Erase the phones of people who did not agree in time (index ix_assistances_phone)."""
    await session.execute(
        update(Assistance)
        .where(Assistance.phone_sealed.is_not(None), Assistance.until <= clock.now())
        .values(phone_sealed=None)
    )
