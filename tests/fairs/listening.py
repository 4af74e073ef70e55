"""A client that follows a fair's live feed, as a browser's EventSource does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID

import httpx

SOON_S = 10


class Event(NamedTuple):
    kind: str
    number: int | None
    about: dict[str, Any]


class Listener:
    """One listener; what has no number is kept aside."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()
        self.asides: list[Event] = []

    async def event(self) -> Event:
        """Return the next event with a number."""
        while (found := await self.any()).number is None:
            self.asides.append(found)
        return found

    async def any(self) -> Event:
        """Return the next event; comments and retry lines are passed over."""
        found: dict[str, str] = {}
        async with asyncio.timeout(SOON_S):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if line == "" and "data" in found:
                    number = int(found["id"]) if "id" in found else None
                    return Event(found["event"], number, json.loads(found["data"]))
                found = {} if line == "" else found | {name: value}
        raise EOFError

    async def viewers(self, count: int) -> None:
        """Wait until so many are said to look on."""
        said = Event("viewers", None, {"count": count})
        while said not in self.asides:
            self.asides.append(await self.any())

    async def ended(self) -> None:
        async with asyncio.timeout(SOON_S):
            async for line in self._lines:
                assert not line.startswith("id:"), line


@asynccontextmanager
async def listening(address: str, fair_id: UUID, after: int | None = None) -> AsyncIterator[Listener]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    async with (
        httpx.AsyncClient(base_url=address, timeout=30) as client,
        client.stream("GET", f"/v1/fairs/{fair_id}/live", headers=headers) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        listener = Listener(response)
        async with asyncio.timeout(SOON_S):
            assert (await anext(listener._lines)).startswith("retry")
        yield listener
