"""Replays: the mobile app's door."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from app.core import ranges
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.ports import ports
from app.core.problems import RangeOutside
from app.streams import queries

router = APIRouter(prefix="/v1/replays", tags=["直播带岗"], route_class=Transacted)
_VIDEO = {"description": "视频", "content": {"video/mp4": {}}}


@router.get(
    "/{run_id}",
    summary="直播回放",
    response_class=StreamingResponse,
    responses=answers(RangeOutside, **{"200": _VIDEO, "206": _VIDEO | {"description": "所求的一段"}}),
)
async def watch_replay(
    session: Session,
    run_id: UUID,
    range_: Annotated[
        str | None,
        Header(alias="Range", description="所求的字节范围,如 bytes=0-1048575", max_length=200),
    ] = None,
) -> StreamingResponse:
    """一段直播的录像(MP4);支持 Range,播放器可直接跳到某个岗位的讲解时刻。"""
    key, size = await queries.kept_replay(session, run_id)
    part = ranges.asked(range_, size)
    start, end = part or (0, size)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(end - start), "Cache-Control": "max-age=86400"}
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return StreamingResponse(
        ports().files.part(key, start, end),
        HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK,
        headers,
        media_type="video/mp4",
    )
