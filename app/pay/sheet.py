"""Pay as a spreadsheet: a list to read, which is also the form to fill in and send back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import sheets
from app.core.clock import SHANGHAI, day_of
from app.core.problems import Fault, Invalid
from app.engagements.models import Engagement
from app.pay.batches import PaymentLine, report_all
from app.pay.models import OwedFor, PayMethod, PayRecord, PayState
from app.pay.owed import MOST_OWED_FEN
from app.pay.problems import SheetUnreadable
from app.pay.reporting import Payment

MOST_LINES = 500
_REFERENCE_LETTERS = 100
KNOWN = ["用工编号", "项目", "劳动者", "岗位", "日期", "应付(元)", "待支付(元)", "状态", "最迟支付时间"]
TO_FILL = ["金额(元)", "方式", "参考号", "支付时间"]
OF_STAFF = ["用工主体", "区划", "逾期发现时间", "有异议(元)"]
FOR = {OwedFor.WAGE: "工资", OwedFor.LATE_CANCELLATION: "取消补偿"}
METHODS = {
    PayMethod.CASH: "现金",
    PayMethod.BANK: "银行转账",
    PayMethod.WECHAT: "微信",
    PayMethod.ALIPAY: "支付宝",
}
STATES = {
    PayState.DUE: "待支付",
    PayState.REPORTED: "待确认",
    PayState.SETTLED: "已结清",
    PayState.CONTESTED: "有异议",
    PayState.OVERDUE: "已逾期",
    PayState.CANCELLED: "无须支付",
}
_FOR = {text: kind for kind, text in FOR.items()} | {kind.value: kind for kind in OwedFor}
_METHODS = {text: kind for kind, text in METHODS.items()} | {kind.value: kind for kind in PayMethod}
Rows = Select[PayRecord, Engagement, str, str, str]


async def form(session: AsyncSession, statement: Rows) -> bytes:
    """Return an employer's pay as xlsx, the newest first; the last four columns are to be filled in."""
    found = await session.execute(statement.order_by(PayRecord.id.desc()).limit(sheets.MOST_ROWS))
    return await sheets.written("工资", KNOWN + TO_FILL, [_line(*row) for row in found.all()])


async def listing(session: AsyncSession, statement: Rows) -> bytes:
    """Return what staff list as xlsx, in the statement's own order."""
    rows = (await session.execute(statement.limit(sheets.MOST_ROWS))).all()
    lines = [
        [
            *_line(*row),
            row[4],
            row[0].division,
            _minute(row[0].overdue_at) if row[0].overdue_at else None,
            sheets.yuan(row[0].contested_fen),
        ]
        for row in rows
    ]
    return await sheets.written("工资", KNOWN + OF_STAFF, lines)


async def report_sheet(
    session: AsyncSession, account_id: UUID, employer_id: UUID, given: bytes
) -> tuple[int, int]:
    """Report the payments of a filled-in form; returns how many, and their sum in fen.

    Lines without an amount are left out. Refuses all (422) if one is wrong, each named by its row.
    """
    try:
        rows = await sheets.read(given)
    except sheets.SheetRefused:
        raise _unreadable("/file") from None
    headings = [str(cell).strip() for cell in rows[0]] if rows else []
    missing = [heading for heading in [KNOWN[0], *TO_FILL] if heading not in headings]
    if missing:
        raise _unreadable("/row/1")
    lines: list[PaymentLine] = []
    numbers: list[int] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows[1:], 2):
        cells = dict(zip(headings, row, strict=False))
        if str(cells[TO_FILL[0]]).strip() == "":
            continue
        line = _read(cells, number, faults)
        if line:
            lines.append(line)
            numbers.append(number)
    if len(lines) > MOST_LINES:
        zh, en = f"一次至多 {MOST_LINES} 行", f"At most {MOST_LINES} lines at once"
        raise Invalid(zh, en, faults=[Fault("/file", "too_long", zh, en)])
    if not lines and not faults:
        zh, en = "没有填写金额的行", "No line has an amount"
        raise Invalid(zh, en, faults=[Fault("/file", "too_short", zh, en)])
    if faults:
        raise Invalid(faults=faults)

    def at_row(line: int, field: str) -> str:
        return f"/row/{numbers[line]}{field}"

    return len(lines), await report_all(session, account_id, employer_id, lines, at_row)


def _line(
    record: PayRecord, engagement: Engagement, job: str, worker: str, _employer: str
) -> Sequence[sheets.Cell]:
    return [
        str(engagement.id),
        FOR[record.owed_for],
        worker,
        job,
        day_of(engagement.starts_at).isoformat(),
        sheets.yuan(record.owed_fen),
        sheets.yuan(record.open_fen),
        STATES[record.state],
        _minute(record.due_at),
    ]


def _minute(instant: Any) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _read(cells: dict[str, Any], number: int, faults: list[Fault]) -> PaymentLine | None:
    """Read one line; what is wrong is added to the faults."""
    before = len(faults)

    def wrong(field: str, code: str, zh: str, en: str) -> None:
        faults.append(Fault(f"/row/{number}/{field}", code, zh, en))

    try:
        engagement_id = UUID(str(cells[KNOWN[0]]).strip())
    except ValueError:
        engagement_id = UUID(int=0)
        wrong("engagement_id", "uuid_parsing", "用工编号有误", "Not an engagement's id")
    amount = fen_in(cells[TO_FILL[0]])
    if amount is None:
        text = ("金额应为大于 0、至多两位小数的数", "A sum above 0 with two decimals at most")
        wrong("amount_fen", "amount_invalid", *text)
    method = _METHODS.get(str(cells[TO_FILL[1]]).strip())
    if method is None:
        wrong("method", "enum", "方式应为现金、银行转账、微信或支付宝", "Not a method of payment")
    reference = _text(cells[TO_FILL[2]])
    if len(reference) > _REFERENCE_LETTERS or not reference.isprintable():
        wrong("reference", "reference_invalid", "参考号过长或含无效字符", "Too long, or not printable")
    moment = sheets.moment_in(cells[TO_FILL[3]])
    if moment is None or not 1 < moment.year < 9999:  # noqa: PLR2004 - the years that datetime knows
        moment = None
        wrong("paid_at", "datetime_parsing", "支付时间应如 2026-12-01 18:00", "Not a date and time")
    owed_for = _FOR.get(_text(cells.get(KNOWN[1], "")) or FOR[OwedFor.WAGE])
    if owed_for is None:
        wrong("owed_for", "enum", "项目应为工资或取消补偿", "Not a thing that is owed for")
    if len(faults) > before or amount is None or method is None or moment is None or owed_for is None:
        return None
    at = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    return PaymentLine(engagement_id, Payment(amount, method, reference or None, at, owed_for))


def fen_in(cell: Any) -> int | None:
    """Return the fen that a cell of yuan says; None for what is no sum of whole fen within bounds."""
    if isinstance(cell, float):
        cell = round(cell, 6)  # a spreadsheet's sums are binary fractions
    try:
        fen = Decimal(str(cell).strip().replace(",", "")) * 100
        whole = 0 < fen <= MOST_OWED_FEN and fen == fen.to_integral_value()
    except ArithmeticError:
        return None
    return int(fen) if whole else None


def _text(cell: Any) -> str:
    """Return a cell's text; a number that a spreadsheet made of digits is shown as it was typed."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _unreadable(pointer: str) -> SheetUnreadable:
    title, title_en = SheetUnreadable.title, SheetUnreadable.title_en
    return SheetUnreadable(faults=[Fault(pointer, SheetUnreadable.code, title, title_en)])
