"""The worked example of docs/province-digest.md, recomputed as a stranger would, and by PostgreSQL."""

import hashlib
import json
import re
from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from app.core.migrated import ROOT
from app.feed.models import Kind, Record
from app.mapping.canonical import canonical
from tests.world import World, ok

DOCUMENT = (ROOT / "docs" / "province-digest.md").read_text("utf-8")
TOP = re.search(r"The type's hash: `([0-9a-f]{64})`", DOCUMENT)


def block(kind: str, number: int = 0) -> str:
    found: list[str] = re.findall(rf"```{kind}\n(.*?)```", DOCUMENT, re.DOTALL)
    return found[number]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def data_of(line: str) -> str:
    """Return the text of a line's data as it stands there."""
    return line[line.index('"data":') + len('"data":') : -1]


def test_a_stranger_comes_to_what_the_document_says() -> None:
    days: dict[tuple[str, str], str] = defaultdict(str)
    for line in block("ndjson").splitlines():
        record = json.loads(line)
        assert canonical(record["data"]) == data_of(line)
        group = record["data"]["division"][:6], record["data"]["day"]
        days[group] += f"{record['id']} {sha256(data_of(line))}\n"
    assert days["141002", "2026-11-23"] == block("text")

    counties: dict[str, tuple[int, str]] = defaultdict(lambda: (0, ""))
    for (county, day), rows in sorted(days.items()):
        count, lines = counties[county]
        number = rows.count("\n")
        counties[county] = count + number, f"{lines}{day} {number} {sha256(rows)}\n"
    assert counties["141002"][1] == block("text", 1)

    top = "".join(
        f"{county} {count} {sha256(lines)}\n" for county, (count, lines) in sorted(counties.items())
    )
    assert top == block("text", 2)
    assert TOP
    assert sha256(top) == TOP[1]


async def test_postgresql_comes_to_what_the_document_says(world: World) -> None:
    async with world.session() as session:
        for line in block("ndjson").splitlines():
            record: dict[str, Any] = json.loads(line)
            data = data_of(line)
            session.add(
                Record(
                    kind=Kind.JOB,
                    entity_id=UUID(record["id"]),
                    division=record["data"]["division"][:6],
                    day=date.fromisoformat(record["data"]["day"]),
                    data=data,
                    hash=hashlib.sha256(data.encode()).digest(),
                    version=record["version"],
                )
            )
    province = await world.province()
    found = ok(await province.get("/sync/v1/digest?type=job"))
    lines = "".join(f"{one['division']} {one['count']} {one['hash']}\n" for one in found["groups"])
    assert lines == block("text", 2)
    assert TOP
    assert found["hash"] == TOP[1]
