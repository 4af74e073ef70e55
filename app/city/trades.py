"""Trades: added, changed, retired. A code is stable: never deleted, never given to another."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.city.problems import TradeCodeTaken
from app.city.schemas import TradeChanges, TradeDraft
from app.core.problems import Fault, Invalid, NotFound, must_be_fresh, refuse_field
from app.trades.models import Trade
from app.trades.queries import unknown_certificates

_TOLD = ("name", "group", "hazardous", "certificate", "synonyms", "retired")


async def add(session: AsyncSession, actor: Actor, place: str, given: TradeDraft) -> Trade:
    """Add a trade; the group is that of its first two digits, and is named once, by the first of it."""
    if await session.get(Trade, given.code):
        raise TradeCodeTaken
    group = await session.scalar(
        select(Trade.group).where(Trade.code.startswith(given.code[:2], autoescape=True)).limit(1)
    )
    if group is None and given.group is None:
        zh, en = "新的类别须写明名称", "A new group needs its name"
        raise refuse_field("/group", "group_missing", zh, en)
    if group and given.group and given.group != group:
        zh, en = f"代码以 {given.code[:2]} 开头的类别是“{group}”", "The code belongs to another group"
        raise refuse_field("/group", "group_of_another_code", zh, en)
    await _must_be_known(session, given.certificate)
    trade = Trade(**given.model_dump(exclude={"group"}), group=group or given.group, retired=False, version=1)
    session.add(trade)
    await session.flush()
    await _record(session, actor, place, "add", trade, None)
    return trade


async def change(
    session: AsyncSession, actor: Actor, place: str, code: str, changes: TradeChanges, version: int | None
) -> Trade:
    """Change or retire a trade; postings that have it keep it. Refuses a stale version."""
    trade = await session.get(Trade, code, with_for_update=True)
    if trade is None:
        raise NotFound
    must_be_fresh(version, trade.version)
    before = _told(trade)
    await _must_be_known(session, changes.certificate)
    for name in changes.model_fields_set:
        value = getattr(changes, name)
        if value is not None or name == "certificate":
            setattr(trade, name, value)
    trade.version += 1
    await session.flush()
    await _record(session, actor, place, "change", trade, before)
    return trade


async def _must_be_known(session: AsyncSession, certificate: str | None) -> None:
    if certificate and await unknown_certificates(session, [certificate], "/certificate"):
        faults = await unknown_certificates(session, [certificate], "")
        raise Invalid(faults=[Fault("/certificate", *fault[1:4]) for fault in faults])


def _told(trade: Trade) -> dict[str, Any]:
    return {"code": trade.code} | {name: getattr(trade, name) for name in _TOLD}


async def _record(
    session: AsyncSession, actor: Actor, place: str, verb: str, trade: Trade, before: dict[str, Any] | None
) -> None:
    await record(
        session,
        actor,
        f"trade.{verb}",
        object_kind="trade",
        object_id=None,
        division=place,
        before=before,
        after=_told(trade),
    )
