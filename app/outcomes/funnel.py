"""What came of fairs: from who looked to who was paid, by fair, booth and job.

An application is followed to the end, so that each step is a part of the one before: `hires` had a place for
at least one shift that was not cancelled, `started` came to work, `paid` had a wage settled and none that is
overdue now ("still paid": a wage that falls into arrears later takes its application back out).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, wall
from app.employers.models import Employer
from app.fairs.models import Booth, BoothState, Fair, FairJob
from app.jobs.models import Job


@dataclass(frozen=True)
class Funnel:
    """The steps of one fair, booth or job; people for `viewers`, `openers`, `applicants`."""

    viewers: int = 0
    live_viewers: int = 0
    replay_viewers: int = 0
    openers: int = 0
    opens: int = 0
    questions: int = 0
    applicants: int = 0
    applications: int = 0
    hires: int = 0
    started: int = 0
    paid: int = 0

    @property
    def conversion_percent(self) -> float | None:
        """Applications over viewers: what such streams are compared by."""
        return round(self.applications * 100 / self.viewers, 1) if self.viewers else None


@dataclass(frozen=True)
class JobFunnel:
    job: Job
    shown_s: int
    funnel: Funnel


@dataclass(frozen=True)
class BoothFunnel:
    booth: Booth
    employer: Employer
    funnel: Funnel
    jobs: list[JobFunnel] = field(default_factory=list)


# What was done at fairs: (fair, job, what, who). Primary key of the opens, ix_fair_questions_fair_id_id,
# ix_applications_fair_id; then ix_engagements_application_id and uq_pay_records_engagement_id.
_DONE = """
    SELECT o.fair_id, o.job_id, 'opens' AS what, o.viewer AS who
      FROM fair_opens o WHERE o.fair_id = ANY(:fairs)
    UNION ALL
    SELECT q.fair_id, q.job_id, 'questions', q.account_id
      FROM fair_questions q WHERE q.fair_id = ANY(:fairs) AND q.state <> 'hidden'
    UNION ALL
    SELECT a.fair_id, a.job_id, v.what, a.worker_id
      FROM applications a
     CROSS JOIN LATERAL (
            SELECT coalesce(bool_or(e.state <> 'cancelled'), false) AS hired,
                   coalesce(bool_or(e.state <> 'cancelled'
                                    AND (e.checked_in_at IS NOT NULL OR e.confirmed_at IS NOT NULL)), false)
                     AS started,
                   coalesce(bool_or(e.confirmed_at IS NOT NULL AND p.state = 'settled'), false)
                     AND NOT coalesce(bool_or(p.overdue_at IS NOT NULL AND p.open_fen + p.contested_fen > 0),
                                      false) AS paid
              FROM engagements e
              LEFT JOIN pay_records p ON p.engagement_id = e.id AND p.owed_for = 'wage'
             WHERE e.application_id = a.id) e
     CROSS JOIN LATERAL (VALUES ('applications', true), ('hires', e.hired), ('started', e.started),
                                ('paid', e.started AND e.paid)) v(what, so)
     WHERE a.fair_id = ANY(:fairs) AND v.so"""
_FAIRS = bindparam("fairs", type_=ARRAY(Uuid))
_NOW = bindparam("now", type_=DateTime(timezone=True))
_COUNTED = text(
    f"""SELECT d.fair_id, grouping(f.booth_id, d.job_id), f.booth_id, d.job_id, d.what,
               count(*), count(DISTINCT d.who)
          FROM ({_DONE}) d LEFT JOIN fair_jobs f ON f.fair_id = d.fair_id AND f.job_id = d.job_id
         GROUP BY GROUPING SETS ((d.fair_id, d.what), (d.fair_id, f.booth_id, d.what),
                                 (d.fair_id, f.booth_id, d.job_id, d.what))"""  # noqa: S608 - as above
).bindparams(_FAIRS)
_VIEWED = text(
    """SELECT fair_id, count(*), count(live_at), count(replay_at)
         FROM fair_viewers WHERE fair_id = ANY(:fairs) GROUP BY fair_id"""
).bindparams(_FAIRS)
# A showing goes from a mark to the next, or to the end (ix_fair_marks_fair_id_at). Who had come by the end of
# a job's last one is counted in one pass over who came when, beside the ends.
_SHOWN = text(
    """WITH showings AS (
         SELECT m.fair_id, m.job_id, m.at AS since,
                lead(m.at, 1, coalesce(f.ended_at, CASE f.state WHEN 'live' THEN :now ELSE m.at END)) OVER (
                  PARTITION BY m.fair_id ORDER BY m.at, m.id) AS until
           FROM fair_marks m JOIN fairs f ON f.id = m.fair_id WHERE m.fair_id = ANY(:fairs)
       ), shown AS (
         SELECT fair_id, job_id, max(until) AS at,
                sum(extract(epoch FROM greatest(until - since, '0')))::bigint AS shown_s
           FROM showings GROUP BY fair_id, job_id
       )
       SELECT fair_id, job_id, shown_s, viewers FROM (
         SELECT x.*, count(*) FILTER (WHERE x.job_id IS NULL) OVER (
                  PARTITION BY x.fair_id ORDER BY x.at, x.job_id IS NULL) AS viewers
           FROM (SELECT fair_id, job_id, at, shown_s FROM shown
                 UNION ALL SELECT fair_id, NULL, live_at, 0 FROM fair_viewers
                            WHERE fair_id = ANY(:fairs) AND live_at IS NOT NULL) x) y
        WHERE job_id IS NOT NULL"""
).bindparams(_FAIRS, _NOW)

_WHOLE = 3  # PostgreSQL's grouping(): neither by booth nor by job
_PEOPLE: Mapping[str, str] = {"opens": "openers", "applications": "applicants"}
Key = tuple[UUID | None, UUID | None]  # a booth, a job


async def of_fairs(session: AsyncSession, fair_ids: Sequence[UUID]) -> dict[UUID, Funnel]:
    """Count each fair as a whole, in two statements."""
    counted = await _counted(session, fair_ids)
    return {fair_id: counted[fair_id].get((None, None), Funnel()) for fair_id in fair_ids}


async def of_one(session: AsyncSession, fair: Fair) -> tuple[Funnel, list[BoothFunnel]]:
    """Count a fair, its booths in their order and their jobs in theirs, in four statements.

    Which viewer was there at which minute nobody notes, only when each came: so a job's live viewers are
    those who had come by the end of its last showing, a booth's those of its last job.
    """
    counted = (await _counted(session, [fair.id]))[fair.id]
    async with wall.lifted(session):
        shown = await shown_at(session, [fair.id])
        rows = (await session.execute(_booths(fair.id))).all()
    booths: dict[UUID, BoothFunnel] = {}
    for booth, employer, job in rows:
        one = booths.setdefault(
            booth.id, BoothFunnel(booth, employer, counted.get((booth.id, None), Funnel()))
        )
        if job is not None:
            shown_s, viewers = shown.get((fair.id, job.id), (0, 0))
            of_job = counted.get((booth.id, job.id), Funnel())
            one.jobs.append(JobFunnel(job, shown_s, replace(of_job, viewers=viewers, live_viewers=viewers)))
    return counted.get((None, None), Funnel()), [_seen(one) for one in booths.values()]


async def shown_at(
    session: AsyncSession, fair_ids: Sequence[UUID]
) -> dict[tuple[UUID, UUID], tuple[int, int]]:
    """Return for how many seconds each job was shown at each fair, and to how many who had come by then."""
    rows = await session.execute(_SHOWN, {"fairs": list(fair_ids), "now": clock.now()})
    return {(fair_id, job_id): (shown_s, viewers) for fair_id, job_id, shown_s, viewers in rows}


def _seen(one: BoothFunnel) -> BoothFunnel:
    viewers = max((job.funnel.viewers for job in one.jobs), default=0)
    return replace(one, funnel=replace(one.funnel, viewers=viewers, live_viewers=viewers))


def _booths(fair_id: UUID) -> Any:
    """Select what is shown where: ix_fair_booths_fair_id_order, ix_fair_jobs_booth_id."""
    return (
        select(Booth, Employer, Job)
        .join(Employer, Employer.id == Booth.employer_id)
        .outerjoin(FairJob, FairJob.booth_id == Booth.id)
        .outerjoin(Job, Job.id == FairJob.job_id)
        .where(Booth.fair_id == fair_id, Booth.state == BoothState.ACCEPTED)
        .order_by(Booth.order, Booth.id, FairJob.order, FairJob.job_id)
    )


async def _counted(session: AsyncSession, fair_ids: Sequence[UUID]) -> dict[UUID, dict[Key, Funnel]]:
    """Count; a fair itself stands under (None, None), a question about no job counts there alone."""
    found: dict[UUID, dict[Key, dict[str, int]]] = {fair_id: {} for fair_id in fair_ids}
    # Numbers of fairs within reach: who looked and where they work now is nobody's to read here.
    async with wall.lifted(session):
        done = (await session.execute(_COUNTED, {"fairs": list(fair_ids)})).all()
        viewed = (await session.execute(_VIEWED, {"fairs": list(fair_ids)})).all()
    for fair_id, level, booth_id, job_id, what, count, people in done:
        if booth_id is None and level != _WHOLE:
            continue  # about no job, or one that is no longer shown
        of = found[fair_id].setdefault((booth_id, job_id), {})
        of[what] = count
        if what in _PEOPLE:
            of[_PEOPLE[what]] = people
    for fair_id, viewers, live, replay in viewed:
        whole = found[fair_id].setdefault((None, None), {})
        whole |= {"viewers": viewers, "live_viewers": live, "replay_viewers": replay}
    return {fair_id: {key: Funnel(**of) for key, of in by.items()} for fair_id, by in found.items()}
