"""Which entries are about a person: by or about her or him, and about what belongs to her or him."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, select, union_all

from app.audit.models import Entry

Belongings = Callable[[UUID], Select[UUID]]
_belongings: list[Belongings] = []


def belongs(ids: Belongings) -> Belongings:
    """Register what returns the ids of things that belong to an account; each must have an index for it."""
    _belongings.append(ids)
    return ids


def entries_about(person_id: UUID) -> CompoundSelect[UUID]:
    """Return the ids of the entries (indexes actor_id and object_id, each with id)."""
    about = union_all(*(ids(person_id) for ids in _belongings)).subquery() if _belongings else None
    parts = [
        select(Entry.id).where(Entry.actor_id == person_id),
        select(Entry.id).where(Entry.object_id == person_id),
    ]
    if about is not None:
        parts.append(select(Entry.id).join(about, Entry.object_id == about.c[0]))
    return union_all(*parts)
