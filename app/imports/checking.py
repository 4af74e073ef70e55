"""Checking an import: promised work, a slice at a time, each batch of rows in a transaction of its own.

A slice that is interrupted goes on after the last batch that was committed; two that run at once find out
by the number of rows that are checked already. The event loop is free meanwhile: rows are read and sealed
beside it.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.audit.models import ActorKind
from app.core import clock, work
from app.core.db import Database
from app.core.files import FileAbsent
from app.core.sheets import SheetRefused
from app.core.types import new_id
from app.imports import reading
from app.imports.columns import KEY, Cells, Line, RowFault
from app.imports.intake import LNG, Intake, begun, known_keys
from app.imports.kinds import INTAKES
from app.imports.models import Import, ImportFault, ImportRow, ImportState, Outcome
from app.imports.problems import ImportUnreadable
from app.imports.reference import Reference

BATCH = 1_000
# A job under way for longer than work.TOO_LONG_S is given back: a slice ends well before.
SLICE_S = 15
MOST_ERRORS = 1_000
SHOWN_ROWS = 20
_BORDER_M = 500
# One county's points after another, so that its boundary is unpacked and prepared once.
_OUTSIDE = text(
    """SELECT p.n FROM unnest(CAST(:n AS int[]), CAST(:county AS text[]), CAST(:lng AS float8[]),
         CAST(:lat AS float8[])) AS p(n, county, lng, lat)
       JOIN divisions d ON d.code = p.county
       WHERE NOT ST_Intersects(d.boundary::geometry, ST_SetSRID(ST_MakePoint(p.lng, p.lat), 4326))
         AND NOT ST_DWithin(d.boundary, ST_SetSRID(ST_MakePoint(p.lng, p.lat), 4326)::geography, :border)"""
)


@work.task("imports.check")
async def check(database: Database, *, import_id: str) -> None:
    """Check an import for the length of a slice, and promise the next one."""
    async with database.transaction(read_only=True) as session:
        imported = await session.get(Import, UUID(import_id))
        if imported is None or imported.state is not ImportState.CHECKING:
            return
        reference = await Reference.load(session, imported.served)
    intake = INTAKES[imported.kind]
    try:
        total, rows = await reading.rows(await reading.kept(imported.id, imported.file_key or ""))
        headings = reading.headings(next(rows, None), intake.columns)
    except (SheetRefused, FileAbsent):
        await _refuse_whole(database, imported.id, ImportUnreadable.code, ImportUnreadable.title)
        return
    except reading.FormUnknown as unknown:
        message = f"第一行缺少列“{unknown}”,请使用本类的模板"
        await _refuse_whole(database, imported.id, "heading_missing", message)
        return
    await _go_on(database, imported, intake, reference, headings, rows, total)


async def _go_on(
    database: Database,
    imported: Import,
    intake: Intake,
    reference: Reference,
    headings: list[str],
    rows: Iterator[list[Any]],
    total: int,
) -> None:
    began, at = time.monotonic(), 0
    for batch in reading.slices(rows, BATCH):
        first, at = at, at + len(batch)
        if at <= imported.rows_checked:
            continue
        lines = await asyncio.to_thread(_read, imported, intake, reference, headings, batch, first)
        tired = time.monotonic() - began > SLICE_S
        if (
            not await _batch(database, imported.id, intake, lines, first, at, total=total, tired=tired)
            or tired
        ):
            return
    async with database.transaction() as session:
        locked = await _locked(session, imported.id)
        if locked.state is ImportState.CHECKING and locked.rows_checked == at:
            await _conclude(session, locked, intake)


def _read(
    imported: Import,
    intake: Intake,
    reference: Reference,
    headings: list[str],
    batch: Sequence[list[Any]],
    first: int,
) -> list[Line]:
    """Read a batch; rows without any text are left out."""
    lines = []
    for number, row in enumerate(batch, first + reading.HEADINGS_ROW + 1):
        if all(cell is None or cell == "" for cell in row):
            continue
        line = Line(number)
        cells = Cells(line, dict(zip(headings, row, strict=False)))
        begun(line, imported.kind, imported.scope, cells)
        intake.read(cells, reference)
        lines.append(line)
    return lines


async def _batch(
    database: Database,
    import_id: UUID,
    intake: Intake,
    lines: list[Line],
    first: int,
    last: int,
    *,
    total: int,
    tired: bool,
) -> bool:
    """Decide on a batch and keep it; tells whether to go on, for somebody else may be at it."""
    async with database.transaction() as session:
        imported = await _locked(session, import_id)
        if imported.state is not ImportState.CHECKING or imported.rows_checked != first:
            return False
        good = [line for line in lines if not line.faults]
        await known_keys(session, good)
        undecided = [line for line in good if not line.faults and line.outcome is Outcome.NEW]
        await intake.decide(session, imported, undecided)
        await _keep_within_counties(session, undecided)
        good = [line for line in good if not line.faults]
        kept = await asyncio.to_thread(_kept, import_id, intake, good)
        if kept:
            await session.execute(insert(ImportRow), kept)
        await note(session, imported, [fault for line in lines for fault in line.faults])
        imported.rows_read, imported.rows_checked = total, last
        imported.changed_at = clock.now()
        shown = [{"row": line.number, "outcome": line.outcome.value, "cells": line.shown} for line in good]
        imported.preview = [*imported.preview, *shown][:SHOWN_ROWS]
        if tired:
            await work.promise(session, "imports.check", {"import_id": str(import_id)})
    return True


def _kept(import_id: UUID, intake: Intake, lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {
            "import_id": import_id,
            "number": line.number,
            "key_index": line.key_index,
            "digest": line.digest,
            "person_index": line.person_index,
            "phone_index": line.phone_index,
            "outcome": line.outcome,
            "object_id": line.object_id,
            "content": intake.content(line) if line.outcome is Outcome.NEW else {},
        }
        for line in lines
    ]


async def _keep_within_counties(session: AsyncSession, lines: Sequence[Line]) -> None:
    """Refuse points that lie outside the county of the township that their row names."""
    points = sorted((line.point, n) for n, line in enumerate(lines) if line.point)
    if not points:
        return
    given = {
        "n": [n for _, n in points],
        "county": [point[0] for point, _ in points],
        "lng": [point[1] for point, _ in points],
        "lat": [point[2] for point, _ in points],
        "border": _BORDER_M,
    }
    for n in await session.scalars(_OUTSIDE, given):
        lines[n].wrong(LNG, "place_outside_county", "坐标不在所填乡镇所属的县(市、区)内,请核对坐标系")


async def note(session: AsyncSession, imported: Import, faults: Sequence[RowFault]) -> None:
    """Count what is wrong, and keep the first thousand of it."""
    room = max(0, MOST_ERRORS - imported.error_count)
    imported.error_count += len(faults)
    if faults[:room]:
        await session.execute(
            insert(ImportFault),
            [{"id": new_id(), "import_id": imported.id, **fault._asdict()} for fault in faults[:room]],
        )


async def _conclude(session: AsyncSession, imported: Import, intake: Intake) -> None:
    """Look at the file as a whole, and let it be confirmed if nothing is wrong."""
    for columns, column in [("key_index", KEY), *intake.once]:
        await note(session, imported, await _given_twice(session, imported.id, columns, column.heading))
    counts = await session.execute(
        text("SELECT outcome, count(*) FROM import_rows WHERE import_id = :id GROUP BY outcome"),
        {"id": imported.id},
    )
    for outcome, count in counts.all():
        setattr(imported, f"rows_{outcome}", count)
    if not (imported.rows_new + imported.rows_linked + imported.rows_unchanged + imported.error_count):
        await note(session, imported, [RowFault(1, None, "no_rows", "没有填写任何一行")])
    await settle(session, imported)


async def settle(session: AsyncSession, imported: Import) -> None:
    """Make the import ready or refused by what was found, and write that into the ledger."""
    wrong = imported.error_count > 0
    imported.state = ImportState.REFUSED if wrong else ImportState.READY
    imported.changed_at = clock.now()
    if wrong:
        await forget_rows(session, imported.id)
    await told(session, imported, "import.checked")


async def _given_twice(session: AsyncSession, id_: UUID, columns: str, heading: str) -> list[RowFault]:
    found = await session.execute(
        text(
            f"""SELECT number, first FROM (
                  SELECT number, min(number) OVER (PARTITION BY {columns}) AS first FROM import_rows
                  WHERE import_id = :id AND ({columns}) IS NOT NULL) AS met
                WHERE number > first ORDER BY number LIMIT {MOST_ERRORS}"""  # noqa: S608 - our own columns
        ),
        {"id": id_},
    )
    return [RowFault(row, heading, "given_twice", f"与第 {first} 行重复") for row, first in found.all()]


async def _refuse_whole(database: Database, import_id: UUID, code: str, message: str) -> None:
    async with database.transaction() as session:
        imported = await _locked(session, import_id)
        if imported.state is ImportState.CHECKING:
            await note(session, imported, [RowFault(reading.HEADINGS_ROW, None, code, message)])
            await settle(session, imported)


async def forget_rows(session: AsyncSession, import_id: UUID) -> None:
    """Delete what was staged."""
    await session.execute(text("DELETE FROM import_rows WHERE import_id = :id"), {"id": import_id})


async def told(session: AsyncSession, imported: Import, action: str, **more: Any) -> None:
    """Write what became of an import into the ledger, under whoever brought it."""
    await record(
        session,
        brought_by(imported),
        action,
        object_kind="import",
        object_id=imported.id,
        division=imported.division,
        after={
            "kind": imported.kind.value,
            "state": imported.state.value,
            "sha256": imported.sha256,
            "rows": imported.rows_read,
            "new": imported.rows_new,
            "linked": imported.rows_linked,
            "unchanged": imported.rows_unchanged,
            "errors": imported.error_count,
            **more,
        },
    )


def brought_by(imported: Import) -> Actor:
    """Return who uploaded the import."""
    return Actor(ActorKind.STAFF, imported.staff_id, imported.staff_name, imported.address)


async def _locked(session: AsyncSession, import_id: UUID) -> Import:
    return await session.get_one(Import, import_id, with_for_update={"key_share": True})
