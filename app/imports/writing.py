"""Writing an import that was confirmed: one transaction, so all of it or nothing."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, work
from app.core.db import Database
from app.core.events import emit_all
from app.imports.checking import forget_rows, note, settle, told
from app.imports.columns import KEY, RowFault
from app.imports.intake import Intake
from app.imports.kinds import INTAKES
from app.imports.models import Import, ImportRow, ImportState, Outcome
from app.stations.queries import responsible_for

# Each statement stays well within its time-out, and progress is seen.
STRETCH = 2_500
_TAKEN = text(
    """SELECT r.number FROM import_rows r JOIN imported_keys k ON k.key_index = r.key_index
       WHERE r.import_id = :import_id AND r.outcome <> 'unchanged' ORDER BY r.number LIMIT 1000"""
)
_KEYS = text(
    """INSERT INTO imported_keys (key_index, kind, object_id, digest, import_id)
       SELECT key_index, CAST(:kind AS varchar), object_id, digest, import_id FROM import_rows
       WHERE import_id = :import_id AND outcome <> 'unchanged' AND number BETWEEN :first AND :last"""
)
# What the ledger's entry stands for: the objects that imported_keys names for this import.
_OBJECTS = text(
    """SELECT encode(sha256(convert_to(string_agg(object_id::text, ',' ORDER BY key_index), 'UTF8')), 'hex')
       FROM imported_keys WHERE import_id = :import_id"""
)
_STALE = "检查之后有关资料已变(已登记、已导入、已过期或已停用),请重新导入"


@work.task("imports.write")
async def write(database: Database, *, import_id: str) -> None:
    """Write what was checked, unless it is written; what no longer holds refuses the whole."""
    async with database.transaction() as session:
        # One at a time. Not the row's lock: progress is noted on the row from outside this transaction.
        await session.execute(select(func.pg_advisory_xact_lock(_lock(import_id))))
        imported = await session.get(Import, UUID(import_id))
        if imported is None or imported.state is not ImportState.WRITING:
            return
        intake = INTAKES[imported.kind]
        given = {"import_id": imported.id, "now": clock.now()}
        if await _refused(session, imported, intake, given):
            return
        await _progress(database, imported.id, 0)
        given |= await _stations(session, imported.id)
        last = await session.scalar(
            select(func.max(ImportRow.number)).where(ImportRow.import_id == imported.id)
        )
        for first in range(0, (last or 0) + 1, STRETCH):
            await _stretch(session, imported, intake, given | {"first": first, "last": first + STRETCH - 1})
            await _progress(database, imported.id, min(first + STRETCH, last or 0))
        await session.refresh(imported)  # progress was noted from outside
        imported.rows_written = imported.rows_new + imported.rows_linked
        imported.state, imported.changed_at = ImportState.DONE, clock.now()
        await forget_rows(session, imported.id)
        # One entry for all: a chained entry for each would hold up everybody's commits (decision 0015).
        objects = await session.scalar(_OBJECTS, {"import_id": imported.id})
        await told(session, imported, "import.done", objects_sha256=objects)
        await work.promise(session, "imports.forget_file", {"import_id": import_id})


async def _refused(session: AsyncSession, imported: Import, intake: Intake, given: dict[str, Any]) -> bool:
    stale = {*await session.scalars(_TAKEN, {"import_id": imported.id})}
    asked = {name: value for name, value in given.items() if f":{name}" in intake.stale.text}
    stale |= {*await session.scalars(intake.stale, asked)}
    if not stale:
        return False
    await note(session, imported, [RowFault(n, KEY.heading, "stale", _STALE) for n in sorted(stale)])
    await settle(session, imported)
    return True


async def _stretch(session: AsyncSession, imported: Import, intake: Intake, given: dict[str, Any]) -> None:
    for statement in intake.writing:
        asked = {name: value for name, value in given.items() if f":{name}" in statement.text}
        await session.execute(statement, asked)
    await session.execute(
        _KEYS, {name: given[name] for name in ("import_id", "first", "last")} | {"kind": imported.kind.value}
    )
    if intake.event:
        new = select(ImportRow.object_id).where(
            ImportRow.import_id == imported.id,
            ImportRow.outcome == Outcome.NEW,
            ImportRow.number.between(given["first"], given["last"]),
        )
        await emit_all(session, [intake.event(object_id) for object_id in await session.scalars(new)])


async def _stations(session: AsyncSession, import_id: UUID) -> dict[str, list[Any]]:
    """Return who is responsible for each township of the import, locked against closing."""
    division = ImportRow.content["division"].astext
    asked = select(division).where(ImportRow.import_id == import_id, ImportRow.outcome == Outcome.NEW)
    townships = list(await session.scalars(asked.distinct().order_by(division)))
    return {
        "townships": townships,
        "stations": [await responsible_for(session, township) for township in townships],
    }


async def _progress(database: Database, import_id: UUID, rows: int) -> None:
    """Let whoever waits see how far it is, before anything of it is there."""
    async with database.transaction(beside=True) as session:
        await session.execute(
            update(Import).where(Import.id == import_id).values(rows_written=rows, changed_at=clock.now())
        )


def _lock(import_id: str) -> int:
    return int.from_bytes(hashlib.sha256(f"import/{import_id}".encode()).digest()[:8], signed=True)
