"""The sheet that a person without a phone signs, and who signed it."""

from uuid import UUID

from pydantic import ValidationError

from app.core import typeset
from app.core.problems import refuse_field
from app.stations.models import Station
from app.workers.schemas import RealNameGiven

SHEET = "counter/print/consent.typ"


async def sheet(station: Station) -> bytes:
    """Return the empty consent sheet of a station as PDF, one A4 page."""
    return await typeset.pdf(
        SHEET, {"station": station.name, "phone": station.phone or "", "address": station.address or ""}
    )


def signed_by(worker_id: UUID | None, name: str | None, id_number: str | None) -> UUID | RealNameGiven:
    """Return whom a signed sheet is of: a worker that is known, or what stands on the document."""
    if worker_id is not None and name is None and id_number is None:
        return worker_id
    if worker_id is None and name is not None and id_number is not None:
        try:
            return RealNameGiven(name=name, id_number=id_number)
        except ValidationError:  # such as blanks alone, which are cut off
            raise refuse_field("/name", "name_invalid", "请按证件填写", "As on the document") from None
    raise refuse_field(
        "/worker_id",
        "one_of",
        "请填 worker_id,或同时填 name 与 id_number",
        "Give worker_id, or both name and id_number",
    )
