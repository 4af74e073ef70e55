"""The ledger: the auditors' door."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.access import queries
from app.access.asking import AsAuditor
from app.access.schemas import LedgerEntry, LedgerPage, LedgerVerified
from app.audit.models import Entry
from app.audit.verifying import Noted, verify
from app.core import wall
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid
from app.core.types import Moment

router = APIRouter(prefix="/admin/v1/ledger", tags=["操作台账"], route_class=Transacted)

MOST = 100_000
_LATEST = date(2199, 12, 31)  # the calendar goes on after it


@router.get("", summary="查阅操作台账", responses=answers(Invalid))
async def list_ledger(
    session: Session,
    officer: AsAuditor,
    actor_id: Annotated[UUID | None, Query(description="只看此人的行为")] = None,
    object_kind: Annotated[
        str | None, Query(max_length=50, pattern=r"^[a-z_]+$", description="只看此类对象,如 employer")
    ] = None,
    object_id: Annotated[UUID | None, Query(description="只看对此对象的行为")] = None,
    action: Annotated[
        str | None,
        Query(max_length=50, pattern=r"^[a-z_.]+$", description="只看此行为,或整类:employer"),
    ] = None,
    division: Annotated[
        str | None, Query(description="只看此区划及以下", pattern=r"^[0-9]{2,12}$", examples=["141002"])
    ] = None,
    person: Annotated[
        UUID | None,
        Query(
            description="只看与此人有关的:本人的账号(劳动者编号同账号),及其报名、用工、工资、争议、申诉、请假、"
            "证书、推荐、窗口代办、主体"
        ),
    ] = None,
    from_: Annotated[Moment | None, Query(alias="from", description="自此时起")] = None,
    until: Annotated[Moment | None, Query(description="到此时为止,不含")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> LedgerPage:
    """所及区划内的全部操作,最新的在前;只增不改。"""
    wanted = queries.LedgerFilters(actor_id, object_kind, object_id, action, division, person, from_, until)
    scope = f"ledger/{officer.staff.id}/{wanted}"
    entries, following = await newest(
        session, queries.ledger(officer, wanted), Entry.id, limit, cursor, scope
    )
    return LedgerPage(items=[LedgerEntry.model_validate(e) for e in entries], next_cursor=following)


@router.get("/verify", summary="核验操作台账", responses=answers(Invalid))
async def verify_ledger(
    session: Session,
    officer: AsAuditor,  # noqa: ARG001 - the door's guard: the chain is one for the whole city
    from_: Annotated[
        date | None, Query(alias="from", le=_LATEST, description="自此日起(记入链条之日)")
    ] = None,
    until: Annotated[date | None, Query(le=_LATEST, description="到此日为止,含当日")] = None,
    after: Annotated[int | None, Query(ge=0, le=2**63 - 1, description="从此序号之后接着核验")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="一次至多核验几条")] = MOST,
    noted: Annotated[
        str | None,
        Query(
            pattern=r"^[0-9]{1,18}:[0-9a-f]{64}$",
            description="先前另行记下的“序号:摘要”,一并核对",
            examples=[f"1024:{'0' * 64}"],
        ),
    ] = None,
) -> LedgerVerified:
    """逐条重算链条并核对每日封存,指出最先断开之处;一次不够时以 until_number 作 after 接着核验。"""
    number, _, digest = (noted or "").partition(":")
    # An entry of another county is in the chain all the same: hidden, it would look as if it were gone.
    async with wall.lifted(session):
        found = await verify(
            session,
            from_=from_,
            until=until,
            after=after,
            most=limit,
            noted=Noted(int(number), bytes.fromhex(digest)) if noted else None,
        )
    return LedgerVerified.of(found)
