"""The board as a page: for the hall's big screen, and for the phone that has scanned the poster."""

from html import escape
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse

from app.core.problems import NotFound
from app.hall.boards import Boards

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).parent / "static"
SERVED = {"board.css": "text/css", "board.js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"
)
_PAGE = (STATIC / "board.html").read_text("utf-8")


@router.get("/board/static/{name}")
async def board_asset(name: str) -> FileResponse:
    """Serve the page's own files; it needs none from elsewhere."""
    if name not in SERVED:
        raise NotFound
    headers = {"Cache-Control": "public, max-age=3600"}
    return FileResponse(STATIC / name, media_type=SERVED[name], headers=headers)


@router.get("/board/{station_id}")
async def show_board(request: Request, station_id: UUID) -> HTMLResponse:
    """Show a station's board; what it holds is fetched by the page itself."""
    shown: Boards = request.app.state.boards
    await shown.read(station_id)  # 404 for a station that is not there
    page = _PAGE.replace("{station}", escape(str(station_id)))
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})
