"""The city's real divisions, loaded from the files in data/ (sources: data/README.md)."""

import csv
import json
from importlib.resources import files
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.geo.models import Division, Level
from app.geo.places import stored
from app.geo.points import Wgs84

CITY = "1410"
# The development zone inside Yaodu, by the bureau's pattern for zones (docs/decisions/0011).
ZONE, ZONES_COUNTY = "141002400", "141002"
DATA = files("app.geo") / "data"


async def load(session: AsyncSession) -> None:
    """Insert the divisions that are missing; a name or position that staff mended stays."""
    counties = json.loads((DATA / "counties.geojson").read_text("utf-8"))["features"]
    rows: list[dict[str, Any]] = [
        {"code": CITY, "name": "临汾市", "level": Level.CITY, "parent_code": None, "boundary": None}
    ]
    rows += [
        {
            "code": county["properties"]["code"],
            "name": county["properties"]["name"],
            "level": Level.COUNTY,
            "parent_code": CITY,
            "boundary": func.ST_GeomFromGeoJSON(json.dumps(county["geometry"])),
        }
        for county in counties
    ]
    zone = {"code": ZONE, "name": "临汾经济开发区", "level": Level.ZONE, "parent_code": ZONES_COUNTY}
    rows.append(zone | {"boundary": None})
    for row in rows:
        await session.execute(insert(Division).values(row).on_conflict_do_nothing())
    townships = [
        {
            "code": row["code"],
            "name": row["name"],
            "level": Level.TOWNSHIP,
            "parent_code": row["county_code"],
            "seat": stored(Wgs84(float(row["longitude"]), float(row["latitude"]))),
            "position_source": row["position_source"],
        }
        for row in csv.DictReader((DATA / "townships.csv").read_text("utf-8").splitlines())
    ]
    await session.execute(insert(Division).on_conflict_do_nothing(), townships)
