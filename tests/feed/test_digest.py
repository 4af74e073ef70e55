"""The digest: what both sides compute alike, and how a difference is found to the row."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from app.stations.models import Role
from app.sync.models import Scope
from tests.world import HOUMA, Actor, World, ok, refused

Json = dict[str, Any]
EMPTY = hashlib.sha256().hexdigest()


def sha256(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


class Theirs:
    """The province's copy: lines of a snapshot, of which it makes the digest by the document alone."""

    def __init__(self, lines: list[Json]) -> None:
        self.cursor = lines[-1]["cursor"]
        self.rows = {(line["type"], line["id"]): line["data"] for line in lines[:-1]}

    @classmethod
    async def taken(cls, province: Actor) -> "Theirs":
        answer = await province.get("/sync/v1/snapshot")
        return cls([json.loads(line) for line in answer.text.splitlines()])

    def hash_of(self, kind: str, id_: str) -> str:
        data = self.rows[kind, id_]
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def days(self, kind: str) -> dict[tuple[str, str], list[str]]:
        """Return the lines of the rows of each county's day."""
        found = defaultdict(list)
        for type_, id_ in sorted(self.rows):
            if type_ == kind:
                data = self.rows[type_, id_]
                found[data["division"][:6], data["day"]].append(f"{id_} {self.hash_of(kind, id_)}")
        return found

    def groups(self, kind: str) -> list[Json]:
        return [
            {"division": division, "day": day, "count": len(rows), "hash": sha256(rows)}
            for (division, day), rows in sorted(self.days(kind).items())
        ]

    def counties(self, kind: str) -> list[Json]:
        days = defaultdict(list)
        for group in self.groups(kind):
            days[group["division"]].append(group)
        return [
            {
                "division": division,
                "day": None,
                "count": sum(one["count"] for one in of_it),
                "hash": sha256(f"{one['day']} {one['count']} {one['hash']}" for one in of_it),
            }
            for division, of_it in sorted(days.items())
        ]

    def top(self, kind: str) -> str:
        return sha256(f"{one['division']} {one['count']} {one['hash']}" for one in self.counties(kind))

    async def compare(self, province: Actor, kind: str) -> Json:
        body = {"type": kind, "cursor": self.cursor, "groups": self.groups(kind)}
        found: Json = ok(await province.post("/sync/v1/digest/compare", body))
        return found


@pytest.fixture
async def city(world: World) -> World:
    """Return a city with postings in two counties, published."""
    employer = await world.employer(trusted=True)
    for place in ({}, {}, {"place": HOUMA}):
        await employer.posts_job(**place)
    await world.publish()
    return world


async def digest(province: Actor, **asked: Any) -> Json:
    found: Json = ok(await province.get("/sync/v1/digest", params=asked))
    return found


async def test_both_sides_come_to_the_same_at_every_level(city: World) -> None:
    province = await city.province()
    theirs = await Theirs.taken(province)
    for kind in ("job", "employer"):
        top = await digest(province, type=kind)
        assert (top["hash"], top["groups"]) == (theirs.top(kind), theirs.counties(kind))
        assert top["cursor"] == theirs.cursor
        assert top["count"] == sum(one["count"] for one in top["groups"])
        for county in top["groups"]:
            days = await digest(province, type=kind, division=county["division"])
            assert (days["hash"], days["count"]) == (county["hash"], county["count"])
            for day in days["groups"]:
                asked = {"type": kind, "division": day["division"], "day": day["day"]}
                rows = await digest(province, **asked)
                lines = [f"{row['id']} {row['hash']}" for row in rows["rows"]]
                assert lines == theirs.days(kind)[day["division"], day["day"]]
                assert (
                    (rows["hash"], rows["count"])
                    == (day["hash"], day["count"])
                    == (sha256(lines), len(lines))
                )
    assert len(top["groups"]) == 1
    assert len((await digest(province, type="job"))["groups"]) == 2


async def test_what_is_empty_has_the_hash_of_nothing(city: World) -> None:
    province = await city.province()
    for asked in ({}, {"division": "141034"}, {"division": "141034", "day": "2026-11-23"}):
        found = await digest(province, type="application", **asked)
        assert (found["count"], found["hash"], found["groups"]) == (0, EMPTY, [])


async def test_a_long_day_comes_in_pages(city: World) -> None:
    province = await city.province()
    day = (await digest(province, type="job", division="141002"))["groups"][0]
    asked = {"type": "job", "division": "141002", "day": day["day"]}
    first = await digest(province, **asked, limit=1)
    second = await digest(province, **asked, limit=1, after=first["next_after"])
    assert first["hash"] == second["hash"] == day["hash"]  # the whole day's
    lines = [f"{row['id']} {row['hash']}" for row in first["rows"] + second["rows"]]
    assert sha256(lines) == day["hash"]
    third = await digest(province, **asked, limit=1, after=second["next_after"])
    assert (third["rows"], third["next_after"], third["count"]) == ([], None, 2)


async def test_one_reads_the_digest_of_what_one_may_read(city: World) -> None:
    province = await city.province(Scope.READ_JOB)
    refused(await province.get("/sync/v1/digest?type=employer"), 403, "insufficient_scope")
    body = {"type": "employer", "cursor": "0-000000000000", "groups": []}
    refused(await province.post("/sync/v1/digest/compare", body), 403, "insufficient_scope")
    refused(await province.get("/sync/v1/digest?type=job&day=2026-11-23"), 422, "invalid")
    refused(await province.get("/sync/v1/digest?type=job&division=14100"), 422, "invalid")


