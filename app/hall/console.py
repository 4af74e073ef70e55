"""The hall's screen and poster: the board for everybody, the poster for staff."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse

from app.access.asking import AsReader
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.lean import cacheable
from app.core.papers import Paper
from app.core.problems import NotFound
from app.hall import boards
from app.hall.boards import Boards
from app.hall.poster import poster
from app.hall.schemas import Board

router = APIRouter(prefix="/admin/v1", tags=["大厅"])
papers = APIRouter(route_class=Transacted)
StationId = Annotated[UUID, Path(description="机构编号,见 /v1/stations")]
ALIVE_EVERY_S = 15
UNCHANGED = {"304": {"description": "与 If-None-Match 所示相同,无内容"}}
_ABOUT = {
    "description": "每条为 event: board、id: 内容的标记、data: 大屏内容(JSON)",
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": 'event: board\nid: 5f2c\ndata: {"jobs": 12}\n\n',
        }
    },
}


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


@router.get(
    "/board/{station_id}", summary="大屏内容", response_model=Board, responses=answers(NotFound, **UNCHANGED)
)
async def read_board(request: Request, station_id: StationId) -> Response:
    """无需登录,只有人人可见的内容:服务区域内正在招聘的岗位,最新的、最急的、缺人最多的;至多迟三秒。"""
    shown: Boards = request.app.state.boards
    return cacheable(request, await shown.read(station_id), max_age_s=3)


@router.get(
    "/board/{station_id}/stream",
    summary="大屏内容流",
    response_class=EventStream,
    responses=answers(NotFound, **{"200": _ABOUT}),
)
async def stream_board(request: Request, station_id: StationId) -> EventStream:
    """服务器推送事件(SSE):先给全部内容,此后一有变化即再给;每 15 秒有一行注释保持连接。

    每个网络地址同时最多三十条流,超出时返回 503;服务重启时流会结束,重连即可。
    """
    shown: Boards = request.app.state.boards
    address = request.client.host if request.client else ""
    shown.must_have_room(address)
    await shown.read(station_id)  # a station that is not there is 404, and not a stream
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_events(shown, station_id, address), headers=headers)


async def _events(shown: Boards, station_id: UUID, address: str) -> AsyncIterator[str]:
    """Yield the board, and again whenever it has changed; no connection to the database is held."""
    with shown.enter(station_id, address) as screen:
        yield "retry: 3000\n\n"
        last = ""
        while not screen.ended:
            try:
                body = await shown.read(station_id)
            except NotFound:
                return  # closed meanwhile
            tag = boards.tag_of(body)
            if tag != last:
                last = tag
                yield f"event: board\nid: {tag}\ndata: {body.decode()}\n\n"
            if not await screen.woken(ALIVE_EVERY_S):
                yield ": \n\n"


@papers.get(
    "/stations/{station_id}/poster.pdf",
    summary="机构海报",
    response_class=Paper,
    responses=answers(**{"200": {"description": "一页 A4"}}),
)
async def print_station_poster(
    request: Request, session: Session, officer: AsReader, station_id: StationId
) -> Paper:
    """带二维码的海报:扫码即见该机构服务区域内的零活;开放时间、电话随机构资料。"""
    data = await poster(session, officer, station_id, request.app.state.settings.reached_at)
    return Paper(data)


router.include_router(papers)
