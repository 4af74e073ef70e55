"""Postings from a spreadsheet: held to what the law asks of any posting, and handed in for review."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.clock import SHANGHAI
from app.core.faults import faults_in
from app.core.keyring import blind_index
from app.core.types import new_id
from app.employers.models import Employer
from app.employers.problems import NotVerified
from app.geo.places import views
from app.imports.columns import KEY, Cells, Column, Line
from app.imports.intake import PLACE, RESPONSIBLE, Intake, Spot, spot
from app.imports.models import Import
from app.imports.reference import TOWNSHIP, Reference, Township
from app.jobs import lawful
from app.jobs.models import Hiring, InsuranceBy, Job, PaySettlement, Per
from app.jobs.schemas import JobChanges, ShiftDraft
from app.jobs.wages import below, hourly_fen
from app.jobs.words import folded, indexed
from app.trades.models import Trade

PERS = {"小时": Per.HOUR, "天": Per.DAY, "件": Per.PIECE, "整单": Per.JOB}
SETTLEMENTS = {
    "日结": PaySettlement.DAILY,
    "周结": PaySettlement.WEEKLY,
    "月结": PaySettlement.MONTHLY,
    "完工结": PaySettlement.ON_COMPLETION,
}
HIRINGS = {"即时录用": Hiring.INSTANT, "审核录用": Hiring.REVIEW}
INSURANCES = {"用工主体": InsuranceBy.EMPLOYER, "市场": InsuranceBy.MARKET, "无": InsuranceBy.NONE}
EMPLOYER = Column(
    "用工主体代码", "已核验的用工主体的统一社会信用代码,须在本机构服务区划内", "91110000600037341L"
)
TITLE = Column("标题", "至多 100 字", "仓库卸货")
TRADE = Column("工种", "工种名称或代码,一项", "搬运装卸")
DESCRIPTION = Column("工作内容", "至多 2000 字", "卸两车瓷砖,管一顿午饭。")
PAY = Column("工资(元)", "至多两位小数", 280)
PER = Column("计薪单位", "小时、天、件或整单", "天", words=tuple(PERS))
SETTLEMENT = Column("结算", "日结、周结、月结或完工结", "日结", words=tuple(SETTLEMENTS))
HIRING = Column("录用方式", "即时录用(抢单)或审核录用", "审核录用", words=tuple(HIRINGS))
INSURANCE = Column("保险", "工伤、意外保险由谁提供", "用工主体", words=tuple(INSURANCES))
DAY = Column("日期", "开工日期,如 2026-12-01", None)
BEGINS = Column("开始", "开始时刻,如 07:30", "07:30")
ENDS = Column("结束", "结束时刻;不晚于开始的算次日", "17:30")
HEADCOUNT = Column("人数", "1 至 1000", 5)
EXPECTED = Column("预计工时", "计件填每件、整单填整单预计用时,分钟;其余不填", None, required=False)
VALID_UNTIL = Column("有效期至", "信息有效至该日 24 时", None)
_AT = {
    "/title": TITLE,
    "/description": DESCRIPTION,
    "expected_minutes_required": EXPECTED,
    "expected_minutes_unwanted": EXPECTED,
    "/pay/expected_minutes": EXPECTED,
    "/pay": PAY,
    "/starts_at": BEGINS,
    "/ends_at": ENDS,
    "/headcount": HEADCOUNT,
    "/valid_until": VALID_UNTIL,
    "/place": PLACE[0],
}


class Posting(NamedTuple):
    job: Job
    shift: ShiftDraft
    trade: Trade
    township: Township
    where: Spot
    employer: list[str]  # its name, once it is found


def _read(cells: Cells, reference: Reference) -> None:
    line = cells.line
    uscc, trade = cells.text(EMPLOYER, 24), cells.one_of(TRADE, reference.trades)
    township = reference.township(cells)
    where = spot(cells, township)
    given = {
        "title": cells.text(TITLE),
        "description": cells.text(DESCRIPTION, 2000),
        "pay": {
            "amount_fen": _fen(cells),
            "per": cells.one_of(PER, PERS),
            "expected_minutes": cells.number(EXPECTED),
        },
        "pay_settlement": cells.one_of(SETTLEMENT, SETTLEMENTS),
        "valid_until": _end_of(cells),
    }
    hiring, insurance = cells.one_of(HIRING, HIRINGS), cells.one_of(INSURANCE, INSURANCES)
    times, headcount = _times(cells), cells.number(HEADCOUNT)
    if not (uscc and trade and township and where and hiring and insurance and times) or line.faults:
        return
    try:
        changes = JobChanges.model_validate(given)
        shift = ShiftDraft.model_validate(times | {"headcount": headcount})
    except ValidationError as error:
        cells.blame(faults_in(error.errors(include_input=False)), _AT, DAY)
        return
    # As the rules read a posting, without what makes a row of it: fifty thousand of them are made.
    job = SimpleNamespace(
        requirements_text=None,
        pay_fen=None,
        pay_per=None,
        expected_minutes=None,
        employer_id=None,
        findings=[],
        trade=trade.code,
        places=views(where.point, where.address),
        division=township.code,
        county_code=township.county_code,
        hiring=hiring,
        insurance=insurance,
        **{
            name: getattr(changes, name) for name in ("title", "description", "pay_settlement", "valid_until")
        },
    )
    if changes.pay:
        job.pay_fen, job.pay_per = changes.pay.amount_fen, changes.pay.per
        job.expected_minutes = changes.pay.expected_minutes
    posting = cast("Job", job)
    _hold_to_the_law(cells, reference, posting, shift)
    if not line.faults:
        job.findings = lawful.findings(posting)
        line.person_index = blind_index(uscc.upper(), "legal-person")
        line.given = Posting(posting, shift, trade, township, where, [])


def _hold_to_the_law(cells: Cells, reference: Reference, job: Job, shift: ShiftDraft) -> None:
    """Rules 3 and 4; wording (rule 7) is for staff to judge, and goes to review with the words named."""
    times = _AT | {"": DAY}
    to_come = lawful.not_to_come(shift, "")
    faults = [*to_come, *(one for one in lawful.missing(job, []) if one.pointer != "/shifts")]
    day, minutes = clock.day_of(shift.starts_at), int((shift.ends_at - shift.starts_at).total_seconds()) // 60
    least = reference.minimum(job.county_code or "", day)
    too_little = below(least, hourly_fen(job, minutes)) if least and not faults else None
    cells.blame([*faults, *([too_little] if too_little else [])], times, DAY)


def _fen(cells: Cells) -> float | None:
    amount = cells.number(PAY)
    return None if amount is None else round(amount * 100, 4)


def _end_of(cells: Cells) -> datetime | None:
    day = cells.day(VALID_UNTIL)
    return _at(day + timedelta(days=1)) if day and day.year < 9990 else None  # noqa: PLR2004 - the calendar's end


def _times(cells: Cells) -> dict[str, datetime] | None:
    day, begins, ends = cells.day(DAY), cells.hour(BEGINS), cells.hour(ENDS)
    if not day or not begins or not ends or day.year > 9990:  # noqa: PLR2004 - the calendar's end
        return None
    last = day if ends > begins else day + timedelta(days=1)
    return {
        "starts_at": datetime.combine(day, begins, SHANGHAI),
        "ends_at": datetime.combine(last, ends, SHANGHAI),
    }


def _at(day: Any) -> datetime:
    return clock.start_of(day)


async def _decide(session: AsyncSession, imported: Import, lines: list[Line]) -> None:
    """Find the employers by their codes, within the station's reach, verified ones first."""
    found = await session.execute(
        select(Employer.legal_index, Employer.id, Employer.name, Employer.state, Employer.division)
        .where(Employer.legal_index.in_({line.person_index for line in lines}), Employer.source == "city")
        .order_by(Employer.id)
    )
    known: dict[bytes, list[Any]] = {}
    for row in found:
        if row.division.startswith(tuple(imported.served)):
            known.setdefault(row.legal_index, []).append(row)
    for line in lines:
        there = known.get(line.person_index or b"", [])
        verified = [row for row in there if row.state == "verified"]
        line.person_index = None  # one employer may post many
        if not there:
            line.wrong(EMPLOYER, "employer_unknown", "本机构服务区划内没有这个用工主体,请先登记")
        elif not verified:
            line.wrong(EMPLOYER, NotVerified.code, NotVerified.title)
        else:
            posting: Posting = line.given
            posting.job.employer_id = verified[0].id
            posting.employer.append(verified[0].name)
            line.object_id = new_id()


