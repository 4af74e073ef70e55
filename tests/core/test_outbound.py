"""We call public addresses alone, and the one that was checked."""

import logging
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpcore
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.core.outbound import AddressRefused, check_address, client, is_public
from tests.stubs.server import serving

PUBLIC, OTHER = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
PRIVATE = [
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "10.1.2.3",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "100.100.100.200",  # Aliyun's metadata
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2001::1",
    "2002:7f00:1::",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "localhost",
]


class Names:
    """Stands in for DNS: what each name resolves to, one answer after the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[list[str]] = []
        monkeypatch.setattr(socket, "getaddrinfo", self._answer)

    def _answer(self, *_asked: Any, **_how: Any) -> list[Any]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in answer]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.fixture
async def calls() -> list[str]:
    return []


@pytest.fixture
async def server(calls: list[str]) -> AsyncIterator[str]:
    async def answer(request: Request) -> Response:
        calls.append(request.url.path)
        if request.url.path == "/away":
            return RedirectResponse("/elsewhere")
        return Response("here", headers={"seen-agent": request.headers["user-agent"]})

    app = Starlette()
    app.add_route("/{path:path}", answer)
    async with serving(app) as address:
        yield address


@pytest.mark.parametrize("address", PRIVATE)
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are() -> None:
    assert is_public(PUBLIC)
    assert is_public(OTHER)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gigs",
        "https://",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://user:secret@example.com/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data/",
        "https://exa mple.com/",
        "https://example.com:99999/",
        "https://93.184.215.14:99999/",
        "https://93.184.215.14:0/",
        "https://93.184.215.14:-1/",
        "https://" + "a" * 64 + ".com/",
        "https://a..b/",
        "https://xn--/",
    ],
)
async def test_an_address_that_we_would_not_call_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        await check_address(url)


async def test_one_private_address_among_the_public_is_enough(names: Names) -> None:
    names.answers = [[PUBLIC, "10.0.0.1"]]

    with pytest.raises(AddressRefused):
        await check_address("https://example.com/")


@pytest.mark.parametrize(
    "url", ["http://example.com/", "ftp://example.com/", "https://user:secret@example.com/"]
)
async def test_a_public_address_is_called_by_https_and_without_a_name_alone(names: Names, url: str) -> None:
    names.answers = [[PUBLIC]]

    with pytest.raises(AddressRefused):
        await check_address(url)
    if not url.startswith("https"):
        async with client() as ours:
            with pytest.raises((AddressRefused, httpx.UnsupportedProtocol)):
                await ours.get(url)


async def test_a_public_address_is_taken(names: Names) -> None:
    names.answers = [[PUBLIC, OTHER]]

    await check_address("https://example.com/hook")


async def test_a_listed_test_server_may_be_private_and_plain(server: str, calls: list[str]) -> None:
    listed = {server.removeprefix("http://")}
    await check_address(f"{server}/hook", listed)

    async with client(listed) as ours:
        answer = await ours.get(f"{server}/hook")

    assert (answer.text, answer.headers["seen-agent"], calls) == ("here", "linfen-gigs", ["/hook"])


async def test_the_same_server_is_not_called_without_being_listed(server: str, calls: list[str]) -> None:
    async with client() as ours:
        for url in (server, server.replace("http:", "https:"), server.replace("127.0.0.1", "localhost")):
            with pytest.raises(AddressRefused):
                await ours.get(url)
    async with client({"127.0.0.1:1"}) as ours:
        with pytest.raises(AddressRefused):
            await ours.get(server)

    assert calls == []


async def test_a_name_that_turns_private_after_the_check_is_not_called(names: Names) -> None:
    names.answers = [[PUBLIC], ["127.0.0.1"]]
    await check_address("https://rebinding.example/")

    async with client() as ours:
        with pytest.raises(AddressRefused):
            await ours.get("https://rebinding.example/")


async def test_the_checked_address_is_connected_to_and_the_certificate_asked_by_name(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    names.answers = [[OTHER, PUBLIC], ["127.0.0.1"]]
    connected: list[str] = []
    asked: list[str] = []

    class Stream(httpcore.AsyncNetworkStream):
        async def start_tls(
            self,
            ssl_context: Any,
            server_hostname: str | None = None,
            timeout: float | None = None,  # noqa: ASYNC109, ARG002 - httpcore's signature
        ) -> Any:
            asked.append(f"{server_hostname} {ssl_context.check_hostname}")
            raise httpcore.ConnectError("far enough")

        async def aclose(self) -> None:
            pass

    async def connect(_self: Any, host: str, *_: Any) -> Stream:
        connected.append(host)
        if host == OTHER:
            raise httpcore.ConnectError("no IPv6 here")
        return Stream()

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)

    async with client() as ours:
        with pytest.raises(httpx.ConnectError, match="far enough"):
            await ours.get("https://rebinding.example/")

    assert connected == [OTHER, PUBLIC]
    assert asked == ["rebinding.example True"]


async def test_no_redirect_is_followed_and_no_proxy_heeded(
    server: str, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async with client({server.removeprefix("http://")}) as ours:
        answer = await ours.get(f"{server}/away")

    assert answer.is_redirect
    assert calls == ["/away"]


async def test_an_unknown_name_is_a_connection_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_asked: Any, **_how: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(AddressRefused):
        await check_address("https://example.com/")
    async with client() as ours:
        with pytest.raises(httpx.ConnectError):
            await ours.get("https://example.com/")


async def test_addresses_and_headers_are_not_logged(server: str, caplog: pytest.LogCaptureFixture) -> None:
    async with client({server.removeprefix("http://")}) as ours:
        with caplog.at_level(logging.DEBUG):
            await ours.get(f"{server}/?phone=13800138000", headers={"Authorization": "canary"})

    told = [record.getMessage() for record in caplog.records]
    assert not [line for line in told if "13800138000" in line or "canary" in line]
