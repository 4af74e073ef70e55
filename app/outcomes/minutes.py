"""A fair minute by minute: who came, what was opened, asked and applied for, and what was on show."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, wall
from app.fairs.models import Fair

MOST = 24 * 60
_MINUTE = timedelta(minutes=1)


@dataclass
class Minute:
    """What happened in one minute; `viewers` came in it for the first time."""

    at: datetime
    viewers: int = 0
    opens: int = 0
    questions: int = 0
    applications: int = 0
    shown: str = ""


_DONE = text(
    """SELECT date_trunc('minute', d.at), d.what, count(*) FROM (
         SELECT live_at AS at, 'viewers' AS what FROM fair_viewers WHERE fair_id = :fair
         UNION ALL SELECT at, 'opens' FROM fair_opens WHERE fair_id = :fair
         UNION ALL SELECT asked_at, 'questions' FROM fair_questions
                    WHERE fair_id = :fair AND state <> 'hidden'
         UNION ALL SELECT created_at, 'applications' FROM applications WHERE fair_id = :fair) d
        WHERE d.at >= :since AND d.at < :until GROUP BY 1, 2"""
).bindparams(
    bindparam("fair", type_=Uuid),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("until", type_=DateTime(timezone=True)),
)
_SHOWN = text(
    """SELECT date_trunc('minute', m.at), coalesce(j.title, '')
         FROM fair_marks m JOIN jobs j ON j.id = m.job_id
        WHERE m.fair_id = :fair ORDER BY m.at, m.id"""
).bindparams(bindparam("fair", type_=Uuid))


async def of_fair(session: AsyncSession, fair: Fair) -> list[Minute]:
    """Return every minute from a fair's beginning to its end or now, a day of them at most; none before it.

    Two statements, by the primary keys and indexes of the fair.
    """
    if fair.live_at is None:
        return []
    first = fair.live_at.replace(second=0, microsecond=0)
    last = min(fair.ended_at or clock.now(), first + MOST * _MINUTE)
    async with wall.lifted(session):  # numbers of a fair within reach
        span = {"fair": fair.id, "since": first, "until": last}
        done = (await session.execute(_DONE, span)).all()
        shown = (await session.execute(_SHOWN, {"fair": fair.id})).all()
    whole = -((first - last) // _MINUTE)
    minutes = {at: Minute(at) for at in (first + n * _MINUTE for n in range(whole))}
    for at, what, count in done:
        setattr(minutes[at], what, count)
    titles: dict[datetime, str] = {at: title for at, title in shown}  # noqa: C416 - rows are no tuples
    now_on = ""
    for at, minute in minutes.items():
        now_on = minute.shown = titles.get(at, now_on)
    return list(minutes.values())
