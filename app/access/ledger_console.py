"""The ledger: the auditors' door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.access import queries
from app.access.asking import AsAuditor
from app.access.schemas import LedgerEntry, LedgerPage
from app.audit.models import Entry
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid

router = APIRouter(prefix="/admin/v1/ledger", tags=["操作台账"], route_class=Transacted)


@router.get("", summary="查阅操作台账", responses=answers(Invalid))
async def list_ledger(
    session: Session,
    officer: AsAuditor,
    actor_id: Annotated[UUID | None, Query(description="只看此人的行为")] = None,
    object_id: Annotated[UUID | None, Query(description="只看对此对象的行为")] = None,
    action: Annotated[
        str | None, Query(max_length=50, pattern=r"^[a-z_.]+$", description="只看此类行为")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> LedgerPage:
    """所及区划内的全部操作,最新的在前;只增不改。"""
    scope = f"ledger/{officer.station.division}/{actor_id}/{object_id}/{action}"
    statement = queries.ledger(officer, actor_id, object_id, action)
    entries, following = await newest(session, statement, Entry.id, limit, cursor, scope)
    return LedgerPage(items=[LedgerEntry.model_validate(e) for e in entries], next_cursor=following)
