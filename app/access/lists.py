"""The stations' lists as spreadsheets: every page that has items and a cursor also takes ?format=xlsx."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Annotated, Any, get_args

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.access.asking import Officer
from app.audit.actions import record
from app.core import exports
from app.core.db import Database
from app.core.exports import Format
from app.core.pages import MOST
from app.core.problems import NotReady
from app.core.sheets import XLSX

Endpoint = Callable[..., Awaitable[Any]]
AT_ONCE = 3  # each holds a connection for as long as it takes
_FORMAT = Annotated[
    Format, Query(alias="format", description="json 为一页;xlsx 为同一筛选的全部,十万行为限,导出记入台账")
]
_under_way: set[object] = set()


def exportable(router: APIRouter) -> APIRouter:
    """Let the router's lists be exported, those that have no form of their own; return the router."""
    for at, route in enumerate(router.routes):
        if isinstance(route, APIRoute) and _is_a_list(route):
            router.routes[at] = _exporting(route)
    return router


def _is_a_list(route: APIRoute) -> bool:
    model, taken = route.response_model, inspect.signature(route.endpoint).parameters
    return (
        isinstance(model, type)
        and issubclass(model, BaseModel)
        and {"items", "next_cursor"} <= model.model_fields.keys()
        and {"limit", "cursor"} <= taken.keys()
        and "format_" not in taken
    )


def _exporting(route: APIRoute) -> APIRoute:
    """Return the route anew, around an endpoint that knows the format."""
    kept = {
        name: getattr(route, name)
        for name in (
            "response_model", "status_code", "tags", "dependencies", "summary", "description", "name",
            "deprecated", "methods", "operation_id", "include_in_schema", "response_class", "callbacks",
            "generate_unique_id_function",
        )
    }  # fmt: skip
    page = {"description": "一页,或 xlsx 表格", "content": {XLSX: {}}}
    responses = {200: page} | route.responses
    return type(route)(
        route.path, _with_format(route.endpoint, route.response_model), responses=responses, **kept
    )


def _with_format(endpoint: Endpoint, model: type[BaseModel]) -> Endpoint:
    (item,) = get_args(model.model_fields["items"].annotation)
    columns = exports.columns(item)
    signature = inspect.signature(endpoint)
    takes = {"asked_": Request, "format_": _FORMAT}
    defaults = {"asked_": inspect.Parameter.empty, "format_": Format.JSON}
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=defaults[name])
        for name, kind in takes.items()
    ]

    @functools.wraps(endpoint)
    async def answer(asked_: Request, format_: Format, **given: Any) -> Any:
        if format_ is Format.JSON:
            return await endpoint(**given)
        return await _sheet(endpoint, columns, asked_, given)

    named = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in signature.parameters.values()]
    answer.__signature__ = signature.replace(parameters=[*named, *added])  # type: ignore[attr-defined]
    return answer


async def _sheet(
    endpoint: Endpoint, columns: Sequence[exports.Column], request: Request, given: dict[str, Any]
) -> Response:
    """Turn every page of the list, as the caller would, into one sheet."""
    with one_of_few(), exports.Growing("导出", [column.heading for column in columns]) as sheet:
        pages = given | {"limit": MOST, "cursor": None}
        while sheet.rows < exports.MOST_ROWS:
            page = await endpoint(**pages)
            await asyncio.to_thread(_add, sheet, columns, page.items)
            pages["cursor"] = page.next_cursor
            if page.next_cursor is None:
                break
        rows = sheet.rows
        if pages["cursor"] is not None:
            sheet.add([exports.bounded(rows)])
        file = await asyncio.to_thread(sheet.finish)
    officer = next(one for one in given.values() if isinstance(one, Officer))
    what = request.scope["path"].removeprefix("/admin/v1/")
    await note_apart(request.app.state.database, officer, "list.export", {"list": what, "rows": rows})
    return download(file, request.scope["path"].rsplit("/", 1)[-1])


@contextmanager
def one_of_few() -> Iterator[None]:
    """Refuse with 503 while as many exports are under way as the process bears."""
    if len(_under_way) >= AT_ONCE:
        raise NotReady("正在生成的导出较多,请稍后再试", "Too many exports are under way; try again shortly")
    _under_way.add(mark := object())
    try:
        yield
    finally:
        _under_way.remove(mark)


def _add(sheet: exports.Growing, columns: Sequence[exports.Column], items: Sequence[Any]) -> None:
    sheet.add([column.cell(item) for column in columns] for item in items)


async def note_apart(
    database: Database, officer: Officer, action: str, after: dict[str, Any], *, kind: str = "list"
) -> None:
    """Write into the ledger what a GET did, in a transaction of its own: a GET's is read only."""
    async with database.transaction(beside=True) as session:
        await record(
            session,
            officer.actor,
            action,
            object_kind=kind,
            object_id=None,
            division=officer.station.division,
            after=after,
        )


def download(file: IO[bytes], name: str) -> Response:
    """Send a file in pieces; it is closed, and with that gone, when it is sent or given up."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "no-store"}
    return StreamingResponse(_pieces(file), media_type=XLSX, headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(exports.CHUNK_BYTES):
            yield piece
