"""The search's other views: counts, the map, linked data."""

from collections import Counter
from datetime import date, datetime
from uuid import uuid4

import pytest

from app.core import clock
from app.geo.points import Datum, shown
from tests.jobs.bazaar import bazaar
from tests.world import Json, World, ok, refused


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"min_hourly_fen": 2000, "hiring": "instant"},
        {"lng": 111.5, "lat": 36.1, "datum": "wgs84", "within_m": 40_000},
        {"q": "卸货"},
    ],
    ids=str,
)
async def test_counts_are_exact(world: World, asked: Json) -> None:
    market = await bazaar(world)
    ids = await market.expected(asked)
    offers = [offer for offer in market.offers if str(offer.id) in ids]
    found = ok(await world.http.get("/v1/jobs/facets", params=asked))
    assert found["jobs"] == len(offers) > 0
    assert _counts(found["trades"]) == Counter(offer.trade for offer in offers)
    assert _counts(found["counties"]) == Counter(offer.division[:6] for offer in offers)
    days: Counter[date] = Counter(
        day for offer in offers for day in {clock.day_of(at) for at in offer.starts}
    )
    assert {date.fromisoformat(day["day"]): day["jobs"] for day in found["days"]} == days


def _counts(items: list[Json]) -> dict[str, int]:
    assert all(item["name"] for item in items)
    return {item["code"]: item["jobs"] for item in items}


async def test_days_are_counted_within_the_times_asked_for(world: World) -> None:
    market = await bazaar(world)
    day = min(at for offer in market.offers for at in offer.starts)
    first, until = clock.span_of(clock.day_of(day))
    asked = {"starts_from": first.isoformat(), "starts_until": until.isoformat()}
    found = ok(await world.http.get("/v1/jobs/facets", params=asked))
    assert [one["day"] for one in found["days"]] == [clock.day_of(day).isoformat()]
    assert found["days"][0]["jobs"] == found["jobs"] == len(await market.expected(asked))


@pytest.mark.parametrize("datum", list(Datum))
@pytest.mark.parametrize("zoom", [8, 12, 17])
async def test_the_map_holds_each_job_of_the_box_once(world: World, datum: Datum, zoom: int) -> None:
    market = await bazaar(world)
    middle = shown(market.offers[0].point, datum)
    west, south, east, north = middle[0] - 0.3, middle[1] - 0.2, middle[0] + 0.31, middle[1] + 0.21
    box = f"{west:.6f},{south:.6f},{east:.6f},{north:.6f}"
    found = ok(await world.http.get(f"/v1/jobs/map?bbox={box}&zoom={zoom}&datum={datum.value}"))
    inside = {
        str(offer.id): place
        for offer in market.offers
        if west <= (place := shown(offer.point, datum))[0] <= east and south <= place[1] <= north
    }
    assert found["datum"] == datum.value
    assert sum(cluster["jobs"] for cluster in found["clusters"]) == len(inside) > 0
    assert 0 < len(found["clusters"]) <= 700
    for cluster in found["clusters"]:
        extent = cluster["bbox"]
        assert extent["west"] - 1e-4 <= cluster["lng"] <= extent["east"] + 1e-4
        assert extent["south"] - 1e-4 <= cluster["lat"] <= extent["north"] + 1e-4
        assert (cluster["job"] is not None) == (cluster["jobs"] == 1)
        if cluster["job"]:
            assert (cluster["lng"], cluster["lat"]) == pytest.approx(inside[cluster["job"]["id"]], abs=2e-6)


async def test_the_map_takes_the_filters_of_search(world: World) -> None:
    market = await bazaar(world)
    asked = {"trade": market.offers[0].trade, "hiring": "instant"}
    found = ok(await world.http.get("/v1/jobs/map", params=asked | {"bbox": "110,35,113,37", "zoom": 9}))
    assert sum(cluster["jobs"] for cluster in found["clusters"]) == len(await market.expected(asked)) > 0


@pytest.mark.parametrize("bbox", ["1,2,3", "112,36,111,37", "0,0,180,80", "a,b,c,d", "111,36,112,nan"])
async def test_a_box_that_is_none_is_refused(world: World, bbox: str) -> None:
    problem = refused(await world.http.get(f"/v1/jobs/map?bbox={bbox}&zoom=9"), 422, "invalid")
    assert problem["errors"][0]["pointer"] == "/bbox"


async def test_a_listed_job_is_a_job_posting(world: World) -> None:
    market = await bazaar(world, 5)
    offer = market.offers[0]
    answer = await world.http.get(f"/v1/jobs/{offer.id}.jsonld")
    posting = ok(answer)
    assert answer.headers["content-type"] == "application/ld+json"
    assert posting["@context"] == "https://schema.org"
    assert posting["@type"] == "JobPosting"
    assert datetime.fromisoformat(posting["datePosted"]) == offer.published_at
    assert datetime.fromisoformat(posting["validThrough"]) == offer.starts[-1]
    assert posting["baseSalary"]["value"] == {
        "@type": "QuantitativeValue",
        "value": offer.hourly_fen / 100,
        "unitText": "HOUR",
    }
    assert posting["jobLocation"]["geo"]["longitude"] == pytest.approx(offer.point.lng, abs=1e-6)
    assert posting["totalJobOpenings"] == 4
    assert {"title", "description", "hiringOrganization", "employmentType", "workHours"} <= set(posting)


async def test_what_is_not_listed_is_no_job_posting(world: World) -> None:
    employer = await world.employer()
    draft = await employer.drafts_job()
    for job_id in (draft["id"], uuid4()):
        refused(await world.http.get(f"/v1/jobs/{job_id}.jsonld"), 404, "not_found")
