"""Sealed fields of many people in one spreadsheet: with a reason, and one entry in the ledger."""

import asyncio
from collections.abc import Callable, Sequence
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.access.asking import Officer
from app.audit.actions import record
from app.core import exports
from app.core.keyring import unseal
from app.employers.actions import contact_of
from app.employers.models import Employer
from app.identity.models import Account, AccountState
from app.imports.schemas import EmployerField, EmployersUnsealed, WorkerField, WorkersUnsealed
from app.workers.models import Worker

PAGE = 500
_OF_WORKERS = {
    WorkerField.NAME: "姓名",
    WorkerField.ID_NUMBER: "证件号码",
    WorkerField.PHONE: "手机号",
}
_OF_EMPLOYERS = {
    EmployerField.NAME: "个人雇主姓名",
    EmployerField.ID_NUMBER: "个人雇主证件号码",
    EmployerField.CONTACT_NAME: "联系人",
    EmployerField.CONTACT_PHONE: "联系电话",
}
Line = Callable[[Any], list[Any]]


async def workers(session: AsyncSession, officer: Officer, asked: WorkersUnsealed) -> IO[bytes]:
    """Return the workers within reach with their sealed fields in the clear."""
    division = func.coalesce(Worker.division, "1410")
    statement = select(Worker, Account, Worker.id).join(Account, Account.id == Worker.id)
    statement = statement.where(officer.reaches(division), Account.state == AccountState.ACTIVE)
    if asked.division:
        statement = statement.where(division.bool_op("^@")(asked.division))
    fields = list(dict.fromkeys(asked.fields))

    def line(row: Any) -> list[Any]:
        worker, account = row[0], row[1]
        return [
            worker.id,
            worker.name_shown,
            worker.division,
            *(_of_worker(worker, account, f) for f in fields),
        ]

    headings = ["编号", "称呼", "区划", *(_OF_WORKERS[field] for field in fields)]
    file, rows = await _written(session, "劳动者", statement, Worker.id, headings, line)
    await _noted(session, officer, "worker", asked.reason, asked.division, fields, rows)
    return file


async def employers(session: AsyncSession, officer: Officer, asked: EmployersUnsealed) -> IO[bytes]:
    """Return the employers within reach with their sealed fields in the clear."""
    statement = select(Employer, Employer.id).where(officer.reaches(Employer.division))
    if asked.division:
        statement = statement.where(Employer.division.bool_op("^@")(asked.division))
    fields = list(dict.fromkeys(asked.fields))

    def line(row: Any) -> list[Any]:
        one = row[0]
        known = [one.id, one.name, one.uscc, one.division, one.state.value]
        return [*known, *(_of_employer(one, field) for field in fields)]

    headings = [
        "编号",
        "名称",
        "统一社会信用代码",
        "区划",
        "状态",
        *(_OF_EMPLOYERS[field] for field in fields),
    ]
    file, rows = await _written(session, "用工主体", statement, Employer.id, headings, line)
    await _noted(session, officer, "employer", asked.reason, asked.division, fields, rows)
    return file


def _of_worker(worker: Worker, account: Account, field: WorkerField) -> str | None:
    if field is WorkerField.PHONE:
        return account.phone
    sealed = worker.name_sealed if field is WorkerField.NAME else worker.id_number_sealed
    return unseal(sealed, f"workers/{field}/{worker.id}") if sealed else None


def _of_employer(employer: Employer, field: EmployerField) -> str | None:
    if field in (EmployerField.CONTACT_NAME, EmployerField.CONTACT_PHONE):
        contact = contact_of(employer)
        return contact.name if field is EmployerField.CONTACT_NAME else contact.phone
    sealed = employer.name_sealed if field is EmployerField.NAME else employer.id_number_sealed
    return unseal(sealed, f"employers/{field}/{employer.id}") if sealed else None


async def _written(
    session: AsyncSession,
    title: str,
    statement: Select[*tuple[Any, ...]],
    by: InstrumentedAttribute[UUID],
    headings: Sequence[str],
    line: Line,
) -> tuple[IO[bytes], int]:
    """Write the rows page by page, in the order of their ids; a hundred thousand at most."""
    last: UUID | None = None
    with exports.Growing(title, headings) as sheet:
        while sheet.rows < exports.MOST_ROWS:
            page = statement.where(by > last) if last else statement
            rows = (await session.execute(page.order_by(by).limit(PAGE))).all()
            await asyncio.to_thread(sheet.add, [line(row) for row in rows])
            if len(rows) < PAGE:
                break
            last = rows[-1][-1]
        count = sheet.rows
        if count >= exports.MOST_ROWS:
            sheet.add([exports.bounded(count)])
        return await asyncio.to_thread(sheet.finish), count


async def _noted(
    session: AsyncSession,
    officer: Officer,
    kind: str,
    reason: str,
    division: str | None,
    fields: Sequence[str],
    rows: int,
) -> None:
    await record(
        session,
        officer.actor,
        f"{kind}.export",
        object_kind=kind,
        object_id=None,
        division=officer.station.division,
        after={"fields": [str(field) for field in fields], "rows": rows, "division": division},
        reason=reason,
    )
