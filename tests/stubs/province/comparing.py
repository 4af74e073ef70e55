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

TRIES = 3
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
    """Return what differs, in one request a type and one or more a group that does.

    What changes meanwhile is not judged, and what has changed since looks different: so once more, up to
    date, before anything is called a difference.
    """
    found: list[Difference] = []
    for _ in range(TRIES):
        await catch_up()
        moving, found = 0, []
        for kind in TYPES:
            ours = _groups(copy, kind)
            claimed = [
                {"division": division, "day": day, "count": len(rows), "hash": hash_of(rows)}
                for (division, day), rows in ours.items()
            ]
            body = {"type": kind, "cursor": copy.cursor, "groups": claimed}
            told = (await city.call("POST", "/sync/v1/digest/compare", json=body)).json()
            moving += told["moving"]
            for group in told["groups"]:
                key = (group["division"], group["day"])
                rows = await _rows(city, kind, key, dict(ours.get(key, [])))
                found += [Difference(kind, *key, id_, why) for id_, why in rows]
        if not moving and not found:
            break
    return found


async def _rows(city: City, kind: str, group: Group, ours: dict[str, str]) -> list[tuple[str, str]]:
    theirs: dict[str, str] = {}
    params = {"type": kind, "division": group[0], "day": group[1]}
    while True:
        told: dict[str, Any] = (await city.call("GET", "/sync/v1/digest", params=params)).json()
        theirs |= {row["id"]: row["hash"] for row in told["rows"]}
        if told["next_after"] is None:
            break
        params["after"] = told["next_after"]
    return [
        (id_, "省里没有" if id_ not in ours else "市里没有" if id_ not in theirs else "内容不同")
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
