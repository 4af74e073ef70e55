"""Imports, and exports with sealed fields: the stations' door."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Response, UploadFile

from app.access.asking import AsImporter, AsManager, OnceForStaff
from app.access.lists import download, one_of_few
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest, oldest
from app.core.problems import Invalid
from app.core.sheets import XLSX
from app.imports import actions, marking, queries, unsealing
from app.imports.models import Import, ImportFault, ImportKind
from app.imports.problems import ImportStateConflict, ImportUnderWay, ImportUnreadable
from app.imports.schemas import (
    EmployersUnsealed,
    ImportDetail,
    ImportErrorPage,
    ImportErrorView,
    ImportPage,
    ImportView,
    UnsealingReason,
    WorkersUnsealed,
    shown,
)
from app.imports.templates import template

router = APIRouter(prefix="/admin/v1/imports", tags=["导入"], route_class=Transacted)
exports = APIRouter(prefix="/admin/v1", tags=["导出"], route_class=Transacted)
_SHEET: dict[str, Any] = {"200": {"description": "xlsx 表格", "content": {XLSX: {}}}}


@router.get(
    "/templates/{kind}.xlsx", summary="导入模板", response_class=Response, responses=answers(**_SHEET)
)
async def read_import_template(session: Session, officer: AsImporter, kind: ImportKind) -> Response:
    """首行为列名,附一行示例;另两页为填写说明和可填的乡镇、工种。"""
    content = await template(session, officer, kind)
    headers = {"Content-Disposition": f'attachment; filename="{kind}.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


@router.post(
    "",
    summary="上传导入文件",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[OnceForStaff],
    responses=answers(ImportUnreadable, ImportUnderWay),
)
async def begin_import(
    session: Session,
    officer: AsImporter,
    kind: Annotated[ImportKind, Form(description="导入内容", examples=["workers"])],
    file: Annotated[UploadFile, File(description="按模板填写的 xlsx,五万行、9 MB 以内")],
) -> ImportView:
    """先整体检查,不写入;检查无误后待确认,有一处错误则整份不收。进度见该次导入。"""
    return ImportView(**shown(await actions.begin(session, officer, kind, await file.read())))


@router.get("", summary="导入记录", responses=answers(Invalid))
async def list_imports(
    session: Session,
    officer: AsImporter,
    kind: Annotated[ImportKind | None, Query(description="只列此类")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ImportPage:
    """本机构及以下机构的。"""
    scope = f"imports/{officer.station.id}/{kind}"
    found, following = await newest(
        session, queries.in_reach_of(officer, kind), Import.id, limit, cursor, scope
    )
    return ImportPage(items=[ImportView(**shown(one)) for one in found], next_cursor=following)


@router.get("/{import_id}", summary="一次导入的进度与预览")
async def read_import(session: Session, officer: AsImporter, import_id: UUID) -> ImportDetail:
    """检查、写入时行数随进度增加;待确认时有前二十行的预览。"""
    return _detail(await queries.one_in_reach(session, officer, import_id))


@router.get("/{import_id}/errors", summary="导入的错误", responses=answers(Invalid))
async def list_import_errors(
    session: Session, officer: AsImporter, import_id: UUID, limit: Limit = 20, cursor: Cursor = None
) -> ImportErrorPage:
    """逐行逐列说明;不重复所填内容。"""
    imported = await queries.one_in_reach(session, officer, import_id)
    scope = f"import-errors/{import_id}"
    found, following = await oldest(
        session, queries.faults_of(imported.id), ImportFault.id, limit, cursor, scope
    )
    return ImportErrorPage(
        items=[ImportErrorView.model_validate(fault) for fault in found], next_cursor=following
    )


@router.post(
    "/{import_id}/errors.xlsx",
    summary="标注错误的原表",
    response_class=Response,
    responses=answers(**_SHEET),
)
async def export_import_errors(
    session: Session, officer: AsImporter, import_id: UUID, given: UnsealingReason
) -> Response:
    """上传的原表(含明文),第一列为该行的错误;文件在导入结束或三日后删除。理由记入台账。不接受幂等键:应答不留存。"""
    imported = await queries.one_in_reach(session, officer, import_id)
    with one_of_few():
        return download(await marking.marked(session, officer, imported, given.reason), "errors")


@router.post(
    "/{import_id}/confirm",
    summary="确认导入",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[OnceForStaff],
    responses=answers(ImportStateConflict),
)
async def confirm_import(session: Session, officer: AsImporter, import_id: UUID) -> ImportView:
    """整份一次写入:全部生效,或全不生效。"""
    return ImportView(**shown(await actions.confirm(session, officer, import_id)))


@router.post(
    "/{import_id}/cancel",
    summary="取消导入",
    dependencies=[OnceForStaff],
    responses=answers(ImportStateConflict),
)
async def cancel_import(session: Session, officer: AsImporter, import_id: UUID) -> ImportView:
    """尚未确认的可取消,文件随即删除;三日未确认的自动取消。"""
    return ImportView(**shown(await actions.cancel(session, officer, import_id)))


@exports.post(
    "/workers/export", summary="明文导出劳动者", response_class=Response, responses=answers(**_SHEET)
)
async def export_workers(session: Session, officer: AsManager, given: WorkersUnsealed) -> Response:
    """所及区划内的;理由、项目、条数记入台账。不接受幂等键:应答不留存。"""
    with one_of_few():
        return download(await unsealing.workers(session, officer, given), "workers")


@exports.post(
    "/employers/export", summary="明文导出用工主体", response_class=Response, responses=answers(**_SHEET)
)
async def export_employers(session: Session, officer: AsManager, given: EmployersUnsealed) -> Response:
    """所及区划内的;理由、项目、条数记入台账。不接受幂等键:应答不留存。"""
    with one_of_few():
        return download(await unsealing.employers(session, officer, given), "employers")


def _detail(imported: Import) -> ImportDetail:
    return ImportDetail(**shown(imported), preview=imported.preview)
