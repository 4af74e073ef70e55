"""The province's door to the whole: snapshot, digest, comparison."""

import re
from contextlib import suppress
from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from app.core import ranges
from app.core.contract import answers
from app.core.db import Session
from app.core.problems import NotReady, RangeOutside, refuse_field
from app.feed import comparing, digests
from app.feed.asking import Types, kinds_read
from app.feed.digest_schemas import (
    DIVISION,
    ROWS,
    ComparisonView,
    CopyClaimed,
    DigestGroup,
    DigestRow,
    DigestView,
    GroupDiffering,
)
from app.feed.models import Kind
from app.feed.positions import Position
from app.feed.problems import CursorExpired
from app.feed.snapshots import Snapshots
from app.sync.asking import AsProvince, Called, counting
from app.sync.problems import InsufficientScope

router = APIRouter(prefix="/sync/v1", tags=["全量与核对"], route_class=Called)
NDJSON = "application/x-ndjson"
FIRST = UUID(int=0)
MOST_TOLD = 1_000  # differing groups
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
    openapi_extra=counting(20),
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


@router.get("/digest", summary="核对摘要", responses=answers(InsufficientScope))
async def read_digest(
    session: Session,
    caller: AsProvince,
    type_: Annotated[Kind, Query(alias="type", description="类型", examples=["job"])],
    division: Annotated[
        str | None,
        Query(pattern=DIVISION, description="县级区划代码;不在任何县的为市代码", examples=["141002"]),
    ] = None,
    day: Annotated[date | None, Query(description="日期(北京时间),须同时给区划")] = None,
    after: Annotated[UUID, Query(description="从此编号之后;不填为最先")] = FIRST,
    limit: Annotated[int, Query(ge=1, le=ROWS, description="某日各条的条数,1 至 10000")] = ROWS,
) -> DigestView:
    """某一类型的条数和散列值,逐级往下:类型 → 县 → 日 → 各条;不传内容即可查出哪一条不同。

    规范形式和算例见 docs/province-digest.md:只凭 snapshot 或 changes 得到的 data 就能算出同样的散列值。
    """
    kinds_read(caller, type_.value)
    if division is None:
        if day is not None:
            raise refuse_field(
                "/division", "division_missing", "给日期时须同时给区划", "A day needs a division"
            )
        found = await digests.of_type(session, type_)
    elif day is None:
        found = await digests.of_county(session, type_, division)
    else:
        found = await digests.of_day(session, type_, division, day, after, limit)
    rows = found.rows
    return DigestView(
        type=type_,
        division=division,
        day=day,
        cursor=str(found.position),
        count=found.count,
        hash=found.hash.hex(),
        groups=[
            DigestGroup(
                division=division or one.name,
                day=date.fromisoformat(one.name) if division else None,
                count=one.count,
                hash=one.hash.hex(),
            )
            for one in found.groups
        ],
        rows=None
        if rows is None
        else [DigestRow(id=one.id, hash=one.hash.hex(), version=one.version) for one in rows],
        next_after=rows[-1].id if rows and len(rows) == limit else None,
    )


@router.post("/digest/compare", summary="比较摘要", responses=answers(InsufficientScope, CursorExpired))
async def compare_digest(session: Session, caller: AsProvince, given: CopyClaimed) -> ComparisonView:
    """交来自己一份某类型各县各日的条数和散列值,得知哪些组不同;结果也给市里的管理员看。

    所给游标之后变过的组不判定(moving):接着读变更后再比。不同的组用 digest 查到各条。
    """
    kinds_read(caller, given.type.value)
    claimed = {(one.division, one.day): (one.count, bytes.fromhex(one.hash)) for one in given.groups}
    found = await comparing.compare(session, caller.client.id, given.type, Position.of(given.cursor), claimed)
    return ComparisonView(
        type=given.type,
        cursor=str(found.position),
        compared=found.groups,
        differing=len(found.differing),
        moving=found.moving,
        groups=[
            GroupDiffering(
                division=one.division,
                day=one.day,
                count=one.count,
                hash=one.hash.hex(),
                claimed_count=one.claimed_count,
                claimed_hash=one.claimed_hash.hex(),
            )
            for one in found.differing[:MOST_TOLD]
        ],
    )


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