def _content(line: Line) -> dict[str, Any]:
    posting: Posting = line.given
    job, shift, where = posting.job, posting.shift, posting.where
    named = cast("Employer", SimpleNamespace(name=posting.employer[0]))
    searched = lawful.searched_text(job, named, posting.trade)
    words = "、".join(dict.fromkeys(finding["words"] for finding in job.findings))
    line.shown = {
        "用工主体": posting.employer[0],
        TITLE.heading: job.title or "",
        TRADE.heading: posting.trade.name,
        TOWNSHIP.heading: posting.township.name,
        "疑似违规字句": words or "无",
    }
    copied = (
        "title",
        "trade",
        "description",
        "places",
        "county_code",
        "division",
        "pay_fen",
        "expected_minutes",
    )
    return {name: getattr(job, name) for name in copied} | {
        "employer_id": str(job.employer_id),
        "shift_id": str(new_id()),
        "lng": where.point.lng,
        "lat": where.point.lat,
        "pay_per": job.pay_per,
        "pay_settlement": job.pay_settlement,
        "hiring": job.hiring,
        "insurance": job.insurance,
        "findings": job.findings,
        "valid_until": _text(job.valid_until),
        "starts_at": _text(shift.starts_at),
        "ends_at": _text(shift.ends_at),
        "headcount": shift.headcount,
        "searched": folded(searched),
        "lexemes": indexed(searched),
    }


