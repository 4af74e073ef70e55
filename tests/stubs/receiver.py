"""A real server that pushes come to: checks the signature, keeps what it is told, can be told to fail.

A temper answers a message with a status, or a response; -503 takes the message and then answers 503, as if
the good answer had been lost.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from tests.stubs.server import serving

Json = dict[str, Any]
Temper = Callable[[Json], int | Response | Awaitable[Response]]


def well(_: Json) -> int:
    """Take whatever comes."""
    return 204


@dataclass
class Receiver:
    """What came, in its order; `temper` says what is answered to a message."""

    secret: str
    temper: Temper = well
    address: str = ""
    forged: int = 0
    ids: list[str] = field(default_factory=list)  # of each attempt
    taken: list[Json] = field(default_factory=list)  # each message once
    versions: dict[str, int] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)
    backwards: list[str] = field(default_factory=list)  # what came after something newer of the same thing
    _done: set[str] = field(default_factory=set)
    _last: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{self.address}/hook"

    @property
    def items(self) -> list[Json]:
        """Return the changes that were taken, message after message."""
        return [item for body in self.taken for item in body["data"].get("items", [])]

    async def answer(self, request: Request) -> Response:
        raw = await request.body()
        headers = dict(request.headers)
        try:
            body: Json = Webhook(self.secret).verify(raw, headers)
        except WebhookVerificationError:
            self.forged += 1
            return Response(status_code=401)
        self.ids.append(headers["webhook-id"])
        said = self.temper(body)
        lost = isinstance(said, int) and said < 0
        if isinstance(said, int):
            said = Response(status_code=abs(said))
        response = said if isinstance(said, Response) else await said
        if (lost or response.status_code < 300) and headers["webhook-id"] not in self._done:
            self._take(headers["webhook-id"], body)
        return response

    def _take(self, id_: str, body: Json) -> None:
        self._done.add(id_)
        self.taken.append(body)
        for item in body["data"].get("items", []):
            thing, at = item["id"], int(item["cursor"].partition("-")[0], 16)
            if at < self._last.get(thing, 0):
                self.backwards.append(thing)
            self._last[thing] = at
            if item["version"] < self.versions.get(thing, 0):
                continue
            self.versions[thing] = item["version"]
            if item["change"] == "removed":
                self.held.pop(thing, None)
            else:
                self.held[thing] = item["data"]


@asynccontextmanager
async def receiving(secret: str) -> AsyncIterator[Receiver]:
    """Run a receiver while the block runs."""
    receiver = Receiver(secret)
    app = Starlette()

    async def hook(request: Request) -> Response:
        return await receiver.answer(request)

    app.add_route("/hook", hook, methods=["POST"])
    async with serving(app) as address:
        receiver.address = address
        yield receiver
