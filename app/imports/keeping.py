"""Imports that nobody sees to: work that was lost is promised again, what is left lying is called off."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import SYSTEM
from app.audit.people import belongs
from app.core import clock, work
from app.core.db import Database
from app.core.events import at_once
from app.core.ports import ports
from app.core.rounds import each
from app.identity.events import AccountClosing
from app.imports import checking, writing
from app.imports.actions import call_off
from app.imports.models import Import, ImportedKey, ImportState

# Longer than a slice may take and than it takes to give stalled work back.
LOST_AFTER = timedelta(minutes=3)
LEFT_AFTER = timedelta(days=3)
DOING = {ImportState.CHECKING: "imports.check", ImportState.WRITING: "imports.write"}
REGISTERED = [checking, writing]


@work.task("imports.forget_file")
async def forget_file(database: Database, *, import_id: str) -> None:
    """Delete the file of an import that has ended, and what was shown of it."""
    async with database.transaction() as session:
        imported = await session.get_one(Import, UUID(import_id), with_for_update=True)
        imported.preview = []
        if imported.file_key:
            await ports().files.delete(imported.file_key)
            imported.file_key = None


@belongs
def imports_of(account_id: UUID) -> Select[UUID]:
    """Return what the ledger says of a person under the import that brought her or him (index object_id)."""
    return select(ImportedKey.import_id).where(ImportedKey.object_id == account_id)


@at_once(AccountClosing)
async def forget_the_key(session: AsyncSession, event: AccountClosing) -> None:
    """Let a person who left be brought again: the key led to who is no more."""
    await session.execute(delete(ImportedKey).where(ImportedKey.object_id == event.account_id))


@work.at_times("* * * * *")
async def see_to_imports(database: Database) -> None:
    """Promise again what has not moved, and call off what nobody confirmed (index ix_imports_unended)."""
    unended = select(Import.id).where(Import.state.not_in([ImportState.DONE, ImportState.CANCELLED]))
    lost = unended.where(Import.changed_at < clock.now() - LOST_AFTER, Import.state.in_(DOING))
    await each(database, lost, _promise_again)
    left = unended.where(Import.changed_at < clock.now() - LEFT_AFTER, Import.state.not_in(DOING))
    await each(database, left, _call_off)


async def _promise_again(session: AsyncSession, import_id: UUID) -> None:
    imported = await session.get_one(Import, import_id, with_for_update={"key_share": True})
    name = DOING.get(imported.state)
    if name and imported.changed_at < clock.now() - LOST_AFTER:
        imported.changed_at = clock.now()
        await work.promise(session, name, {"import_id": str(import_id)})


async def _call_off(session: AsyncSession, import_id: UUID) -> None:
    imported = await session.get_one(Import, import_id, with_for_update={"key_share": True})
    if imported.state in (ImportState.READY, ImportState.REFUSED):
        await call_off(session, SYSTEM, imported)
