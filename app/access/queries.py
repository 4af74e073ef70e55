"""What staff ask of the ledger."""

from uuid import UUID

from sqlalchemy import Select, select

from app.access.asking import Officer
from app.audit.models import Entry


def ledger(
    officer: Officer, actor_id: UUID | None, object_id: UUID | None, action: str | None
) -> Select[Entry]:
    """Return the entries within reach (ids are UUIDv7: the primary key is the order in time)."""
    statement = select(Entry).where(officer.reaches(Entry.division))
    if actor_id:
        statement = statement.where(Entry.actor_id == actor_id)
    if object_id:
        statement = statement.where(Entry.object_id == object_id)
    if action:
        statement = statement.where(Entry.action == action)
    return statement
