"""Jobs on a map: those of one cell of a grid are drawn as one, so that an answer stays small."""

import json
import math
from collections.abc import Sequence
from typing import Any

from app.core.bind import Bind
from app.core.db import Database, Plan
from app.geo.points import Datum, Wgs84, project, shown, to_wgs84
from app.jobs.filters import conditions
from app.jobs.map_schemas import MapQuery
from app.jobs.nearness import origin_of
from app.jobs.search import must_be_known

CELL_PX = 64
# Metres a pixel at zoom 0 at Linfen's latitude, for tiles of 256 pixels (Web Mercator).
_PIXEL_M = 2 * math.pi * 6_378_137 / 256 * math.cos(math.radians(36.2))
_ACROSS = 24  # cells at most, each way: about six hundred in an answer
_EDGE = 16  # points along each edge of the box: edges are bent on the plane


async def answer(database: Database, asked: MapQuery) -> bytes:
    """Return the clusters as JSON; refuses filters that do not fit together."""
    asked.must_fit()
    text, values = clusters_sql(asked)
    rows = await (await database.readers(Plan.EACH)).fetch(text, *values)
    if not rows:
        await must_be_known(database, asked)
    clusters = b",".join(_cluster(row, asked.shown_in) for row in rows)
    return b'{"datum":"%s","clusters":[%s]}' % (asked.shown_in.value.encode(), clusters)


def clusters_sql(asked: MapQuery) -> tuple[str, list[object]]:
    """Return the statement and its values: cells of the plane, with their jobs' mean and extent in WGS-84."""
    bind = Bind()
    outline = outline_of(asked.corners, asked.shown_in)
    west, east = min(x for x, _ in outline), max(x for x, _ in outline)
    south, north = min(y for _, y in outline), max(y for _, y in outline)
    cell_m = max(_PIXEL_M / 2**asked.zoom * CELL_PX, (east - west) / _ACROSS, (north - south) / _ACROSS)
    size = bind(cell_m, "float8")
    envelope = ", ".join(bind(edge, "float8") for edge in (west, south, east, north))
    where = [f"g && ST_MakeEnvelope({envelope}, 4546)", f"pt <@ {bind(outline, 'polygon')}"]
    caller = asked.point
    where += conditions(asked, None, origin_of(caller) if caller else None, bind)
    wgs84 = "ST_Transform(ST_SetSRID(ST_MakePoint({}, {}), 4546), 4326)".format
    return (
        f"SELECT jobs, {wgs84('x', 'y')}::point AS middle, {wgs84('west', 'south')}::point AS first,"  # noqa: S608
        f" {wgs84('east', 'north')}::point AS last,"
        f" convert_to(card || place_{asked.shown_in} || '}}', 'UTF8') AS card"
        " FROM (SELECT count(*) AS jobs, avg(pt[0]) AS x, avg(pt[1]) AS y, min(pt[0]) AS west,"
        " min(pt[1]) AS south, max(pt[0]) AS east, max(pt[1]) AS north, min(ctid) AS one"
        f" FROM listings WHERE {' AND '.join(where)}"
        f" GROUP BY floor(pt[0] / {size}), floor(pt[1] / {size})) cells"
        # Within one statement's snapshot a row's address stays: only cells of one job fetch its card.
        " LEFT JOIN listings ON jobs = 1 AND listings.ctid = one ORDER BY jobs DESC, x, y"
    ), bind.values


def outline_of(corners: tuple[float, float, float, float], datum: Datum) -> list[tuple[float, float]]:
    """Return a box of a datum's degrees as a polygon of the plane."""
    west, south, east, north = corners
    steps = [n / _EDGE for n in range(_EDGE)]
    around = [(west + (east - west) * s, south) for s in steps]
    around += [(east, south + (north - south) * s) for s in steps]
    around += [(east - (east - west) * s, north) for s in steps]
    around += [(west, north - (north - south) * s) for s in steps]
    return [project(to_wgs84(lng, lat, datum)) for lng, lat in around]


def _cluster(row: "Sequence[Any]", datum: Datum) -> bytes:
    jobs, middle, first, last, card = row
    lng, lat = shown(Wgs84(*middle), datum)
    west, south = shown(Wgs84(*first), datum)
    east, north = shown(Wgs84(*last), datum)
    box = {"west": west, "south": south, "east": east, "north": north}
    about = json.dumps({"jobs": jobs, "lng": lng, "lat": lat, "bbox": box})
    return about[:-1].encode() + b',"job":' + (card or b"null") + b"}"