def _text(instant: datetime | UUID | None) -> str | None:
    return instant.isoformat() if isinstance(instant, datetime) else None


_ROWS = """
    FROM import_rows r, jsonb_to_record(r.content) AS v(
      title text, trade text, description text, places jsonb, county_code text, division text, pay_fen int,
      expected_minutes int, employer_id uuid, shift_id uuid, lng float8, lat float8,
      pay_per text, pay_settlement text, hiring text, insurance text, findings jsonb,
      valid_until timestamptz, starts_at timestamptz, ends_at timestamptz, headcount int, searched text,
      lexemes text)
    WHERE r.import_id = :import_id AND r.outcome = 'new'"""
_JOBS = _ROWS.replace("FROM import_rows r", f"FROM import_rows r {RESPONSIBLE}")

INTAKE = Intake(
    title="零工岗位",
    columns=(
        KEY, EMPLOYER, TITLE, TRADE, DESCRIPTION, TOWNSHIP, *PLACE, PAY, PER, SETTLEMENT, HIRING, INSURANCE,
        DAY, BEGINS, ENDS, HEADCOUNT, EXPECTED, VALID_UNTIL,
    ),
    read=_read,
    decide=_decide,
    content=_content,
    # The day came, or the employer lost its verification.
    stale=text(
        f"""SELECT r.number {_ROWS} AND (
              v.starts_at <= CAST(:now AS timestamptz)
              OR v.valid_until <= CAST(:now AS timestamptz)
              OR NOT EXISTS (SELECT 1 FROM employers e WHERE e.id = v.employer_id AND e.state = 'verified'))
            ORDER BY r.number LIMIT 1000"""  # noqa: S608 - our own text
    ),
    writing=[
        text(
            f"""INSERT INTO jobs (id, employer_id, state, reasons, title, trade, description, point, places,
                  county_code, division, station_id, pay_fen, pay_per, expected_minutes, pay_settlement,
                  hiring, certificates, insurance, check_in_radius_m, valid_until, words, searched, findings,
                  reviewed, source, submitted_at, version)
                SELECT r.object_id, v.employer_id, 'in_review', '{{}}', v.title, v.trade, v.description,
                  ST_SetSRID(ST_MakePoint(v.lng, v.lat), 4326)::geography, v.places, v.county_code,
                  v.division, st.station_id, v.pay_fen, v.pay_per, v.expected_minutes, v.pay_settlement,
                  v.hiring, '{{}}', v.insurance, 300, v.valid_until,
                  array_to_tsvector(string_to_array(v.lexemes, ' ')),
                  v.searched, v.findings, false, 'city', CAST(:now AS timestamptz), 1 {_JOBS}
                  AND r.number BETWEEN :first AND :last"""
        ),
        text(
            f"""INSERT INTO shifts (id, job_id, county_code, starts_at, ends_at, headcount, hired, reserved,
                  waiting)
                SELECT v.shift_id, r.object_id, v.county_code, v.starts_at, v.ends_at, v.headcount,
                  0, 0, 0 {_ROWS}
                  AND r.number BETWEEN :first AND :last"""
        ),
    ],
    object_kind="job",
)  # fmt: skip
