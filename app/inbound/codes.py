"""The table between the province's codes and ours: what is not in it is listed until the city mends it."""

from typing import NamedTuple

from sqlalchemy import Select, and_, case, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.core import clock
from app.core.problems import NotFound, must_be_fresh, refuse_field
from app.geo.models import Division
from app.inbound.models import Code, CodeKind, Vacancy, VacancyState
from app.mapping.postings import Posting
from app.trades.models import Trade
from app.trades.queries import RETIRED_TRADE, UNKNOWN_TRADE

# Batches write vacancies by the hundred, and so does a code that was mapped: one after the other.
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('province_vacancies'))")


class Codes(NamedTuple):
    """Ours for a vacancy's; None where it is not known, or where there is none."""

    trade: str | None
    division: str | None


async def ours(session: AsyncSession, posting: Posting) -> Codes:
    """Look a vacancy's codes up: a code that is one of ours is meant so, unless the city says otherwise."""
    return Codes(
        await _ours(session, CodeKind.TRADE, posting.trade),
        await _ours(session, CodeKind.DIVISION, posting.division) if posting.division else None,
    )


async def _ours(session: AsyncSession, kind: CodeKind, theirs: str) -> str | None:
    code = await session.get(Code, (kind, theirs), populate_existing=True)
    if code is not None and code.ours is not None:
        return code.ours
    if await session.get(Trade if kind is CodeKind.TRADE else Division, theirs):
        return theirs
    if code is None:
        await session.execute(
            insert(Code)
            .values(kind=kind, theirs=theirs, first_seen_at=clock.now(), version=1)
            .on_conflict_do_nothing()
        )
    return None


def listed(*, unknown: bool) -> Select[Code, str | None, int]:
    """Return the codes with the name of ours, and how many vacancies use them (indexes on both codes)."""
    used = (
        select(func.count())
        .where(
            or_(
                and_(Code.kind == CodeKind.TRADE, Vacancy.trade_code == Code.theirs),
                and_(Code.kind == CodeKind.DIVISION, Vacancy.division_code == Code.theirs),
            ),
            Vacancy.state != VacancyState.CLOSED,
        )
        .correlate(Code)
        .scalar_subquery()
    )
    trade = select(Trade.name).where(Trade.code == Code.ours).correlate(Code).scalar_subquery()
    division = select(Division.name).where(Division.code == Code.ours).correlate(Code).scalar_subquery()
    statement = select(Code, case((Code.kind == CodeKind.TRADE, trade), else_=division), used)
    return statement.where(Code.ours.is_(None)) if unknown else statement


async def one(session: AsyncSession, kind: CodeKind, theirs: str) -> tuple[Code, str | None, int]:
    """Return one code as listed."""
    statement = listed(unknown=False).where(tuple_(Code.kind, Code.theirs) == (kind, theirs))
    code, name, used = (await session.execute(statement)).one()
    return code, name, used


async def put(
    session: AsyncSession, actor: Actor, kind: CodeKind, theirs: str, mapped: str, version: int | None
) -> None:
    """Say what a code of the province means here; what uses it is settled again.

    Refuses a code of ours that is not there or retired; 404 for a code that the province never used, a
    stale version.
    """
    code = await session.get(Code, (kind, theirs), with_for_update=True)
    if code is None:
        raise NotFound
    must_be_fresh(version, code.version)
    await _must_be_ours(session, kind, mapped)
    before, code.ours, code.mapped_at = code.ours, mapped, clock.now()
    code.version += 1
    await session.flush()
    await record(
        session,
        actor,
        "province_code.map",
        object_kind="province_code",
        object_id=None,
        division="1410",
        before={"kind": kind.value, "theirs": theirs, "ours": before},
        after={"kind": kind.value, "theirs": theirs, "ours": mapped},
    )
    await session.execute(LOCK)
    await session.execute(_AGAIN[kind], {"theirs": theirs})


_AGAIN = {
    CodeKind.TRADE: text(
        """UPDATE province_vacancies SET state = 'received'
           WHERE trade_code = :theirs AND state <> 'closed'"""
    ),
    CodeKind.DIVISION: text(
        """UPDATE province_vacancies SET state = 'received'
           WHERE division_code = :theirs AND state <> 'closed'"""
    ),
}


async def _must_be_ours(session: AsyncSession, kind: CodeKind, code: str) -> None:
    if kind is CodeKind.DIVISION:
        if await session.get(Division, code) is None:
            raise refuse_field("/ours", "division_unknown", "没有这个区划代码", "No such division")
        return
    trade = await session.get(Trade, code)
    if trade is None or trade.retired:
        raise refuse_field("/ours", *(UNKNOWN_TRADE if trade is None else RETIRED_TRADE))
