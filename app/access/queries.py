"""What staff ask of the ledger."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select

from app.access.asking import Officer
from app.audit.models import Entry
from app.audit.people import entries_about

_MINTED_WITHIN = timedelta(days=1)
_VERSION_7 = 7 << 76 | 2 << 62


@dataclass(frozen=True)
class LedgerFilters:
    """What of the ledger is asked for; None leaves a filter out."""

    actor_id: UUID | None = None
    object_kind: str | None = None
    object_id: UUID | None = None
    action: str | None = None
    division: str | None = None
    person_id: UUID | None = None
    from_: datetime | None = None
    until: datetime | None = None


def ledger(officer: Officer, wanted: LedgerFilters) -> Select[Entry]:
    """Return the entries within reach (ids are UUIDv7: the primary key is the order in time).

    Indexes: actor_id, object_id, object_kind and action, each with id; id with division else. A time is
    a range of ids besides, so that no other index is needed for it.
    """
    statement = select(Entry).where(officer.reaches(Entry.division))
    for column, value in (
        (Entry.actor_id, wanted.actor_id),
        (Entry.object_kind, wanted.object_kind),
        (Entry.object_id, wanted.object_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.action:
        family = Entry.action.startswith(f"{wanted.action}.", autoescape=True)
        statement = statement.where(or_(Entry.action == wanted.action, family))
    if wanted.division:
        statement = statement.where(Entry.division.bool_op("^@")(wanted.division))
    if wanted.person_id:
        statement = statement.where(Entry.id.in_(entries_about(wanted.person_id)))
    if wanted.from_:
        statement = statement.where(
            Entry.at >= wanted.from_, Entry.id >= _id_at(wanted.from_ - _MINTED_WITHIN)
        )
    if wanted.until:
        beyond = _id_at(wanted.until + _MINTED_WITHIN)
        statement = statement.where(Entry.at < wanted.until, Entry.id < beyond)
    return statement


def _id_at(instant: datetime) -> UUID:
    """Return the least UUIDv7 of an instant."""
    since_1970_ms = max(0, int(instant.timestamp() * 1000))
    return UUID(int=(since_1970_ms << 80 | _VERSION_7) & (2**128 - 1))
