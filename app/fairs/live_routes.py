"""A fair while it is on: the live feed, and what viewers ask."""

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.core import logs
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.problems import Invalid, NotFound, TooMany
from app.fairs import questions
from app.fairs.feed import OVER, Snapshot
from app.fairs.live_schemas import QuestionDraft, QuestionView
from app.fairs.problems import ContactInWords, FairStateConflict, JobNotAtFair
from app.fairs.rooms import Rooms
from app.identity.asking import AsAccount, Once

router = APIRouter(prefix="/v1/fairs", tags=["直播带岗"], route_class=Transacted)
feed = APIRouter(prefix="/v1/fairs", tags=["直播带岗"])
log = structlog.get_logger()
_MOST = 2**31 - 1
_ABOUT = {
    "description": (
        "每条为 event、id(序号)、data(JSON)。snapshot 现状 {state, starts_at, ends_at, viewers, marks, "
        "show, questions},不带序号连接时最先给出;state {state, at};show 正在讲解 {mark_id, at, at_s, job},"
        "job 同搜索结果的岗位卡片,已关闭的只有 id、title、state,时点校正后以同一 mark_id 再给,"
        "at 最晚的为正在讲解;question {id, text, answer, job_id, at};"
        "hidden {id} 撤下此问答或时点;viewers {count} 无序号,不续传"
    ),
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": 'event: state\nid: 7\ndata: {"state": "live", "at": "2026-12-01T02:00:00Z"}\n\n',
        }
    },
}
_NOTHING = {"description": "已结束或取消,且该序号之后再无内容:不必再连"}


@router.post(
    "/{fair_id}/questions",
    summary="向招聘会提问",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(NotFound, FairStateConflict, JobNotAtFair, ContactInWords, TooMany),
)
async def ask_question(
    session: Session, account: AsAccount, fair_id: UUID, given: QuestionDraft
) -> QuestionView:
    """可预约或直播中的招聘会可问;工作人员审看后上屏,不显示提问人,回答会告知本人。十分钟最多五问。"""
    return QuestionView.of(await questions.ask(session, account, fair_id, given.text, given.job_id))


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


@feed.get(
    "/{fair_id}/live",
    summary="直播间实时消息",
    response_class=EventStream,
    responses=answers(NotFound, Invalid, **{"200": _ABOUT, "204": _NOTHING}),
)
async def stream_fair(
    request: Request,
    fair_id: UUID,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=_MOST, description="已收到的最后一条的序号,由此续传")
    ] = None,
    after: Annotated[
        int | None, Query(ge=0, le=_MOST, description="同 Last-Event-ID,供不能设请求头的客户端使用")
    ] = None,
) -> Response:
    """服务器推送事件(SSE),无需登录:先给现状,此后有变化即推送;断线后凭序号续传,不漏、按序。

    每 15 秒至少有一行;招聘会结束或取消后给出状态即结束;服务重启时流会结束,重连即可。
    """
    rooms: Rooms = request.app.state.rooms
    address = request.client.host if request.client else ""
    rooms.must_have_room(address)
    found = await rooms.look(fair_id)
    rooms.must_have_room(address)  # again: those who came at once have waited for the same look
    since = after if last_event_id is None else last_event_id
    if found.state in OVER and since is not None and since >= found.number:
        return Response(status_code=HTTPStatus.NO_CONTENT)  # what ends a browser's coming back
    # X-Accel-Buffering: nginx would keep the events until its buffer is full.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_events(rooms, fair_id, address, found, since), headers=headers)


async def _events(
    rooms: Rooms, fair_id: UUID, address: str, found: Snapshot, since: int | None
) -> AsyncGenerator[bytes, None]:
    """Yield what comes after a number, or how the fair stands and what comes after that."""
    number = found.number if since is None else min(since, found.number)
    with rooms.enter(fair_id, address, found, number) as (room, seat):
        yield b"retry: 2000\n\n" + (found.body if since is None else b"")
        if since is None and found.state in OVER:
            return
        while not seat.ended:
            if seat.number < room.since:
                try:
                    lines = await rooms.missed(fair_id, seat.number)
                except Exception as error:  # noqa: BLE001 - the database may be away: the client comes back
                    log.warning("stream_ended", **logs.where_it_failed(error))
                    return
                seat.number = room.since if not lines else lines[-1].number
            elif lines := room.after(seat.number):
                seat.number = lines[-1].number
            chunk = b"".join(line.body for line in lines)
            if seat.aside != room.asides:
                seat.aside, chunk = room.asides, chunk + room.aside
            if chunk:
                yield chunk
            elif room.is_over_for(seat):
                return
            elif seat.number >= room.since:
                await seat.roused()
