"""Terms as one printed page: what is agreed in words, its hash, and the way to check it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import typeset
from app.core.clock import SHANGHAI
from app.core.problems import NotFound
from app.engagements import conditions
from app.engagements.models import Terms
from app.engagements.printed_words import (
    CHANGED,
    INSURED_BY,
    KINDS,
    PER,
    RIGHTS,
    SETTLED,
    WEEKDAYS,
)
from app.engagements.queries import terms_of
from app.geo.models import Division
from app.trades.models import CertificateKind, Trade

TEMPLATE = "engagements/print/terms.typ"
CHECK = "/v1/terms/"
# What stays on one page at the smallest size; the whole stands in the app.
MOST_TEXT, MOST_LINES, MOST_HISTORY = 600, 10, 5


@dataclass(frozen=True)
class Names:
    """What codes are called."""

    trades: dict[str, str] = field(default_factory=dict)
    needed: dict[str, str] = field(default_factory=dict)  # by law, a trade's certificate
    certificates: dict[str, str] = field(default_factory=dict)
    divisions: dict[str, str] = field(default_factory=dict)


async def printed(
    session: AsyncSession, engagement_id: UUID, version: int | None, base_url: str
) -> tuple[Terms, bytes]:
    """Return a version of the terms, the newest if none is named, and its PDF; 404 if there is none.

    `base_url` is where the service is reached; without it the mark holds the path alone.
    """
    versions = (await session.scalars(terms_of(engagement_id))).all()
    for terms in versions:
        if version is None or terms.version == version:
            return terms, await pdf(session, terms, versions, base_url)
    raise NotFound


async def pdf(session: AsyncSession, terms: Terms, versions: Sequence[Terms], base_url: str) -> bytes:
    """Return one version as PDF; `versions` are all of them, for the history of changes."""
    names = await _names(session, terms.body)
    data = data_of(terms.body, terms.hash, [one.body for one in versions], names)
    return await typeset.pdf(TEMPLATE, data, marks={"check": f"{base_url.rstrip('/')}{CHECK}{terms.hash}"})


def headers(terms: Terms) -> dict[str, str]:
    """Return what goes with the PDF: the name of the file."""
    name = f"terms-{str(terms.engagement_id)[:8]}-v{terms.version}.pdf"
    return {"Content-Disposition": f'inline; filename="{name}"'}


def data_of(
    body: dict[str, Any], hash_: str, versions: Sequence[dict[str, Any]], names: Names
) -> dict[str, Any]:
    """Return what the template shows, in words. Pure."""
    job, employer, worker = body["job"], body["employer"], body["worker"]
    number = body["engagement_id"]
    kind = KINDS[employer["kind"]]
    code = f"统一社会信用代码 {employer['uscc']}" if employer["uscc"] else "身份已经实名核验"
    division = names.divisions.get((job["division"] or "")[:6], "") + names.divisions.get(
        job["division"] or "", ""
    )
    needed = "、".join(names.certificates.get(code, code) for code in _certificates(job, names))
    parts = [
        ("工作", [("岗位", job["title"]), ("工种", names.trades.get(job["trade"], job["trade"]))]),
        (
            "时间与地点",
            [("时间", span(body)), ("地点", f"{division} {job['place']['address'] or ''}".strip())],
        ),
        (
            "报酬与保障",
            [
                ("报酬", pay_in_words(body["pay"])),
                ("结算", SETTLED[body["pay"]["settlement"]]),
                ("保险", INSURED_BY[body["insurance"]]),
            ],
        ),
        (
            "条件",
            [("证书", needed or "不要求"), ("其他", cut(job["requirements"] or "无", MOST_TEXT // 3, 4))],
        ),
    ]
    parts[0][1].append(("内容", cut(job["description"], MOST_TEXT, MOST_LINES)))
    history = changes_in_words(body["version"], versions)
    if history:
        parts.append(("变更", [(f"第 {number} 版", text) for number, text in history[-MOST_HISTORY:]]))
    agreed_at = datetime.fromisoformat(body["agreed_at"]).astimezone(SHANGHAI)
    return {
        "subtitle": f"第 {body['version']} 版 · {agreed_at:%Y-%m-%d %H:%M} 约定 · 编号 {number}",
        "foot": f"临汾公益性零工市场 · 对劳动者和用工主体均不收费 · 编号 {number[:8]}",
        "employer": {"name": employer["name"], "lines": [f"{kind},已经核验", code]},
        "worker": {
            "name": worker["name_shown"],
            "lines": ["已实名认证", "真实姓名由市场加密保存,不在此列出"],
        },
        "parts": [{"name": name, "rows": rows} for name, rows in parts],
        "rights": RIGHTS,
        "fingerprint": in_groups(hash_),
    }


def span(body: dict[str, Any]) -> str:
    """Say when the work is: 2026年12月1日(周二)07:30—17:30,共 10 小时."""
    starts, ends = (
        datetime.fromisoformat(body["shift"][name]).astimezone(SHANGHAI) for name in conditions.TIMES
    )
    days = (ends.date() - starts.date()).days
    last = f"次日 {ends:%H:%M}" if days else f"{ends:%H:%M}"
    hours, minutes = divmod(int((ends - starts).total_seconds()) // 60, 60)
    length = f"{hours} 小时" * bool(hours) + f"{minutes} 分钟" * bool(minutes)
    day = f"{starts.year}年{starts.month}月{starts.day}日({WEEKDAYS[starts.weekday()]})"
    return f"{day}{starts:%H:%M}—{last},共 {length.replace('小时', '小时 ').strip()}"


def pay_in_words(pay: dict[str, Any]) -> str:
    """Say what is paid: 每天 200.00 元,折合每小时 25.00 元."""
    said = f"{PER[pay['per']]} {yuan(pay['amount_fen'])} 元"
    if pay["expected_minutes"]:
        said += f",预计用时 {pay['expected_minutes']} 分钟"
    if pay.get("lump_minutes"):
        said += ",按各班次时长分摊"
    return said if pay["per"] == "hour" else f"{said},折合每小时 {yuan(pay['hourly_fen'])} 元"


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def changes_in_words(version: int, versions: Sequence[dict[str, Any]]) -> list[tuple[int, str]]:
    """Say what each version up to this one changed, the first first."""
    ordered = sorted((one for one in versions if one["version"] <= version), key=lambda one: one["version"])
    told = []
    for earlier, later in pairwise(ordered):
        before, after = conditions.of_terms(earlier), conditions.of_terms(later)
        names = dict.fromkeys(CHANGED[name] for name in after if before[name] != after[name])
        at = datetime.fromisoformat(later["agreed_at"]).astimezone(SHANGHAI)
        told.append((later["version"], f"{at:%Y-%m-%d %H:%M} 双方同意变更:{'、'.join(names) or '无'}"))
    return told


def cut(text: str, most: int, lines: int) -> str:
    """Shorten what would not stay on the page, and say where the whole is."""
    kept = [line.strip() for line in text.splitlines() if line.strip()]
    short = "\n".join(kept[:lines])
    if len(short) <= most and len(kept) <= lines:
        return short
    return f"{short[:most].rstrip()}……(全文见应用)"


def in_groups(hash_: str) -> list[str]:
    """Part the hash into lines of four groups of eight, for the eye to compare."""
    groups = [hash_[at : at + 8] for at in range(0, len(hash_), 8)]
    return [" ".join(groups[at : at + 4]) for at in range(0, len(groups), 4)]


def _certificates(job: dict[str, Any], names: Names) -> list[str]:
    by_law = names.needed.get(job["trade"])
    return list(dict.fromkeys([*([by_law] if by_law else []), *job["certificates"]]))


async def _names(session: AsyncSession, body: dict[str, Any]) -> Names:
    job = body["job"]
    division = job["division"] or ""
    trade = await session.get(Trade, job["trade"])
    needed = {trade.code: trade.certificate} if trade and trade.certificate else {}
    divisions = await session.execute(
        select(Division.code, Division.name).where(Division.code.in_([division, division[:6]]))
    )
    certificates = await session.execute(
        select(CertificateKind.code, CertificateKind.name).where(
            CertificateKind.code.in_([*needed.values(), *job["certificates"]])
        )
    )
    return Names(
        {trade.code: trade.name} if trade else {},
        needed,
        {row.code: row.name for row in certificates},
        {row.code: row.name for row in divisions},
    )
