"""The province's door to the changes."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.core.contract import answers
from app.core.db import Session
from app.core.lean import cacheable
from app.feed import queries
from app.feed.asking import Types, kinds_read
from app.feed.positions import PATTERN, START, Position
from app.feed.problems import CursorExpired
from app.feed.schemas import ChangesPage
from app.sync.asking import AsProvince, Called
from app.sync.problems import InsufficientScope

router = APIRouter(prefix="/sync/v1", tags=["变更"], route_class=Called)
_NOT_MODIFIED = {"304": {"description": "与 If-None-Match 所示的一样,没有新的变更"}}


@router.get(
    "/changes",
    summary="变更",
    response_model=ChangesPage,
    responses=answers(InsufficientScope, CursorExpired, **_NOT_MODIFIED),
)
async def list_changes(
    request: Request,
    session: Session,
    caller: AsProvince,
    after: Annotated[
        str,
        Query(pattern=PATTERN, description="从此游标之后;不填为最早", examples=[str(START)]),
    ] = str(START),
    types: Types = None,
    limit: Annotated[int, Query(ge=1, le=1_000, description="条数,1 至 1000,默认 100")] = 100,
    compact: Annotated[bool, Query(description="每个对象只给最后一次变更")] = False,
) -> Response:
    """按提交次序的全部变更,每条恰好一次;晚提交的事务不会被漏过。

    data 是该对象当前的内容。已移出的(到期、招满、撤回、停用、离开范围)给 removed,没有 data。
    游标超过三十天,或数据库曾恢复到较早的时点,返回 410 cursor_expired:取 snapshot 后从其游标继续。
    可带 If-None-Match,没有新变更时返回 304。
    """
    kinds = kinds_read(caller, types)
    body = await queries.page(session, Position.of(after), kinds, limit, compact=compact)
    return cacheable(request, body, max_age_s=0)
