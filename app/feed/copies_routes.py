"""The province's door to the whole: snapshot and digest."""

import re
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from app.core import ranges
from app.core.contract import answers
from app.core.db import Session
from app.core.problems import NotReady, RangeOutside
from app.feed.asking import Types, kinds_read
from app.feed.snapshots import Snapshots
from app.sync.asking import AsProvince, Called
from app.sync.problems import InsufficientScope

router = APIRouter(prefix="/sync/v1", tags=["全量与核对"], route_class=Called)
NDJSON = "application/x-ndjson"
_LINES = {
    "description": "每行一条记录,末行为游标和条数;没有末行即不完整",
    "content": {
        NDJSON: {
            "schema": {"type": "string"},
            "example": '{"type":"job","id":"0193a3c0-0000-7000-8000-000000000000","version":7,"data":{}}\n'
            '{"cursor":"7-3f9a0c5e7d21","count":1}\n',
        }
    },
}
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Encoding",
    "X-Accel-Buffering": "no",  # nginx would keep it until its buffer is full
}


@router.get(
    "/snapshot",
    summary="全量快照",
    response_class=StreamingResponse,
    responses=answers(
        InsufficientScope,
        RangeOutside,
        NotReady,
        **{"200": _LINES, "206": _LINES | {"description": "所求的一段(压缩后的字节)"}},
    ),
)
async def take_snapshot(
    request: Request,
    session: Session,
    caller: AsProvince,
    types: Types = None,
    accept_encoding: Annotated[str, Header(max_length=200, description="含 gzip 时压缩,方可续传")] = "",
    range_: Annotated[
        str | None, Header(alias="Range", max_length=200, description="续传的起点,如 bytes=1048576-")
    ] = None,
    if_range: Annotated[
        str | None, Header(max_length=100, description="所续那一份的 ETag;已不再保留则从头给新的一份")
    ] = None,
) -> StreamingResponse:
    """某一时刻的全部记录(NDJSON),末行给出接着读变更的游标。

    同一份保留一小时可续传(Range、If-Range),十分钟内再取仍是同一份。中途断开时没有末行,压缩流也没有结尾,
    切勿当作完整。各行不分先后;`version` 较大者为新。
    """
    kinds = kinds_read(caller, types)
    snapshots: Snapshots = request.app.state.snapshots
    if not _takes_gzip(accept_encoding):
        plain = await snapshots.newest(session, kinds)
        return StreamingResponse(plain.read_plain(), headers=_HEADERS, media_type=NDJSON)
    found = None
    if range_ and (if_range is None or _tag(if_range)):
        found = await snapshots.begun(session, kinds, _tag(if_range))
    one = found or await snapshots.newest(session, kinds)
    headers = _HEADERS | {"Content-Encoding": "gzip", "ETag": f'"{one.tag}"', "Accept-Ranges": "bytes"}
    if not one.is_whole:
        return StreamingResponse(one.read(), headers=headers, media_type=NDJSON)
    try:
        part = ranges.asked(range_ if found else None, one.size)
    except RangeOutside:
        one.file.close()
        raise
    start, end = part or (0, one.size)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{one.size}"
    status = HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK
    return StreamingResponse(one.read(start, end), status, headers, media_type=NDJSON)


def _takes_gzip(accept_encoding: str) -> bool:
    """Tell whether the header names gzip, and not with the weight 0 (RFC 9110, 12.5.3)."""
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "x-gzip"):
            return re.fullmatch(r"\s*q=0(\.0*)?\s*", weight) is None
    return False


def _tag(if_range: str | None) -> UUID | None:
    """Return the tag that we gave; none for a date, or what was never ours."""
    with suppress(ValueError):
        return UUID((if_range or "").strip().strip('"'))
    return None
