"""Places as they come in and go out: a point with its datum, and an address."""

import struct
from typing import Annotated, Any

from fastapi import Query
from geoalchemy2 import WKBElement
from geoalchemy2.elements import WKTElement
from pydantic import Field

from app.core.types import Schema
from app.geo.points import Datum, Wgs84, shown, to_wgs84

Lng = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, description="经度,度", examples=[111.519])]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, description="纬度,度", examples=[36.0889])]
ShownIn = Annotated[Datum, Query(description="应答中坐标的坐标系,默认 gcj02")]
_DOUBLES = struct.Struct("<dd")
ShownInWgs84 = Annotated[Datum, Query(description="应答中坐标的坐标系,默认 wgs84")]


class PlaceGiven(Schema):
    """A place as a client gives it."""

    lng: Lng
    lat: Lat
    datum: Datum = Field(description="坐标系:wgs84、gcj02(高德、腾讯)或 bd09(百度),必填")
    address: str | None = Field(
        None,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="详细地址",
        examples=["鼓楼北大街 1 号"],
    )

    @property
    def point(self) -> Wgs84:
        return to_wgs84(self.lng, self.lat, self.datum)


class PlaceShown(Schema):
    """A place as a client sees it, in the datum asked for."""

    lng: float = Field(description="经度,度")
    lat: float = Field(description="纬度,度")
    datum: Datum = Field(description="坐标系")
    address: str | None = Field(description="详细地址")


def stored(point: Wgs84) -> Any:
    """Return the point as a geography column takes it: WKT, where reading gives WKB."""
    return WKTElement(f"POINT({point.lng!r} {point.lat!r})", srid=4326)


def read_back(element: WKBElement | WKTElement) -> Wgs84:
    """Return the point that a geography column holds."""
    if isinstance(element, WKTElement):
        lng, lat = element.data.removeprefix("POINT(").removesuffix(")").split()
        return Wgs84(float(lng), float(lat))
    # EWKB: byte order, type with flag, SRID (9 bytes in all), then two doubles.
    raw = bytes.fromhex(element.desc) if isinstance(element.data, str) else bytes(element.data)
    return Wgs84(*_DOUBLES.unpack(raw[-16:]))


def views(point: Wgs84, address: str | None) -> dict[str, dict[str, Any]]:
    """Return the place in each datum, as JSON."""
    return {
        datum.value: {
            "lng": (there := shown(point, datum))[0],
            "lat": there[1],
            "datum": datum.value,
            "address": address,
        }
        for datum in Datum
    }


def view(point: Wgs84, address: str | None, datum: Datum) -> PlaceShown:
    """Return the place in one datum."""
    lng, lat = shown(point, datum)
    return PlaceShown(lng=lng, lat=lat, datum=datum, address=address)