async def test_a_difference_is_found_to_the_row_in_three_requests(city: World) -> None:
    province = await city.province()
    theirs = await Theirs.taken(province)
    spoilt = next(id_ for kind, id_ in theirs.rows if kind == "job")
    theirs.rows["job", spoilt] = theirs.rows["job", spoilt] | {"title": "别的"}

    (group,) = (await theirs.compare(province, "job"))["groups"]
    asked = {"type": "job", "division": group["division"], "day": group["day"]}
    rows = (await digest(province, **asked))["rows"]
    assert [row["id"] for row in rows if row["hash"] != theirs.hash_of("job", row["id"])] == [spoilt]


async def test_what_one_side_alone_has_is_found(city: World) -> None:
    province = await city.province()
    theirs = await Theirs.taken(province)
    assert (await theirs.compare(province, "job"))["differing"] == 0
    kept = dict(theirs.rows)
    theirs.rows = {key: data for key, data in kept.items() if key[0] != "job"}
    none = await theirs.compare(province, "job")
    assert [(one["claimed_count"], one["claimed_hash"]) for one in none["groups"]] == [(0, EMPTY)] * 2

    some = next(data for key, data in kept.items() if key[0] == "job")
    theirs.rows = kept | {("job", str(uuid4())): some | {"day": "2020-02-29", "division": "141034101"}}
    (group,) = (await theirs.compare(province, "job"))["groups"]
    assert (group["count"], group["hash"], group["claimed_count"]) == (0, EMPTY, 1)
    assert (group["division"], group["day"]) == ("141034", "2020-02-29")


async def test_what_moves_meanwhile_is_not_called_a_difference(city: World) -> None:
    province = await city.province()
    theirs = await Theirs.taken(province)
    employer = await city.employer(trusted=True)
    new = await employer.posts_job(place=HOUMA)
    await city.publish()
    found = await theirs.compare(province, "job")
    assert (found["differing"], found["moving"], found["groups"]) == (0, 1, [])

    theirs = Theirs([json.loads(line) for line in (await _anew(city, province)).splitlines()])
    ok(await employer.post(f"/v1/jobs/{new['id']}/close", {}))
    await city.publish()
    found = await theirs.compare(province, "job")
    assert (found["differing"], found["moving"]) == (0, 1)  # where it was, though it is gone


async def _anew(city: World, province: Actor) -> str:
    """Return a snapshot of now, and not one that was made before."""
    for file in (city.settings.local_dir / "snapshots").iterdir():
        file.unlink()
    return (await province.get("/sync/v1/snapshot")).text


async def test_a_comparison_from_another_history_is_refused(city: World) -> None:
    province = await city.province()
    for cursor in ("fffffffffffffff-f00f00f00f00", "1-f00f00f00f00"):
        body: Json = {"type": "job", "cursor": cursor, "groups": []}
        refused(await province.post("/sync/v1/digest/compare", body), 410, "cursor_expired")
    group = {"division": "141002", "day": "2026-11-23", "count": 0, "hash": EMPTY}
    twice = body | {"cursor": "0-000000000000", "groups": [group, group]}
    refused(await province.post("/sync/v1/digest/compare", twice), 422, "invalid")


async def test_operators_see_the_last_comparison_and_whether_it_differs_still(city: World) -> None:
    province = await city.province()
    operator = await city.staff(role=Role.OPERATOR)
    assert ok(await operator.get("/admin/v1/sync/differences"))["items"] == []
    theirs = await Theirs.taken(province)
    for kind in ("job", "employer"):
        await theirs.compare(province, kind)
    id_ = next(id_ for kind, id_ in theirs.rows if kind == "job")
    del theirs.rows["job", id_]
    await theirs.compare(province, "job")

    items = ok(await operator.get("/admin/v1/sync/differences"))["items"]
    assert [(one["client_id"], one["type"], one["differing"]) for one in items] == [
        (province.client_id, "employer", 0),
        (province.client_id, "job", 1),
    ]
    assert [group["differs_still"] for group in items[1]["groups"]] == [True]
    assert ok(await operator.get("/admin/v1/sync"))["differing"] == 1

    # What they have is now all that there is.
    async with city.session() as session:
        await (await session.connection()).exec_driver_sql(
            "DELETE FROM province_records WHERE entity_id = $1", (id_,)
        )
    (group,) = ok(await operator.get("/admin/v1/sync/differences"))["items"][1]["groups"]
    assert group["differs_still"] is False


async def test_operators_see_how_the_exchange_stands(city: World) -> None:
    operator = await city.staff(role=Role.OPERATOR)
    await (await city.employer(trusted=True)).posts_job()
    before = ok(await operator.get("/admin/v1/sync"))
    assert before["waiting"] > 0
    await city.publish()
    after = ok(await operator.get("/admin/v1/sync"))
    assert (after["waiting"], after["lag_s"]) == (0, 0)
    assert after["changes"] > before["changes"]
    counts = {one["type"]: one["count"] for one in after["records"]}
    assert counts["job"] == 4
    assert counts["fair"] == 0
    assert date.fromisoformat(after["newest_change_at"][:10])


async def test_an_empty_exchange_stands_at_the_beginning(world: World) -> None:
    operator = await world.staff(role=Role.OPERATOR)
    shown = ok(await operator.get("/admin/v1/sync"))
    assert (shown["cursor"], shown["changes"]) == ("0-000000000000", 0)
