"""Our own JSON, the one profile there is: api.md's shapes, ids and instants as text."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.mapping.canonical import degrees
from app.mapping.facts import (
    ApplicationFacts,
    BoothFacts,
    EmployerFacts,
    EngagementFacts,
    Facts,
    FairFacts,
    JobFacts,
    PersonFacts,
    PlaceFacts,
    StationFacts,
)
from app.mapping.postings import Posting

Json = dict[str, Any]


def instant(given: datetime) -> str:
    """Return an instant as RFC 3339 in UTC: with six decimals of a second, or none where they are zero."""
    return given.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _instant(given: datetime | None) -> str | None:
    return instant(given) if given else None


def _group(facts: Facts) -> Json:
    """Return under what both sides count it (docs/province-digest.md)."""
    return {"division": facts.division, "day": facts.day.isoformat()}


def place(facts: PlaceFacts) -> Json:
    return {
        "lng": degrees(facts.lng),
        "lat": degrees(facts.lat),
        "datum": "wgs84",
        "address": facts.address,
    }


def job(facts: JobFacts) -> Json:
    return {
        "title": facts.title,
        "trade": facts.trade,
        "description": facts.description,
        "place": place(facts.place),
        **_group(facts),
        "pay": {"amount_fen": facts.pay_fen, "per": facts.pay_per},
        "expected_minutes": facts.expected_minutes,
        "pay_settlement": facts.pay_settlement,
        "hiring": facts.hiring,
        "requirements": {"certificates": list(facts.certificates), "text": facts.requirements_text},
        "insurance": {"provided_by": facts.insurance},
        "employer_id": str(facts.employer_id),
        "station_id": str(facts.station_id) if facts.station_id else None,
        "shifts": [
            {
                "id": str(one.id),
                "starts_at": instant(one.starts_at),
                "ends_at": instant(one.ends_at),
                "headcount": one.headcount,
                "hired": one.hired,
            }
            for one in facts.shifts
        ],
        "valid_until": instant(facts.valid_until),
        "published_at": instant(facts.published_at),
    }


def employer(facts: EmployerFacts) -> Json:
    return {
        "kind": facts.kind,
        "name": facts.name or "个人雇主",
        "uscc": facts.uscc,
        "place": place(facts.place) if facts.place else None,
        **_group(facts),
        "station_id": str(facts.station_id),
        "verified_at": instant(facts.verified_at),
        "verified_until": instant(facts.verified_until),
    }


def engagement(facts: EngagementFacts) -> Json:
    return {
        "job_id": str(facts.job_id),
        "shift_id": str(facts.shift_id),
        "employer_id": str(facts.employer_id),
        **_group(facts),
        "station_id": str(facts.station_id),
        "state": facts.state,
        "starts_at": instant(facts.starts_at),
        "ends_at": instant(facts.ends_at),
        "minutes": facts.minutes,
        "pieces": facts.pieces,
        "agreed_at": instant(facts.agreed_at),
        "confirmed_at": _instant(facts.confirmed_at),
        "pay_state": facts.pay_state,
        "worker": person(facts.worker) if facts.worker else None,
    }


def application(facts: ApplicationFacts) -> Json:
    return {
        "job_id": str(facts.job_id),
        "source_id": facts.source_id,
        **_group(facts),
        "asked_at": instant(facts.asked_at),
        "shifts": [
            {
                "id": str(one.id),
                "starts_at": instant(one.starts_at),
                "ends_at": instant(one.ends_at),
                "state": one.state,
                "engagement_state": one.engagement_state,
            }
            for one in facts.shifts
        ],
        "worker": person(facts.worker),
    }


def person(facts: PersonFacts) -> Json:
    return {
        "id": str(facts.id),
        "name_masked": facts.name_masked,
        "key_groups": sorted(facts.key_groups),
    }


def fair(facts: FairFacts) -> Json:
    return {
        "title": facts.title,
        "text": facts.text,
        "mode": facts.mode,
        "state": facts.state,
        "starts_at": instant(facts.starts_at),
        "ends_at": instant(facts.ends_at),
        **_group(facts),
        "station_id": str(facts.station_id),
        "key_group": facts.key_group,
        "trade": facts.trade,
        "venue": facts.venue,
        "organiser": facts.organiser,
        "agency_name": facts.agency_name,
        "licence_no": facts.licence_no,
        "booths": [_booth(one) for one in facts.booths],
    }


def _booth(facts: BoothFacts) -> Json:
    return {
        "id": str(facts.id),
        "employer_id": str(facts.employer_id),
        "order": facts.order,
        "starts_at": instant(facts.starts_at),
        "ends_at": instant(facts.ends_at),
        "jobs": [{"job_id": str(one.job_id), "planned_at": _instant(one.planned_at)} for one in facts.jobs],
    }


def station(facts: StationFacts) -> Json:
    return {
        "kind": facts.kind,
        "name": facts.name,
        "parent_id": str(facts.parent_id) if facts.parent_id else None,
        **_group(facts),
        "phone": facts.phone,
        "place": place(facts.place) if facts.place else None,
        "address": facts.address,
        "opening_hours": facts.opening_hours,
        "hours": [dict(one) for one in facts.hours],
        "services": list(facts.services),
        "opened_at": instant(facts.opened_at),
    }


def posting(wire: Mapping[str, Any]) -> Posting:
    """Return what a vacancy says, in our words; it has the form that the contract gives it."""
    employer, origin = wire["employer"], wire.get("origin") or {}
    said = {name: wire[name] for name in ("description", "pay_settlement", "insurance") if wire.get(name)}
    pay = wire.get("pay")
    if pay:
        # Ours say how long a piece or the whole takes; an hour and a day say so themselves.
        minutes = wire.get("expected_minutes") if pay["per"] in ("piece", "job") else None
        said["pay"] = {"amount_fen": pay["amount_fen"], "per": pay["per"], "expected_minutes": minutes}
    until = wire.get("valid_until")
    return Posting(
        title=wire["title"],
        trade=wire["trade"],
        division=wire.get("division"),
        place=wire.get("place"),
        shifts=[dict(one) for one in wire["shifts"]],
        valid_until=datetime.fromisoformat(until) if until else None,
        # Nothing required is a condition too: an update may take one away.
        terms=said | {"requirements": wire.get("requirements") or {}},
        employer=employer["name"],
        uscc=employer["uscc"],
        city_job_id=UUID(origin["city_job_id"]) if origin.get("city_job_id") else None,
    )
