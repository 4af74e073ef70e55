"""The file given back with what is wrong in it beside each row."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from typing import IO, Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core import exports
from app.core.files import FileAbsent
from app.core.problems import NotFound
from app.core.sheets import SheetRefused
from app.imports import reading
from app.imports.models import Import
from app.imports.queries import faults_of

HEADING = "错误"


async def marked(session: AsyncSession, officer: Officer, imported: Import, reason: str) -> IO[bytes]:
    """Return the original with a column of errors; 404 once the file is gone, or if it can't be read.

    It holds names, numbers and phones in the clear: the reason goes to the ledger.
    """
    said: dict[int, list[str]] = defaultdict(list)
    for fault in await session.scalars(faults_of(imported.id)):
        said[fault.row].append(f"{fault.heading}:{fault.message}" if fault.heading else fault.message)
    try:
        content = await reading.kept(imported.id, imported.file_key or "")
        _, rows = await reading.rows(content)
    except (FileAbsent, SheetRefused):
        raise NotFound from None
    await record(
        session,
        officer.actor,
        "import.marked",
        object_kind="import",
        object_id=imported.id,
        division=imported.division,
        reason=reason,
    )
    return await asyncio.to_thread(_drawn, rows, said)


def _drawn(rows: Iterator[list[Any]], said: dict[int, list[str]]) -> IO[bytes]:
    headings = [str(cell) for cell in next(rows, [])]
    with exports.Growing("有误的行", [HEADING, *headings]) as sheet:
        for number, row in enumerate(rows, reading.HEADINGS_ROW + 1):
            sheet.add([[";".join(said.get(number, [])), *row]])
        return sheet.finish()
