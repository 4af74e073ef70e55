"""A reader as the province would write one: it follows the changes and keeps its own copy."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from tests.world import ok

Json = dict[str, Any]
START = "0-000000000000"


class Caller(Protocol):
    """Who calls for the reader, with a token."""

    async def get(self, path: str) -> httpx.Response: ...


@dataclass
class Reader:
    """Keeps what it was told by (type, id): version and data, None once it was removed."""

    province: Caller
    query: str = ""
    limit: int = 100
    cursor: str = START
    copy: dict[tuple[str, str], tuple[int, Json | None]] = field(default_factory=dict)
    told: list[Json] = field(default_factory=list)

    async def page(self) -> Json:
        path = f"/sync/v1/changes?after={self.cursor}&limit={self.limit}{self.query}"
        page: Json = ok(await self.province.get(path))
        return page

    async def follow(self) -> list[Json]:
        """Read until there is nothing more; return what was told."""
        told: list[Json] = []
        more = True
        while more:
            page = await self.page()
            told += page["items"]
            self.cursor, more = page["next_cursor"], page["has_more"]
        for item in told:
            key = item["type"], item["id"]
            if item["version"] > self.copy.get(key, (0, None))[0]:
                self.copy[key] = item["version"], item["data"]
        self.told += told
        return told

    def has(self, kind: str) -> list[Json]:
        """Return the data of what it has of a type."""
        return [data for (type_, _), (_, data) in self.copy.items() if type_ == kind and data is not None]


def kinds(told: list[Json]) -> list[tuple[str, str, str | None]]:
    """Return what was told in short."""
    return [(item["type"], item["change"], item["reason"]) for item in told]
