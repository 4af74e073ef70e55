"""The contracts and their pages, served without anything from elsewhere."""

import json
from functools import lru_cache
from html import escape
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from app.core.contract import TITLES, Audience, contract, every_problem
from app.core.problems import NotFound

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).parent / "static"
SERVED = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "start.js": "text/javascript",
}
_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<link rel="stylesheet" href="/docs/static/swagger-ui.css">
<style>body{{margin:0;font-family:system-ui,"Microsoft YaHei",sans-serif}}
main{{max-width:52rem;margin:3rem auto;padding:0 1rem;line-height:1.7}}
table{{border-collapse:collapse}}
td,th{{padding:.3rem .8rem;border-bottom:1px solid #ddd;text-align:left}}</style>
</head><body>{body}</body></html>"""
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


@router.get("/docs")
async def list_contracts() -> HTMLResponse:
    """List the three contracts."""
    items = "".join(
        f'<li><a href="/docs/{audience}">{TITLES[audience]}</a> · '
        f'<a href="/openapi/{audience}.json">OpenAPI</a></li>'
        for audience in Audience
    )
    body = f'<h1>临汾零工市场 · 接口</h1><ul>{items}</ul><p><a href="/docs/problems">问题代码一览</a></p>'
    return _page("接口", f"<main>{body}</main>")


@router.get("/docs/problems")
async def list_problems() -> HTMLResponse:
    """List every problem that the service can answer with; `type` links here."""
    rows = "".join(
        f'<tr id="{p.code}"><td><code>{p.code}</code></td><td>{int(p.status)}</td>'
        f"<td>{escape(p.title)}</td><td>{escape(p.title_en)}</td></tr>"
        for p in every_problem()
    )
    head = "<tr><th>code</th><th>status</th><th>说明</th><th>English</th></tr>"
    return _page("问题代码", f"<main><h1>问题代码</h1><table>{head}{rows}</table></main>")


@router.get("/docs/static/{name}")
async def static(name: str) -> FileResponse:
    """Serve Swagger UI's files."""
    if name not in SERVED:
        raise NotFound
    headers = {"Cache-Control": "public, max-age=86400"}
    return FileResponse(STATIC / name, media_type=SERVED[name], headers=headers)


@router.get("/docs/{audience}")
async def show_contract(audience: Audience) -> HTMLResponse:
    """Show one contract to read and try."""
    body = (
        f'<div id="swagger-ui" data-url="/openapi/{audience}.json"></div>'
        '<script src="/docs/static/swagger-ui-bundle.js"></script>'
        '<script src="/docs/static/start.js"></script>'
    )
    return _page(TITLES[audience], body)


@router.get("/openapi/{audience}.json")
async def read_contract(request: Request, audience: Audience) -> Response:
    """Give one contract as OpenAPI."""
    return Response(_contract(request.app, audience), media_type="application/json")


@lru_cache(maxsize=8)
def _contract(app: FastAPI, audience: Audience) -> bytes:
    return json.dumps(contract(app, audience), ensure_ascii=False).encode()


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(
        _PAGE.format(title=escape(title), body=body), headers={"Content-Security-Policy": _POLICY}
    )
