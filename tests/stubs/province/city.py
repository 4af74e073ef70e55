"""The province's calls to the city, each repeated until it is answered."""

import asyncio
import json
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import Key

Json = dict[str, Any]
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AGAIN = {HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)}
NDJSON = {"Content-Type": "application/x-ndjson"}


class Refusal(Exception):  # noqa: N818 - the city's word
    """The city said no, for good; `problem` says why."""

    def __init__(self, answer: httpx.Response) -> None:
        try:
            self.problem: Json = answer.json()
        except ValueError:
            self.problem = {"code": "no_problem", "title": answer.text[:200]}
        self.status, self.code = answer.status_code, str(self.problem.get("code"))
        where = "、".join(one["pointer"] for one in self.problem.get("errors") or [])
        super().__init__(f"{self.status} {self.code}: {self.problem.get('title')} {where}".rstrip())


@dataclass
class Credentials:
    """Who we are: a private key whose public half the city has, or else a secret."""

    client_id: str
    secret: str | None = None
    key: Key | None = None
    token_url: str = ""  # whom an assertion is for, where it is not the address that is called

    def form(self, called: str) -> dict[str, str]:
        """Return what to send for a token (RFC 6749, 4.4; RFC 7523, 2.2)."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id}
        if self.key is None:
            return form | {"client_secret": self.secret or ""}
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.token_url or called,
            "iat": now,
            "exp": now + 60,
            "jti": str(uuid4()),
        }
        signed = jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)
        return form | {"client_assertion_type": ASSERTION, "client_assertion": signed}


@dataclass
class City:
    """The city at an address."""

    address: str
    credentials: Credentials
    patience_s: float = 60
    tried: int = 0
    _token: str | None = None
    _client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self._client = httpx.AsyncClient(base_url=self.address, timeout=30, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Call until there is an answer, and refuse with it when it is a no.

        All calls of the contract may be repeated: reading changes nothing, and what is sent has a version.
        """
        signed_in_anew, deadline = False, time.monotonic() + self.patience_s
        for attempt in range(1_000):
            answer = await self._try(method, path, given)
            if answer is not None:
                if answer.status_code == HTTPStatus.UNAUTHORIZED and not signed_in_anew:
                    self._token, signed_in_anew = None, True
                    continue
                if answer.status_code not in AGAIN:
                    if answer.is_error:
                        raise Refusal(answer)
                    return answer
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(_pause(attempt, answer))
        raise TimeoutError(f"no answer to {method} {path}")

    async def _try(self, method: str, path: str, given: Json) -> httpx.Response | None:
        self.tried += 1
        try:
            headers = {"Authorization": f"Bearer {await self._signed_in()}"} | given.get("headers", {})
            return await self._client.request(method, path, **{**given, "headers": headers})
        except (httpx.TransportError, httpx.DecodingError):
            return None

    async def _signed_in(self) -> str:
        """Return a token. An assertion is good once: where the line doubled one, another is signed."""
        called = f"{self.address}/sync/v1/oauth/token"
        for tries_left in (2, 1, 0):
            if self._token is not None:
                break
            answer = await self._client.post(called, data=self.credentials.form(called))
            if answer.status_code in AGAIN:
                raise httpx.TransportError("later")
            if answer.is_success:
                self._token = str(answer.json()["access_token"])
            elif not tries_left:
                raise Refusal(answer)
        return self._token or ""

    async def changes(self, after: str | None, etag: str | None = None, **asked: Any) -> httpx.Response:
        """Return the page after a cursor (304 where nothing is new), at most 1,000 changes."""
        params = {"limit": 1000, **({"after": after} if after else {}), **asked}
        headers = {"If-None-Match": etag} if etag else {}
        return await self.call("GET", "/sync/v1/changes", params=params, headers=headers)

    async def download(self, file: Path, types: str | None = None) -> None:
        """Fetch a snapshot, compressed, going on where the line broke (RFC 9110, 14.2)."""
        tag, spool, deadline = None, _Spool(file), time.monotonic() + self.patience_s
        params = {"types": types} if types else {}
        while time.monotonic() < deadline:
            headers = {"Accept-Encoding": "gzip"}
            if spool.size and tag:
                headers |= {"Range": f"bytes={spool.size}-", "If-Range": tag}
            try:
                headers["Authorization"] = f"Bearer {await self._signed_in()}"
                asked = self._client.stream("GET", "/sync/v1/snapshot", params=params, headers=headers)
                async with asked as answer:
                    if answer.is_success:
                        if answer.status_code != HTTPStatus.PARTIAL_CONTENT:
                            spool.begin()
                        tag = answer.headers.get("etag")
                        async for chunk in answer.aiter_raw():
                            spool.write(chunk)
                        break
                    if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                        break  # all of it is here
                    if answer.status_code == HTTPStatus.UNAUTHORIZED:
                        self._token = None
                    elif answer.status_code not in AGAIN:
                        await answer.aread()
                        raise Refusal(answer)
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
        spool.close()

    async def batch(self, lines: list[Json]) -> list[Json]:
        """Send vacancies together; return the city's answer to each, in order."""
        body = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
        answer = await self.call("POST", "/sync/v1/inbound/batches", content=body, headers=NDJSON)
        return [json.loads(line) for line in answer.text.splitlines() if line]


def lines_of(file: Path) -> Iterator[Json]:
    """Read a snapshot from its file, piece by piece; what is cut off has no last line."""
    unpack, rest = zlib.decompressobj(wbits=31), b""
    with file.open("rb") as packed:
        while chunk := packed.read(65_536):
            *whole, rest = (rest + unpack.decompress(chunk)).split(b"\n")
            for line in whole:
                yield json.loads(line)


class _Spool:
    """What has come of a file so far."""

    def __init__(self, file: Path) -> None:
        self._out = file.open("wb")
        self.size = 0

    def begin(self) -> None:
        self._out.seek(0)
        self._out.truncate()
        self.size = 0

    def write(self, chunk: bytes) -> None:
        self._out.write(chunk)
        self.size += len(chunk)

    def close(self) -> None:
        self._out.close()


def _pause(attempt: int, answer: httpx.Response | None) -> float:
    if answer is not None and (told := answer.headers.get("retry-after", "")).isdecimal():
        return float(told)
    return float(min(0.05 * 2 ** min(attempt, 7), 5.0))
