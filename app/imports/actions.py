"""What staff do with an import: bring it, confirm it, call it off."""

import hashlib
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import Actor, record
from app.core import clock, work
from app.core.problems import Fault, NotFound
from app.core.types import new_id
from app.imports import reading
from app.imports.checking import forget_rows
from app.imports.models import Import, ImportKind, ImportState
from app.imports.problems import ImportStateConflict, ImportUnderWay, ImportUnreadable
from app.imports.queries import in_reach_of

AT_ONCE = 3
_COUNTY_DIGITS = 6


async def begin(session: AsyncSession, officer: Officer, kind: ImportKind, content: bytes) -> Import:
    """Keep the file and promise to check it; refuses what can't be an xlsx, and a fourth one at once."""
    if not content.startswith(reading.ZIP) or len(content) > reading.MOST_BYTES:
        title, title_en = ImportUnreadable.title, ImportUnreadable.title_en
        raise ImportUnreadable(faults=[Fault("/file", ImportUnreadable.code, title, title_en)])
    division = officer.station.division
    unended = select(func.count()).where(
        Import.division == division, Import.state.in_([ImportState.CHECKING, ImportState.WRITING])
    )
    if (await session.scalar(unended) or 0) >= AT_ONCE:
        raise ImportUnderWay
    imported = Import(
        id=new_id(),
        kind=kind,
        state=ImportState.CHECKING,
        division=division,
        scope=division[:_COUNTY_DIGITS],
        served=list(officer.served),
        staff_id=officer.staff.id,
        staff_name=officer.staff.name,
        address=officer.address,
        sha256=hashlib.sha256(content).hexdigest(),
        rows_read=0,
        rows_checked=0,
        rows_written=0,
        rows_new=0,
        rows_linked=0,
        rows_unchanged=0,
        error_count=0,
        preview=[],
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    imported.file_key = await reading.keep(imported.id, content)
    session.add(imported)
    await session.flush()
    await _noted(session, officer.actor, imported, "import.begin", None)
    await work.promise(session, "imports.check", {"import_id": str(imported.id)})
    return imported


async def confirm(session: AsyncSession, officer: Officer, import_id: UUID) -> Import:
    """Have a checked import written as a whole; refuses one for divisions not served any more."""
    imported = await _locked(session, officer, import_id)
    imported.must_be(ImportState.READY)
    if not all(code.startswith(officer.served) for code in imported.served):
        zh = "检查之后服务区划已变,请取消后重新导入"
        raise ImportStateConflict(zh, "The divisions served have changed since; cancel it and import again")
    before, imported.state, imported.changed_at = imported.state, ImportState.WRITING, clock.now()
    await _noted(session, officer.actor, imported, "import.confirm", before)
    await work.promise(session, "imports.write", {"import_id": str(imported.id)})
    return imported


async def cancel(session: AsyncSession, officer: Officer, import_id: UUID) -> Import:
    """Call off an import of which nothing is written yet."""
    imported = await _locked(session, officer, import_id)
    imported.must_be(ImportState.CHECKING, ImportState.READY, ImportState.REFUSED)
    await call_off(session, officer.actor, imported)
    return imported


async def call_off(session: AsyncSession, actor: Actor, imported: Import) -> None:
    """End an import, and forget its rows and its file."""
    before, imported.state, imported.changed_at = imported.state, ImportState.CANCELLED, clock.now()
    await forget_rows(session, imported.id)
    await _noted(session, actor, imported, "import.cancel", before)
    await work.promise(session, "imports.forget_file", {"import_id": str(imported.id)})


async def _locked(session: AsyncSession, officer: Officer, import_id: UUID) -> Import:
    one = in_reach_of(officer).where(Import.id == import_id).with_for_update(key_share=True)
    imported = await session.scalar(one)
    if imported is None:
        raise NotFound
    return imported


async def _noted(
    session: AsyncSession, actor: Actor, imported: Import, action: str, before: ImportState | None
) -> None:
    await record(
        session,
        actor,
        action,
        object_kind="import",
        object_id=imported.id,
        division=imported.division,
        before={"state": before.value} if before else None,
        after={"state": imported.state.value, "kind": imported.kind.value, "sha256": imported.sha256},
    )
