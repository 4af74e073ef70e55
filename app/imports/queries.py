"""Which imports there are within reach, and what is wrong in them."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core.problems import NotFound
from app.imports.models import Import, ImportFault, ImportKind


def in_reach_of(officer: Officer, kind: ImportKind | None = None) -> Select[Import]:
    """Return the imports of the stations within reach (index division, id)."""
    statement = select(Import).where(officer.reaches(Import.division))
    return statement.where(Import.kind == kind) if kind else statement


async def one_in_reach(session: AsyncSession, officer: Officer, import_id: UUID) -> Import:
    imported = await session.scalar(in_reach_of(officer).where(Import.id == import_id))
    if imported is None:
        raise NotFound
    return imported


def faults_of(import_id: UUID) -> Select[ImportFault]:
    """Return what is wrong in an import, in the order of finding (index import_id, id)."""
    return select(ImportFault).where(ImportFault.import_id == import_id)
