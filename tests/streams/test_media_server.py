"""The media server's own part: what it serves, and what it answers itself while the API is away."""

from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scripts.live import MediaServer, Ports
from scripts.ports import any_free
from scripts.terminal import Refused
from tests.streams.studio import ABSENT
from tests.stubs.server import serving

pytestmark = pytest.mark.skipif(ABSENT is not None, reason=ABSENT or "")


def server_of(folder: Path, api: str) -> MediaServer:
    return MediaServer(folder, api=api, ports=Ports(any_free(), any_free()))


async def update(server: MediaServer) -> int:
    """Tell it, as its other half does, that a publisher is still there."""
    async with httpx.AsyncClient() as client:
        address = server.play_url.removesuffix("/hls") + "/live/on_update?secret=x"
        return (await client.post(address, data={"call": "update_publish"})).status_code


@pytest.mark.parametrize(
    ("api", "answered"),
    [
        (HTTPStatus.NO_CONTENT, HTTPStatus.NO_CONTENT),
        (HTTPStatus.FORBIDDEN, HTTPStatus.FORBIDDEN),
        (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.NO_CONTENT),
        (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.NO_CONTENT),
    ],
)
async def test_the_apis_no_is_a_no_and_its_failure_is_none(tmp_path: Path, api: int, answered: int) -> None:
    async def answer(_: Request) -> Response:
        return Response(status_code=api)

    routes = [Route("/live/on_update", answer, methods=["POST"])]
    async with serving(Starlette(routes=routes)) as address:
        with server_of(tmp_path, address) as server:
            assert await update(server) == answered


async def test_an_api_that_is_away_cuts_nobody_off(tmp_path: Path) -> None:
    with server_of(tmp_path, f"http://127.0.0.1:{any_free()}") as server:
        assert await update(server) == HTTPStatus.NO_CONTENT


async def test_it_serves_streams_and_nothing_else_of_its_folder(tmp_path: Path) -> None:
    with server_of(tmp_path, "http://127.0.0.1:9") as server:
        (server.folder / "hls" / "show.m3u8").write_text("#EXTM3U")
        base = server.play_url.removesuffix("/hls")
        async with httpx.AsyncClient(base_url=base) as viewer:
            assert (await viewer.get("/hls/show.m3u8")).text == "#EXTM3U"
            for path in (
                "/nginx.conf",
                "/hls/../nginx.conf",
                "/hls/%2e%2e/nginx.conf",
                "/recordings/",
                "/hls/",
            ):
                assert (await viewer.get(path)).status_code >= HTTPStatus.BAD_REQUEST, path


def test_its_settings_hold_the_secret_and_are_nobody_elses(tmp_path: Path) -> None:
    with server_of(tmp_path, "http://127.0.0.1:9") as server:
        assert (server.folder / "nginx.conf").stat().st_mode & 0o077 == 0


def test_a_taken_port_is_refused_with_words(tmp_path: Path) -> None:
    with server_of(tmp_path / "one", "http://127.0.0.1:9") as server:
        second = MediaServer(tmp_path / "two", api="http://127.0.0.1:9", ports=server.ports)
        with pytest.raises(Refused, match="RTMP_PORT"):
            second.start()
    assert not (tmp_path / "two").exists()
