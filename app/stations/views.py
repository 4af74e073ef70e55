"""A station's sign, as every door shows it."""

from typing import Any

from app.geo.places import read_back, view
from app.geo.points import Datum
from app.stations.models import Service, Station
from app.stations.schemas import SERVICES, Hours, ServiceView


def fields_of(station: Station, datum: Datum) -> dict[str, Any]:
    place = (
        view(read_back(station.position), station.address, datum) if station.position is not None else None
    )
    return {
        "id": station.id,
        "kind": station.kind,
        "name": station.name,
        "division": station.division,
        "phone": station.phone,
        "address": station.address,
        "opening_hours": station.opening_hours,
        "hours": [Hours.model_validate(one) for one in station.hours],
        "hours_notice": station.hours_notice,
        "services": [ServiceView(code=code, name=SERVICES[code]) for code in map(Service, station.services)],
        "place": place,
        "position_approximate": station.position_source == "approximate",
    }
