"""Applying from a fair: it has to have been that fair which showed the job, at that mark."""

from sqlalchemy import and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import afterwards, at_once
from app.core.problems import refuse_field
from app.engagements.events import AppliedAtFair
from app.engagements.models import Application
from app.fairs.audience import Mark
from app.fairs.models import Booth, BoothState, Fair, FairJob, FairState
from app.fairs.queries import seen_by_all
from app.fairs.viewing import Onlooker, note_viewer


@at_once(AppliedAtFair)
async def must_be_at_the_fair(session: AsyncSession, event: AppliedAtFair) -> None:
    """Refuse a fair that nobody sees or that was cancelled, a job that it has not, another's mark."""
    asked = await session.get_one(Application, event.application_id)
    shows = (
        select(Fair.id)
        .join(FairJob, FairJob.fair_id == Fair.id)
        .join(Booth, and_(Booth.id == FairJob.booth_id, Booth.state == BoothState.ACCEPTED))
        .where(
            Fair.id == asked.fair_id,
            FairJob.job_id == asked.job_id,
            Fair.state != FairState.CANCELLED,
            seen_by_all(),
        )
    )
    marked = exists().where(
        Mark.id == asked.mark_id, Mark.fair_id == asked.fair_id, Mark.job_id == asked.job_id
    )
    row = (await session.execute(shows.add_columns(marked))).one_or_none()
    if row is None:
        zh, en = "该场直播带岗没有这个岗位,或已取消", "That fair does not show this job, or was cancelled"
        raise refuse_field("/fair_id", "not_at_this_fair", zh, en)
    if asked.mark_id and not row[1]:
        zh, en = "该场没有这个岗位的这一讲解时点", "That fair has no such mark of this job"
        raise refuse_field("/mark_id", "unknown_mark", zh, en)


@afterwards(AppliedAtFair)
async def looks_at_it(session: AsyncSession, event: AppliedAtFair) -> None:
    """Count who applied as a viewer, whether or not the player said so: no step is more than the one before.

    Afterwards, for fairs are locked before the jobs that applying holds.
    """
    asked = await session.get(Application, event.application_id)
    fair = await session.get(Fair, asked.fair_id) if asked and asked.fair_id else None
    if asked and fair:
        await note_viewer(session, fair, Onlooker(account_id=asked.worker_id))
