"""The inbox as it fills: server-sent events, the mobile app's door."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from app.core import logs
from app.core.contract import answers
from app.core.db import Database
from app.core.problems import Invalid, Problem
from app.identity.asking import Credentials, account_behind
from app.notifications import queries
from app.notifications.schemas import NotificationView
from app.notifications.streams import Streams

router = APIRouter(prefix="/v1/me", tags=["消息"])
log = structlog.get_logger()
ALIVE_EVERY_S = 15
AT_ONCE = 100
_MOST = 2**63 - 1
_ABOUT = {
    "description": "消息流:每条为 event: notification、id: 序号、data: 消息(JSON)",
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": 'event: notification\nid: 7\ndata: {"number": 7, "kind": "taken_on"}\n\n',
        }
    },
}


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


@router.get(
    "/stream",
    summary="消息流",
    response_class=EventStream,
    responses=answers(Invalid, **{"200": _ABOUT}),
)
async def stream_notifications(
    request: Request,
    credentials: Credentials,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=_MOST, description="已收到的最后一条的序号,由此续传")
    ] = None,
    after: Annotated[
        int | None,
        Query(
            ge=0, le=_MOST, alias="last_event_id", description="同 Last-Event-ID,供不能设请求头的客户端使用"
        ),
    ] = None,
) -> EventStream:
    """服务器推送事件(SSE):有新消息即推送;断线后凭序号续传,不漏、不重、按序。

    不给序号则从现在起。每 15 秒有一行注释保持连接;登录结束、令牌到期或服务重启时流会结束,客户端重连即可。
    每个账号同时最多五条流,超出时最早的一条结束。
    """
    database: Database = request.app.state.database
    streams: Streams = request.app.state.streams
    streams.must_have_room()
    async with database.transaction(walled=True) as session:
        account_id = (await account_behind(session, credentials)).account.id
        newest = await queries.last_number(session, account_id)
    since = after if last_event_id is None else last_event_id
    number = newest if since is None else min(since, newest)
    # X-Accel-Buffering: nginx would keep the events until its buffer is full.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_events(database, streams, account_id, credentials, number), headers=headers)


async def _events(
    database: Database, streams: Streams, account_id: UUID, credentials: Credentials, number: int
) -> AsyncIterator[str]:
    """Yield what comes after a number; between two looks no connection to the database is held."""
    # Entered before the first look: what is told in between wakes it.
    with streams.enter(account_id) as stream:
        yield "retry: 2000\n\n"
        while not stream.ended:
            try:
                async with database.transaction(walled=True) as session:
                    # Looked up each time, so that a stream ends with its sign-in and its token.
                    await account_behind(session, credentials)
                    found = await queries.after(session, account_id, number, AT_ONCE)
            except Problem:
                return
            except Exception as error:  # noqa: BLE001 - the database may be away: the app comes back
                log.warning("stream_ended", **logs.where_it_failed(error))
                return
            for one in found:
                number = one.number
                view = NotificationView.model_validate(one)
                yield f"event: notification\nid: {number}\ndata: {view.model_dump_json()}\n\n"
            if len(found) < AT_ONCE and not await stream.woken(ALIVE_EVERY_S):
                yield ": \n\n"
