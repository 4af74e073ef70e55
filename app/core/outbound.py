"""All calls to the outside: one HTTP client, which reaches public addresses alone."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Collection, Iterable
from functools import cache
from ipaddress import IPv6Network, ip_address

import httpcore
import httpx

_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65_535
# Of IPv6 only what is handed out as unicast; leaves out ::, mapped and NAT64 addresses, which lead
# back into IPv4 unseen.
_IPV6_UNICAST = IPv6Network("2000::/3")
_AT_ONCE = httpx.Limits(max_connections=50, max_keepalive_connections=10, keepalive_expiry=30)


class AddressRefused(httpx.TransportError):
    """The address is not public, or not called by https."""


def client(allowed: Collection[str] = (), timeout_s: float = 10) -> httpx.AsyncClient:
    """Return a client that follows no redirect, heeds no proxy variable, and calls public https alone.

    The address is checked at the moment of connecting, and that very address is connected to, so a
    name that resolves differently the next time gains nothing (DNS rebinding). `allowed` lists the
    exceptions as "host:port", which may be private and may speak plain http: test servers.
    """
    # At INFO httpx logs whole URLs, and at DEBUG httpcore the headers: phones and signatures.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)

    async def check_scheme(request: httpx.Request) -> None:
        _check_url(request.url, allowed)

    trusted = _trusted()
    transport = httpx.AsyncHTTPTransport(verify=trusted, trust_env=False)
    # httpx has no door for a network backend; the tests watch that this one is really used.
    transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001
        ssl_context=trusted,
        max_connections=_AT_ONCE.max_connections,
        max_keepalive_connections=_AT_ONCE.max_keepalive_connections,
        keepalive_expiry=_AT_ONCE.keepalive_expiry,
        network_backend=_PublicOnly(allowed),
    )
    return httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 5)),
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "linfen-gigs"},
        event_hooks={"request": [check_scheme]},
    )


@cache
def _trusted() -> ssl.SSLContext:
    """Read the authorities once: it takes longer than many a call."""
    return httpx.create_ssl_context(trust_env=False)


async def check_address(url: str, allowed: Collection[str] = ()) -> None:
    """Check an address that somebody wants us to call later; refuses with AddressRefused."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise AddressRefused("not a URL") from None
    if parsed.userinfo:
        raise AddressRefused("a user name has no place in the address")
    place = _check_url(parsed, allowed)
    if place in allowed:
        return
    host, _, port = place.rpartition(":")
    try:
        await _public_addresses(host, int(port))
    except OSError:
        raise AddressRefused("the name is unknown") from None


def is_public(address: str) -> bool:
    """Tell whether the IP address belongs to the public internet, and to no tunnel out of it."""
    try:
        ip = ip_address(address)
    except ValueError:  # with a zone: "fe80::1%eth0"
        return False
    if not ip.is_global or ip.is_multicast:
        return False
    return ip.version == 4 or (ip in _IPV6_UNICAST and not ip.sixtofour and not ip.teredo)  # noqa: PLR2004


def _check_url(url: httpx.URL, allowed: Collection[str]) -> str:
    """Return "host:port" if the scheme will do there."""
    if url.scheme not in _PORTS or not url.raw_host:
        raise AddressRefused("not an https address")
    port = _PORTS[url.scheme] if url.port is None else url.port
    if not 0 < port <= _LAST_PORT:
        raise AddressRefused("no such port")
    place = f"{url.raw_host.decode()}:{port}"
    if url.scheme != "https" and place not in allowed:
        raise AddressRefused("not an https address")
    return place


async def _public_addresses(host: str, port: int) -> list[str]:
    """Resolve the name; one private address among its addresses is enough to refuse."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a label that is empty or too long
        raise AddressRefused("not a name") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise AddressRefused("not a public address")
    return addresses


class _PublicOnly(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that it has checked; TLS goes on asking for the name."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = allowed
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = [host]
                if f"{host}:{port}" not in self._allowed:
                    addresses = await _public_addresses(host, port)
                for address in addresses[:-1]:
                    try:
                        return await self._network.connect_tcp(
                            address, port, None, local_address, socket_options
                        )
                    except httpcore.ConnectError:
                        continue
                return await self._network.connect_tcp(
                    addresses[-1], port, None, local_address, socket_options
                )
        except TimeoutError:
            raise httpcore.ConnectTimeout("no connection in time") from None
        except OSError:
            raise httpcore.ConnectError("the name is unknown") from None

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)
