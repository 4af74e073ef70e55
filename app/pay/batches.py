"""Many at once: checked as a whole, every wrong line named, nothing half done."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.problems import Fault, Invalid, NotFound, Problem
from app.pay.confirming import confirm
from app.pay.models import PayRecord
from app.pay.reporting import Payment, report
from app.pay.settling import Book, books


class PaymentLine(NamedTuple):
    engagement_id: UUID
    payment: Payment


class HoursLine(NamedTuple):
    engagement_id: UUID
    minutes: int | None
    pieces: int | None


Line = TypeVar("Line", PaymentLine, HoursLine)
Pointer = Callable[[int, str], str]


def item(number: int, field: str) -> str:
    """Point at a field of one of the items, counted from nought."""
    return f"/items/{number}{field}"


async def report_all(
    session: AsyncSession,
    account_id: UUID,
    employer_id: UUID,
    lines: Sequence[PaymentLine],
    pointer: Pointer = item,
) -> int:
    """Report payments of one employer; returns their sum in fen. Refuses all (422) if one is wrong."""

    async def take(book: Book, line: PaymentLine) -> PayRecord:
        return await report(session, account_id, book, line.payment)

    await _all(session, employer_id, lines, take, pointer)
    return sum(line.payment.amount_fen for line in lines)


async def confirm_all(session: AsyncSession, employer_id: UUID, lines: Sequence[HoursLine]) -> int:
    """Confirm hours of one employer; returns what is owed in all, in fen. Refuses all if one is wrong."""

    async def take(book: Book, line: HoursLine) -> PayRecord:
        return await confirm(session, book, line.minutes, line.pieces)

    records = await _all(session, employer_id, lines, take, item)
    return sum(record.owed_fen for record in {record.id: record for record in records}.values())


async def _all(
    session: AsyncSession,
    employer_id: UUID,
    lines: Sequence[Line],
    take: Callable[[Book, Line], Awaitable[PayRecord]],
    pointer: Pointer,
) -> list[PayRecord]:
    """Take line after line with every engagement locked, in the order of their ids."""
    held = await books(session, sorted({line.engagement_id for line in lines}))
    faults: list[Fault] = []
    records = []
    for number, line in enumerate(lines):
        book = held.get(line.engagement_id)
        try:
            if book is None or book.engagement.employer_id != employer_id:
                raise NotFound
            records.append(await take(book, line))
        except Problem as problem:
            faults += _faults(problem, number, pointer)
    if faults:
        raise Invalid(faults=faults)
    return records


def _faults(problem: Problem, number: int, pointer: Pointer) -> list[Fault]:
    if problem.faults:
        return [fault._replace(pointer=pointer(number, fault.pointer)) for fault in problem.faults]
    zh, en = problem.zh or problem.title, problem.en or problem.title_en
    return [Fault(pointer(number, ""), problem.code, zh, en)]
