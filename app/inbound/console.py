"""The stations' door to the province's vacancies and codes."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.access.asking import AsOperator
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit
from app.core.problems import Invalid, Stale
from app.inbound import codes, queries
from app.inbound.models import Code, CodeKind, VacancyState
from app.inbound.schemas import NAME, CodeMeaning, CodePage, CodeView, VacancyPage, VacancyView

router = APIRouter(prefix="/admin/v1/sync", tags=["省平台对接"], route_class=Transacted)


@router.get("/codes", summary="省平台代码对照")
async def list_province_codes(
    session: Session,
    officer: AsOperator,  # noqa: ARG001 - the door's guard: the table is the whole city's
    unknown: Annotated[bool, Query(description="true 只看尚未对照的")] = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> CodePage:
    """省平台用过而本市没有的工种、区划代码,及各有多少岗位在用;未对照的岗位在等待。"""
    scope = f"province-codes/{unknown}"
    found, following = await queries.page_of_codes(
        session, codes.listed(unknown=unknown), limit, cursor, scope
    )
    return CodePage(items=[_view(*row) for row in found], next_cursor=following)


@router.put("/codes/{kind}/{theirs}", summary="对照省平台代码", responses=answers(Stale, Invalid))
async def map_province_code(
    session: Session,
    officer: AsOperator,
    kind: Annotated[CodeKind, Path(description="trade 工种,division 区划")],
    theirs: Annotated[
        str, Path(min_length=1, max_length=40, pattern=NAME, description="省平台的代码", examples=["X0301"])
    ],
    given: CodeMeaning,
    response: Response,
    if_match: IfMatch = None,
) -> CodeView:
    """写明省平台代码对应的本市代码;用此代码的岗位随即重新处理;记入台账。"""
    await codes.put(session, officer.actor, kind, theirs, given.ours, version_in(if_match))
    code, name, used = await codes.one(session, kind, theirs)
    tag(response, code.version)
    return _view(code, name, used)


@router.get("/vacancies", summary="省级岗位")
async def list_province_vacancies(
    session: Session,
    officer: AsOperator,  # noqa: ARG001 - the door's guard: the exchange is the whole city's
    state: Annotated[VacancyState | None, Query(description="只看此状态")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> VacancyPage:
    """省平台报来的岗位:已展示的、等待代码对照的、不符合规定暂不展示的(附原因)、即本市上报的。"""
    found, following = await queries.page(session, state, limit, cursor)
    return VacancyPage(
        items=[VacancyView.model_validate(vacancy) for vacancy in found], next_cursor=following
    )


def _view(code: Code, name: str | None, used: int) -> CodeView:
    return CodeView(
        kind=code.kind,
        theirs=code.theirs,
        ours=code.ours,
        ours_name=name,
        vacancies=used,
        first_seen_at=code.first_seen_at,
        mapped_at=code.mapped_at,
        version=code.version,
    )
