"""How each figure is counted: one statement for a day, from the tables of the domains themselves."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, DateTime, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.engagements.notice import FREE_FROM_MINUTES
from app.statistics.figures import STOCKS
from app.statistics.models import ALL_TRADES

SOON = timedelta(hours=72)
# What belongs to the day on which the work is: whatever becomes of it later falls on that day again. Through
# the shifts of the day (ix_shifts_starts_at) to their engagements (ix_engagements_shift_id), what these are
# owed (uq_pay_records_engagement_id) and what is said of them (ix_claims_engagement_id).
_SHIFTS = "shifts s JOIN jobs j ON j.id = s.job_id AND j.published_at IS NOT NULL"
_WORK = f"{_SHIFTS} JOIN engagements e ON e.shift_id = s.id"
_ON_THE_DAY = "s.starts_at >= :since AND s.starts_at < :until"
_HELD = "f.live_at >= :since AND f.live_at < :until AND f.state <> 'cancelled'"  # ix_fairs_live_at
_HERE = "(CAST(:divisions AS text[]) IS NULL OR {} = ANY(:divisions))"

# From which rows, on which of their instants, which figures: (tables, rows, division, trade, figures)
_COUNTED = (
    (
        _SHIFTS,
        _ON_THE_DAY,
        "j.division",
        "j.trade",
        # What the province offers here it counts itself; who of ours works there is counted below.
        """('places_offered', CASE WHEN j.source <> 'city' THEN 0
                                   WHEN j.closed_because IN ('withdrawn', 'removed') THEN s.hired
                                   ELSE s.headcount END),
           ('places_filled', CASE WHEN j.source = 'city' THEN s.hired ELSE 0 END)""",
    ),
    (
        _WORK,
        _ON_THE_DAY,
        "j.division",
        "j.trade",
        """('expected', (e.state <> 'cancelled')::int),
           ('no_shows', (e.state = 'no_show' OR e.before_dispute = 'no_show')::int),
           ('worker_cancellations', (e.cancelled_by = 'worker')::int),
           ('worker_late_cancellations', (e.cancelled_by = 'worker' AND e.notice_minutes < :late)::int),
           ('employer_cancellations', (e.cancelled_by = 'employer')::int),
           ('employer_late_cancellations', (e.cancelled_by = 'employer' AND e.notice_minutes < :late)::int),
           ('placements', (e.confirmed_at IS NOT NULL)::int)""",
    ),
    (
        f"{_WORK} JOIN claims c ON c.engagement_id = e.id AND c.kind = 'turned_away' AND c.state = 'stands'",
        _ON_THE_DAY,
        "j.division",
        "j.trade",
        "('turned_away', 1)",
    ),
    (
        f"{_WORK} JOIN pay_records p ON p.engagement_id = e.id",
        _ON_THE_DAY,
        "j.division",
        "j.trade",
        """('wages_owed', 1),
           ('wages_owed_fen', p.owed_fen - p.cancelled_fen),
           ('wages_settled_fen', p.settled_fen),
           ('wages_late', (p.overdue_at IS NOT NULL)::int),
           ('wages_overdue', (p.overdue_at IS NOT NULL AND p.open_fen + p.contested_fen > 0)::int),
           ('wages_overdue_fen', CASE WHEN p.overdue_at IS NOT NULL THEN p.open_fen + p.contested_fen END)""",
    ),
    (
        """(SELECT e.*, floor(extract(epoch FROM greatest(e.agreed_at - j.published_at, '0')) / 60)::bigint
                     AS after, j.trade AS jobs_trade, j.division AS jobs_division
              FROM engagements e JOIN jobs j ON j.id = e.job_id) e""",
        "e.agreed_at >= :since AND e.agreed_at < :until",  # ix_engagements_agreed_at
        "e.jobs_division",
        "e.jobs_trade",
        """('taken_on', 1), ('fill_minutes', e.after), ('filled_within_hour', (e.after <= 60)::int),
           ('filled_within_day', (e.after <= 1440)::int)""",
    ),
    (
        "referrals r JOIN jobs j ON j.id = r.job_id",
        "r.sent_at >= :since AND r.sent_at < :until",  # ix_referrals_sent_at
        "r.division",
        "j.trade",
        "('referrals', 1), ('referral_hires', (r.state = 'hired')::int)",
    ),
    (
        "applications a JOIN jobs j ON j.id = a.job_id",
        "a.created_at >= :since AND a.created_at < :until",  # ix_applications_created_at
        "j.division",
        "j.trade",
        "('applications', 1)",
    ),
    (
        "jobs j",
        "j.published_at >= :since AND j.published_at < :until AND j.source = 'city'",  # ix_jobs_published_at
        "j.division",
        "j.trade",
        "('jobs_published', 1)",
    ),
    (
        "employers m",
        "m.created_at >= :since AND m.created_at < :until AND m.source = 'city'",  # ix_employers_created_at
        "m.division",
        "''",
        "('employers_registered', 1)",
    ),
    (
        "anonymous_facts f",
        "f.day = :day AND f.kind = 'registration'",  # ix_anonymous_facts_day
        "f.division",
        "''",
        "('workers_registered', 1)",
    ),
    (
        "disputes d LEFT JOIN engagements e ON e.id = d.engagement_id LEFT JOIN jobs j ON j.id = e.job_id",
        "d.opened_at >= :since AND d.opened_at < :until",  # ix_disputes_opened_at
        "d.division",
        "j.trade",
        "('disputes_' || d.kind, 1)",
    ),
    (
        "disputes d LEFT JOIN engagements e ON e.id = d.engagement_id LEFT JOIN jobs j ON j.id = e.job_id",
        # ix_disputes_closed_at
        "d.closed_at >= :since AND d.closed_at < :until AND d.state = 'resolved'",
        "d.division",
        "j.trade",
        """('disputes_resolved', 1),
           ('resolve_minutes', floor(extract(epoch FROM d.closed_at - d.opened_at) / 60)::bigint)""",
    ),
    (
        """(SELECT f.*, (SELECT count(*) FROM fair_viewers v WHERE v.fair_id = f.id) AS viewers,
                    (SELECT count(*) FROM fair_reservations r WHERE r.fair_id = f.id) AS reservations
               FROM fairs f) f""",
        _HELD,
        "f.division",
        "f.trade",
        "('fairs_held', 1), ('fair_viewers', f.viewers), ('fair_reservations', f.reservations)",
    ),
    (
        # ix_applications_fair_id, ix_engagements_application_id
        """(SELECT f.division, f.live_at, f.state, j.trade,
                    EXISTS (SELECT FROM engagements e
                             WHERE e.application_id = a.id AND e.state <> 'cancelled') AS hired
               FROM fairs f JOIN applications a ON a.fair_id = f.id JOIN jobs j ON j.id = a.job_id) f""",
        _HELD,
        "f.division",
        "f.trade",
        "('fair_applications', 1), ('fair_hires', f.hired::int)",
    ),
)
# The same by key group, of those who belong to any.
_BY_GROUP = """
    SELECT f.division, f.trade, g.name,
           CASE f.kind WHEN 'placement' THEN 'placements' ELSE 'workers_registered' END, 1::bigint
      FROM anonymous_facts f CROSS JOIN LATERAL unnest(f.key_groups) g(name)
     WHERE f.day = :day AND {here}"""
_ONE = """
    SELECT {division}, coalesce({trade}, ''), '', v.figure, v.value::bigint
      FROM {tables} CROSS JOIN LATERAL (VALUES {figures}) v(figure, value)
     WHERE {rows} AND {here}"""
_EVERY = "\n    UNION ALL".join(
    [
        *(
            _ONE.format(
                division=division,
                trade=trade,
                tables=tables,
                figures=figures,
                rows=rows,
                here=_HERE.format(division),
            )
            for tables, rows, division, trade, figures in _COUNTED
        ),
        _BY_GROUP.format(here=_HERE.format("f.division")),
    ]
)
_TYPES = (
    bindparam("day", type_=Date),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("until", type_=DateTime(timezone=True)),
    bindparam("divisions", type_=ARRAY(Text)),
)


def _statement(sql: str) -> Any:
    return text(sql).bindparams(*(one for one in _TYPES if f":{one.key}" in sql))


# Each sum stands there twice, by trade and over all trades: hardly anybody asks by trade, and what is asked
# for a whole city has a tenth of the rows to read.
_TRADE = f"CASE WHEN grouping(x.trade) = 1 THEN '{ALL_TRADES}' ELSE x.trade END"
COUNT = _statement(
    f"""INSERT INTO daily_figures (day, division, trade, key_group, figure, value)
        SELECT :day, x.division, {_TRADE}, x.key_group, x.figure, sum(x.value)
          FROM ({_EVERY}) x(division, trade, key_group, figure, value)
         WHERE x.division IS NOT NULL
         GROUP BY GROUPING SETS ((x.division, x.trade, x.key_group, x.figure),
                                 (x.division, x.key_group, x.figure))
        HAVING sum(x.value) <> 0"""  # noqa: S608 - of this module's own pieces
)
_FORGET = _statement(
    f"DELETE FROM daily_figures WHERE day = :day AND {_HERE.format('division')} AND figure <> ALL(:stocks)"  # noqa: S608
).bindparams(bindparam("stocks", type_=ARRAY(Text)))

# Who belongs to a key group when placed, and who registers, is noted once: what the person changes or erases
# later leaves it. A closed account has neither groups nor a verified name, so that nothing is noted again.
_NOTE_PLACED = _statement(
    f"""INSERT INTO anonymous_facts (id, kind, subject_id, person_id, day, division, trade, key_groups)
        SELECT gen_random_uuid(), 'placement', e.id, e.worker_id, :day, j.division, j.trade, w.key_groups
          FROM {_WORK} JOIN workers w ON w.id = e.worker_id
         WHERE {_ON_THE_DAY} AND e.confirmed_at IS NOT NULL AND w.key_groups <> '{{}}'
           AND {_HERE.format("j.division")}
        ON CONFLICT (kind, subject_id) DO NOTHING"""  # noqa: S608
)
# Whose home was not known at first is counted where it turns out to be. ix_workers_verified_at
_NOTE_REGISTERED = _statement(
    f"""INSERT INTO anonymous_facts (id, kind, subject_id, person_id, day, division, trade, key_groups)
        SELECT gen_random_uuid(), 'registration', w.id, w.id, :day, coalesce(w.division, '1410'), '',
               w.key_groups
          FROM workers w
         WHERE w.verified_at >= :since AND w.verified_at < :until
           AND {_HERE.format("coalesce(w.division, '1410')")}
        ON CONFLICT (kind, subject_id) DO UPDATE
           SET division = excluded.division, key_groups = excluded.key_groups
         WHERE anonymous_facts.division = '1410'"""  # noqa: S608
)
_FORGET_ACTIVE = _statement(f"DELETE FROM active_days WHERE day = :day AND {_HERE.format('division')}")  # noqa: S608
_ACTIVE = _statement(
    f"""INSERT INTO active_days (day, part, person_id, division)
        SELECT :day, x.part, x.person_id, x.division FROM (
            SELECT 'worker', a.worker_id, j.division FROM applications a JOIN jobs j ON j.id = a.job_id
             WHERE a.created_at >= :since AND a.created_at < :until
            UNION SELECT v.part, v.person_id, j.division
              FROM engagements e JOIN jobs j ON j.id = e.job_id
             CROSS JOIN LATERAL (VALUES ('worker', e.worker_id), ('employer', e.employer_id))
               v(part, person_id)
             WHERE e.agreed_at >= :since AND e.agreed_at < :until
            UNION SELECT v.part, e.worker_id, j.division FROM {_WORK}
             CROSS JOIN LATERAL (VALUES ('worker'), (CASE WHEN e.confirmed_at IS NOT NULL THEN 'placed' END))
               v(part)
             WHERE {_ON_THE_DAY} AND e.state <> 'cancelled' AND v.part IS NOT NULL
            UNION SELECT 'employer', j.employer_id, j.division FROM jobs j
             WHERE j.published_at >= :since AND j.published_at < :until
        ) x(part, person_id, division) WHERE {_HERE.format("x.division")}"""  # noqa: S608
)


async def count_anew(session: AsyncSession, day: date, divisions: Sequence[str] | None = None) -> None:
    """Count a day's figures from the tables and put them in the place of what was there.

    For some divisions, or for all. What was measured (`STOCKS`) stays: it can't be found out afterwards.
    """
    since, until = clock.span_of(day)
    where = {"day": day, "divisions": None if divisions is None else list(divisions)}
    within = where | {"since": since, "until": until}
    await session.execute(_NOTE_PLACED, within)
    await session.execute(_NOTE_REGISTERED, within)
    await session.execute(_FORGET, where | {"stocks": list(STOCKS)})
    await session.execute(COUNT, within | {"late": FREE_FROM_MINUTES})
    await session.execute(_FORGET_ACTIVE, where)
    await session.execute(_ACTIVE, within)


# What stands open now, by the listings, which are what is open.
_MEASURE = _statement(
    f"""INSERT INTO daily_figures (day, division, trade, key_group, figure, value)
       SELECT :day, x.division, {_TRADE}, '', x.figure, sum(x.value) FROM (
           SELECT l.division, l.trade, v.figure, v.value::bigint FROM listings l
            CROSS JOIN LATERAL (VALUES ('open_jobs', 1), ('open_places', l.places_left)) v(figure, value)
            WHERE l.open_until > :now
           UNION ALL SELECT l.division, l.trade, 'places_short', s.headcount - s.hired
             FROM shifts s JOIN listings l ON l.job_id = s.job_id
            WHERE s.starts_at > :now AND s.starts_at <= :soon
           UNION ALL SELECT p.division, j.trade, v.figure, v.value::bigint
             FROM pay_records p JOIN engagements e ON e.id = p.engagement_id JOIN jobs j ON j.id = e.job_id
            CROSS JOIN LATERAL (VALUES ('overdue_standing', 1),
              ('overdue_standing_fen', p.open_fen + p.contested_fen)) v(figure, value)
            WHERE p.overdue_at IS NOT NULL AND p.state IN ('overdue', 'contested')
           UNION ALL SELECT d.division, '', 'disputes_live', 1
             FROM disputes d WHERE d.state IN ('opened', 'accepted', 'mediating', 'escalated')
       ) x(division, trade, figure, value)
        GROUP BY GROUPING SETS ((x.division, x.trade, x.figure), (x.division, x.figure))
       HAVING sum(x.value) <> 0"""  # noqa: S608
).bindparams(
    bindparam("now", type_=DateTime(timezone=True)), bindparam("soon", type_=DateTime(timezone=True))
)
_FORGET_STOCKS = _statement(
    "DELETE FROM daily_figures WHERE day = :day AND figure = ANY(:stocks)"
).bindparams(bindparam("stocks", type_=ARRAY(Text)))


async def measure(session: AsyncSession) -> None:
    """Measure what stands open now, as today's: the last measure of a day is what it ended with."""
    now, day = clock.now(), clock.today()
    await session.execute(_FORGET_STOCKS, {"day": day, "stocks": list(STOCKS)})
    await session.execute(_MEASURE, {"day": day, "now": now, "soon": now + SOON})
