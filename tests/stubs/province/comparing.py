"""Which things differ from the city's: by groups of county and day first, then by row.

The canonical form is docs/province-digest.md's; nothing here is taken from the city's code.
"""

import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.stubs.province.city import City
from tests.stubs.province.copy import TYPES, Copy

Group = tuple[str, str]  # county, day
Rows = list[tuple[str, str]]  # id, hash


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same on both sides."""

    type: str
    division: str
    day: str
    id: str
    why: str


async def differing(city: City, copy: Copy, catch_up: Callable[[], Awaitable[None]]) -> list[Difference]:
    """Return what differs, in at most two requests a type and one a group that differs."""
    await catch_up()
    found: list[Difference] = []
    for kind in TYPES:
        ours = _groups(copy, kind)
        body = {
            "type": kind,
            "cursor": copy.cursor,
            "groups": [
                {"division": division, "day": day, "count": len(rows), "hash": hash_of(rows)}
                for (division, day), rows in ours.items()
            ],
        }
        told = (await city.call("POST", "/sync/v1/digest/compare", json=body)).json()
        for group in told["groups"]:
            key = (group["division"], group["day"])
            found += [
                Difference(kind, *key, id_, why)
                for id_, why in await _rows(city, kind, key, dict(ours.get(key, [])))
            ]
    return found


async def _rows(city: City, kind: str, group: Group, ours: dict[str, str]) -> list[tuple[str, str]]:
    params = {"type": kind, "division": group[0], "day": group[1]}
    told: dict[str, Any] = (await city.call("GET", "/sync/v1/digest", params=params)).json()
    theirs = {row["id"]: row["hash"] for row in told["rows"]}
    return [
        (id_, "这边没有" if id_ not in ours else "那边没有" if id_ not in theirs else "内容不同")
        for id_ in sorted(ours.keys() | theirs.keys())
        if ours.get(id_) != theirs.get(id_)
    ]


def _groups(copy: Copy, kind: str) -> dict[Group, Rows]:
    groups: dict[Group, Rows] = defaultdict(list)
    for id_, digest, data in copy.hashes(kind):
        groups[data["division"][:6], data["day"]].append((id_, digest.hex()))
    return groups


def hash_of(rows: Rows) -> str:
    """Return a group's hash: of its rows' lines in the order of their ids."""
    lines = "".join(f"{id_} {digest}\n" for id_, digest in sorted(rows))
    return hashlib.sha256(lines.encode()).hexdigest()
