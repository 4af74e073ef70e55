"""The conditions of an engagement as flat names and values: compared, and put into terms. Pure."""

import copy
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from app.jobs.models import Job, Per, Shift
from app.jobs.wages import hourly_of

Conditions = dict[str, Any]
TIMES = ("starts_at", "ends_at")
# Where each condition stands in the terms; `division` goes with the place.
_IN_TERMS = {
    "starts_at": ("shift", "starts_at"),
    "ends_at": ("shift", "ends_at"),
    "title": ("job", "title"),
    "description": ("job", "description"),
    "requirements": ("job", "requirements"),
    "insurance": ("insurance",),
    "place": ("job", "place"),
    "division": ("job", "division"),
    "pay_settlement": ("pay", "settlement"),
}


def of_terms(body: dict[str, Any]) -> Conditions:
    """Return what a version of the terms says."""
    found = {name: _at(body, path) for name, path in _IN_TERMS.items()}
    pay = body["pay"]
    found["pay"] = {name: pay.get(name) for name in ("amount_fen", "per", "expected_minutes")}
    return found | {name: instant(datetime.fromisoformat(found[name])) for name in TIMES}


def of_posting(job: Job, shift: Shift) -> Conditions:
    """Return what the posting says now."""
    return {
        "starts_at": instant(shift.starts_at),
        "ends_at": instant(shift.ends_at),
        "title": job.title,
        "description": job.description,
        "requirements": job.requirements_text,
        "insurance": job.insurance and job.insurance.value,
        "place": (job.places or {}).get("wgs84"),
        "division": job.division,
        "pay": pay_of(job.pay_fen, job.pay_per, job.expected_minutes),
        "pay_settlement": job.pay_settlement and job.pay_settlement.value,
    }


def pay_of(amount_fen: int | None, per: Per | None, expected_minutes: int | None) -> dict[str, Any]:
    """Return pay as it stands in terms and changes."""
    return {"amount_fen": amount_fen, "per": per and per.value, "expected_minutes": expected_minutes}


def instant(at: datetime) -> str:
    """Write an instant in one way, so that equal ones look alike."""
    return at.astimezone(UTC).isoformat()


def difference(
    agreed: Conditions, wanted: Conditions, names: Iterable[str]
) -> tuple[Conditions, Conditions] | None:
    """Return what would change, before and after; None if nothing would.

    Times go together, and a place with its division.
    """
    found = {name for name in names if agreed[name] != wanted[name]}
    if found & {*TIMES}:
        found |= {*TIMES}
    if "place" in found:
        found |= {"division"}
    ordered = [name for name in wanted if name in found]
    return ({n: agreed[n] for n in ordered}, {n: wanted[n] for n in ordered}) if ordered else None


def applied(body: dict[str, Any], after: Conditions, lump_minutes: int | None = None) -> dict[str, Any]:
    """Return terms that say what was consented to; what an hour pays is reckoned anew.

    `lump_minutes` are those of all shifts, among which a lump of pay is shared.
    """
    made = copy.deepcopy(body)
    for name, value in after.items():
        if name in _IN_TERMS:
            *path, last = _IN_TERMS[name]
            _at(made, path)[last] = value
        elif name == "pay":
            made["pay"] |= value
            made["pay"].pop("lump_minutes", None)
    pay = made["pay"]
    if pay["per"] == Per.JOB and lump_minutes is not None:
        pay["lump_minutes"] = lump_minutes
    minutes = minutes_in(of_terms(made))
    pay["hourly_fen"] = hourly_of(pay["amount_fen"], Per(pay["per"]), pay["expected_minutes"], minutes)
    return made


def minutes_in(conditions: Conditions) -> int:
    """Return the length of the shift in minutes."""
    starts_at, ends_at = (datetime.fromisoformat(conditions[name]) for name in TIMES)
    return int((ends_at - starts_at).total_seconds()) // 60


def _at(body: dict[str, Any], path: Iterable[str]) -> Any:
    found: Any = body
    for step in path:
        found = found[step]
    return found
