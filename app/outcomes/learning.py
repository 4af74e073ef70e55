"""What past fairs say of which jobs do well, and the jobs that the next one could show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, Text, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, wall
from app.fairs.models import AHEAD, Fair, FairState
from app.jobs.models import Per
from app.jobs.wages import hourly_of
from app.outcomes import funnel
from app.outcomes.schemas import Suggestion, SuggestionList, SuggestionReason
from app.outcomes.suggesting import Expected, Factor, Feature, Job, Learned, Showing, learn
from app.trades.models import Trade

LOOK_BACK = timedelta(days=365)
MOST_FAIRS = 60
CANDIDATES, MOST_OTHERS = 1000, 50  # of open jobs that no booth shows: looked at, suggested
_EVEN = 0.05  # a factor nearer to 1 is said to be average

_AWAY = "coalesce(ST_Distance(j.point, d.seat), 0)"
# Each job of the fairs, what it paid and brought there: primary keys, ix_shifts_job_id_starts_at,
# ix_applications_fair_id.
_BROUGHT = text(
    f"""SELECT f.id, j.id, j.trade, j.pay_fen, j.pay_per, j.expected_minutes, {_AWAY},
               (SELECT max(extract(epoch FROM s.ends_at - s.starts_at) / 60)::int
                  FROM shifts s WHERE s.job_id = j.id),
               (SELECT count(*) FROM applications a WHERE a.fair_id = f.id AND a.job_id = j.id)
          FROM fairs f JOIN divisions d ON d.code = f.division JOIN fair_jobs x ON x.fair_id = f.id
          JOIN jobs j ON j.id = x.job_id
         WHERE f.id = ANY(:fairs)"""  # noqa: S608 - of this module's own pieces
).bindparams(bindparam("fairs", type_=ARRAY(Uuid)))
# What is open until the fair begins: the booths' own, and the latest of the division and trade besides
# (ix_listings_division, ix_listings_newest).
_OPEN = text(
    f"""WITH held AS (
          SELECT x.job_id, x.booth_id FROM fair_jobs x JOIN fair_booths b ON b.id = x.booth_id
           WHERE x.fair_id = :fair AND b.state IN ('invited', 'applied', 'accepted'))
        SELECT j.id, j.title, j.employer_id, e.name, l.trade, l.hourly_fen, x.booth_id, {_AWAY}
          FROM ((SELECT job_id FROM held)
                UNION
                (SELECT l.job_id FROM listings l
                  WHERE l.division ^@ :division AND (:trade IS NULL OR l.trade = :trade)
                    AND l.open_until > :starts_at AND l.places_left > 0
                  ORDER BY l.published_at DESC, l.job_id DESC LIMIT :most)) c
          JOIN listings l ON l.job_id = c.job_id JOIN jobs j ON j.id = l.job_id
          JOIN employers e ON e.id = j.employer_id
          JOIN divisions d ON d.code = :division
          LEFT JOIN held x ON x.job_id = l.job_id
         WHERE l.open_until > :starts_at AND l.places_left > 0"""  # noqa: S608 - as above
).bindparams(
    bindparam("fair", type_=Uuid),
    bindparam("division", type_=Text),
    bindparam("trade", type_=Text),
    bindparam("starts_at", type_=DateTime(timezone=True)),
)


@dataclass(frozen=True)
class _Candidate:
    id: UUID
    title: str
    employer_id: UUID
    employer: str
    booth_id: UUID | None
    job: Job


async def suggestions(session: AsyncSession, fair: Fair) -> SuggestionList:
    """Return the jobs of a fair ahead, and others that it could show, what promises most first.

    Five statements. Refuses a fair that is on or over.
    """
    fair.must_be(*AHEAD)
    since = clock.now() - LOOK_BACK
    # Rates of the whole city: a county alone has too few fairs to learn from, and nobody is in them.
    async with wall.lifted(session):
        learned, fairs = await _learned(session, since)
    found = [(learned.expected(one.job), one) for one in await _open(session, fair)]
    found.sort(key=lambda pair: (-pair[0].rate, pair[1].id))
    others = [pair for pair in found if pair[1].booth_id is None][:MOST_OTHERS]
    chosen = {one.id for _, one in others}
    names = {code: name for code, name in await session.execute(select(Trade.code, Trade.name))}  # noqa: C416
    items = [pair for pair in found if pair[1].booth_id or pair[1].id in chosen]
    return SuggestionList(
        fair_id=fair.id,
        learned_from=fairs,
        since=clock.day_of(since),
        items=[_suggestion(rank, *pair, names) for rank, pair in enumerate(items, 1)],
    )


async def _learned(session: AsyncSession, since: datetime) -> tuple[Learned, int]:
    """Learn from the fairs that ended lately (ix_fairs_starts_at)."""
    past = select(Fair.id).where(Fair.state == FairState.ENDED, Fair.starts_at > since)
    fairs = list(await session.scalars(past.order_by(Fair.starts_at.desc()).limit(MOST_FAIRS)))
    shown = await funnel.shown_at(session, fairs)
    showings = []
    for fair_id, job_id, trade, pay_fen, per, expected, away_m, longest, applied in await session.execute(
        _BROUGHT, {"fairs": fairs}
    ):
        shown_s, viewers = shown.get((fair_id, job_id), (0, 0))
        if pay_fen and longest and trade:
            job = Job(trade, hourly_of(pay_fen, Per(per), expected, longest), away_m)
            showings.append(Showing(job, viewers * shown_s / 60, applied))
    return learn(showings), len(fairs)


async def _open(session: AsyncSession, fair: Fair) -> list[_Candidate]:
    asked = {
        "fair": fair.id,
        "division": fair.division,
        "trade": fair.trade,
        "starts_at": fair.starts_at,
        "most": CANDIDATES,
    }
    rows = await session.execute(_OPEN, asked)
    return [
        _Candidate(id_, title, employer_id, employer, booth_id, Job(trade, hourly_fen, away_m))
        for id_, title, employer_id, employer, trade, hourly_fen, booth_id, away_m in rows
    ]


def _suggestion(rank: int, expected: Expected, one: _Candidate, names: dict[str, str]) -> Suggestion:
    return Suggestion(
        rank=rank,
        job_id=one.id,
        title=one.title,
        employer_id=one.employer_id,
        employer=one.employer,
        trade=one.job.trade,
        hourly_fen=one.job.hourly_fen,
        booth_id=one.booth_id,
        expected_per_minute=round(expected.rate * 100, 4),
        reasons=[_reason(factor, names) for factor in expected.factors],
    )


def _reason(factor: Factor, names: dict[str, str]) -> SuggestionReason:
    """Say a factor in words: what it is about, how it did, and on how much that rests."""
    about = _about(factor, names)
    if not factor.seen.jobs:
        return SuggestionReason(code=factor.feature, text=f"{about}:以往没有展示过,按平均估计")
    if abs(factor.times - 1) < _EVEN:
        how = "与平均相当"
    else:
        change = round(abs(factor.times - 1) * 100)
        how = f"比平均{'高' if factor.times > 1 else '低'} {change}%"
    seen = factor.seen
    rests = f"依据 {seen.jobs} 个岗位、{seen.viewer_minutes:.0f} 人·分钟观看、{seen.applications} 份报名"
    return SuggestionReason(code=factor.feature, text=f"{about}:{how}({rests})")


def _about(factor: Factor, names: dict[str, str]) -> str:
    if factor.feature is Feature.TRADE:
        return f"工种{names.get(factor.band, factor.band)}"
    what, unit, size = ("每小时", "元", 100) if factor.feature is Feature.PAY else ("距离", "公里", 1000)
    low, high = (int(edge) // size if edge else None for edge in factor.band.split("-"))
    if not low:
        return f"{what}不到 {high} {unit}"
    return f"{what} {low} 至 {high} {unit}" if high else f"{what} {low} {unit}以上"
