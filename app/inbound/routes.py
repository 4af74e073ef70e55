"""The province's door for its vacancies."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.core.contract import answers
from app.core.db import Apart, Session, let_go
from app.core.etags import IfMatch, tag, version_in
from app.core.pages import Cursor, Limit
from app.core.problems import Malformed, Stale, TooLarge, WrongMediaType
from app.inbound import actions, batches, queries
from app.inbound.models import Vacancy, VacancyState
from app.inbound.problems import StaleVersion, VersionConflict
from app.inbound.schemas import (
    MOST_VERSION,
    NAME,
    ProvincialJob,
    VacancyPage,
    VacancyTaken,
    VacancyView,
)
from app.inbound.storing import Status
from app.sync.asking import AsJobSender, Called, counting
from app.sync.problems import InsufficientScope

NDJSON = "application/x-ndjson"
router = APIRouter(prefix="/sync/v1/inbound", tags=["省级岗位"], route_class=Called)
SourceId = Annotated[
    str,
    Path(
        min_length=1, max_length=64, pattern=NAME, description="省平台的岗位编号", examples=["SX-2026-000123"]
    ),
]
_LINES = {
    "requestBody": {
        "required": True,
        "description": "每行一个 JSON 对象,至多 10000 行、64 MiB,一行至多 64 KiB",
        "content": {
            NDJSON: {
                "schema": {"type": "string", "format": "binary"},
                "example": '{"source_id":"SX-1","version":3,"closed":true}\n',
            }
        },
    }
}
_ANSWERS = {
    "description": "每行一个应答,与所报各行同序(空行除外)",
    "content": {
        NDJSON: {
            "schema": {"type": "string"},
            "example": '{"line":1,"source_id":"SX-1","status":"closed","errors":[]}\n',
        }
    },
}


class Lines(Response):
    media_type = NDJSON


@router.put(
    "/jobs/{source_id}",
    summary="报送岗位",
    responses=answers(StaleVersion, VersionConflict, Stale, InsufficientScope),
)
async def put_inbound_job(
    session: Session,
    caller: AsJobSender,
    source_id: SourceId,
    job: ProvincialJob,
    response: Response,
    if_match: IfMatch = None,
) -> VacancyTaken:
    """新增或更新一个省级岗位,应答即处理结果。

    同一版本同一内容重报不变;旧版本不覆盖新版本(409 stale_version);同一版本内容不同为 409 version_conflict。
    未写 version 时,以 If-Match 指明所替换的版本,新版本即其后一号;已不是该版本则为 412。
    工种、区划代码为本市未对照的,保留并等待对照(waiting);不符合规定的保留但不展示(held),原因见 faults。
    """
    taken = await actions.put(session, caller.client.id, source_id, job, version_in(if_match))
    return _taken(response, *taken)


@router.delete(
    "/jobs/{source_id}",
    summary="关闭岗位",
    responses=answers(StaleVersion, VersionConflict, Stale, Malformed, InsufficientScope),
)
async def close_inbound_job(
    session: Session,
    caller: AsJobSender,
    source_id: SourceId,
    response: Response,
    version: Annotated[
        int | None, Query(ge=1, le=MOST_VERSION, description="关闭也是一个版本,须大于已有的", examples=[2])
    ] = None,
    if_match: IfMatch = None,
) -> VacancyTaken:
    """关闭一个省级岗位,已录用的不受影响;先于岗位到达的关闭同样有效,此后只有更新的版本才会重新展示。"""
    taken = await actions.close(session, caller.client.id, source_id, version, version_in(if_match))
    return _taken(response, *taken)


@router.get("/jobs/{source_id}", summary="岗位处理结果", responses=answers(InsufficientScope))
async def read_inbound_job(
    session: Session,
    caller: AsJobSender,  # noqa: ARG001 - the door's guard
    source_id: SourceId,
    response: Response,
) -> VacancyView:
    """省级岗位在本市的状态、未展示的原因与本市岗位编号。"""
    vacancy = await queries.one(session, source_id)
    tag(response, vacancy.version)
    return VacancyView.model_validate(vacancy)


@router.get("/jobs", summary="已报送的岗位", responses=answers(InsufficientScope))
async def list_inbound_jobs(
    session: Session,
    caller: AsJobSender,  # noqa: ARG001 - the door's guard
    state: Annotated[VacancyState | None, Query(description="只看此状态")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> VacancyPage:
    """省级岗位及其状态,按省平台的岗位编号。"""
    found, following = await queries.page(session, state, limit, cursor)
    return VacancyPage(
        items=[VacancyView.model_validate(vacancy) for vacancy in found], next_cursor=following
    )


@router.post(
    "/batches",
    summary="批量报送岗位",
    response_class=Lines,
    openapi_extra=_LINES | counting(20),
    responses=answers(InsufficientScope, Malformed, TooLarge, WrongMediaType, **{"200": _ANSWERS}),
)
async def post_inbound_batch(
    request: Request, session: Session, database: Apart, caller: AsJobSender
) -> Lines:
    """一次报送至多一万行(NDJSON),每行为一个岗位或一次关闭,每行一个应答。

    行的格式:{"source_id", "version", "job": {…}} 或 {"source_id", "version", "closed": true},
    job 与单个报送的内容相同。status:stored 已存(随后处理,结果见岗位处理结果),unchanged 与已有的相同,
    stale 旧版本未采用,conflict 同一版本内容不同,closed 已关闭,invalid 有误未采用(见 errors)。
    每五百行为一个整体;连接中断后整批重报即可。
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != NDJSON:
        raise WrongMediaType
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:12]) > batches.LARGEST:
        raise TooLarge
    client_id = caller.client.id
    # A batch may take a while to arrive: its chunks have transactions of their own.
    await let_go(session)
    english = request.scope["english"]
    told = await batches.take(database, client_id, request.stream(), english=english)
    return Lines(b"".join(told))


def _taken(response: Response, vacancy: Vacancy, status: Status) -> VacancyTaken:
    tag(response, vacancy.version)
    view = VacancyView.model_validate(vacancy).model_dump()
    return VacancyTaken(**view, status=status)
