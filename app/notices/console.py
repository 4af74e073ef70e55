"""Announcing: the stations' door."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.access.asking import AsManager, AsReader, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid, Malformed, Stale
from app.notices import actions, queries
from app.notices.models import Notice, NoticeKind, NoticeState
from app.notices.problems import NoticeOver, NoticeStateConflict
from app.notices.schemas import NoticeCase, NoticeCasePage, NoticeChanges, NoticeDraft, NoticeWithdrawal

router = APIRouter(prefix="/admin/v1/notices", tags=["公告"], route_class=Transacted)


@router.get("", summary="公告", responses=answers(Invalid))
async def list_notice_cases(
    session: Session,
    officer: AsReader,
    state: Annotated[NoticeState | None, Query(description="只列此状态")] = None,
    kind: Annotated[NoticeKind | None, Query(description="只列此类")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> NoticeCasePage:
    """所及区划内的,含草稿和已撤回的。"""
    scope = f"notice-cases/{officer.served}/{state}/{kind}"
    statement = queries.in_reach_of(officer, state, kind)
    found, following = await newest(session, statement, Notice.id, limit, cursor, scope)
    return NoticeCasePage(items=[NoticeCase.model_validate(one) for one in found], next_cursor=following)


@router.post(
    "",
    summary="起草公告",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(NoticeOver),
)
async def draft_notice(
    session: Session, officer: AsManager, response: Response, given: NoticeDraft
) -> NoticeCase:
    """告知本机构所辖的区划;发布前公众看不到。"""
    return _shown(response, await actions.draft(session, officer, given))


@router.get("/{notice_id}", summary="一则公告")
async def read_notice_case(
    session: Session, officer: AsReader, response: Response, notice_id: UUID
) -> NoticeCase:
    """所及区划内的一则。"""
    return _shown(response, await queries.one_in_reach(session, officer, notice_id))


@router.patch(
    "/{notice_id}",
    summary="修改公告",
    responses=answers(NoticeStateConflict, NoticeOver, Stale, Malformed),
)
async def change_notice(
    session: Session,
    officer: AsManager,
    response: Response,
    notice_id: UUID,
    changes: NoticeChanges,
    if_match: IfMatch = None,
) -> NoticeCase:
    """未列出的字段不变;已发布的随即更正,前后记入台账。"""
    notice = await queries.one_in_reach(session, officer, notice_id, locked=True)
    return _shown(response, await actions.change(session, officer, notice, changes, version_in(if_match)))


@router.post(
    "/{notice_id}/publish",
    summary="发布公告",
    dependencies=[OnceForStaff],
    responses=answers(NoticeStateConflict, NoticeOver),
)
async def publish_notice(
    session: Session, officer: AsManager, response: Response, notice_id: UUID
) -> NoticeCase:
    """定了发布时间的到时展示,否则立即展示。"""
    notice = await queries.one_in_reach(session, officer, notice_id, locked=True)
    return _shown(response, await actions.publish(session, officer, notice))


@router.post(
    "/{notice_id}/withdraw",
    summary="撤回公告",
    dependencies=[OnceForStaff],
    responses=answers(NoticeStateConflict),
)
async def withdraw_notice(
    session: Session, officer: AsManager, response: Response, notice_id: UUID, given: NoticeWithdrawal
) -> NoticeCase:
    """随即不再展示;不能恢复,可另行起草。"""
    notice = await queries.one_in_reach(session, officer, notice_id, locked=True)
    return _shown(response, await actions.withdraw(session, officer, notice, given.reason))


def _shown(response: Response, notice: Notice) -> NoticeCase:
    tag(response, notice.version)
    return NoticeCase.model_validate(notice)
