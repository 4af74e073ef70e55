"""Fairs in each state, with a booth, a job, a mark and a question."""

from typing import NamedTuple
from uuid import UUID

from app.core import clock
from app.core.types import new_id
from app.fairs.audience import Question, QuestionState
from app.fairs.models import FairState
from tests.fairs import past
from tests.world import Actor, Employer, Json, World, tomorrow


class Fairs(NamedTuple):
    """Ids by the names in paths, and those that fit an operation."""

    ids: dict[str, list[str]]
    fitting: dict[str, list[dict[str, str]]]


async def furnish_fairs(
    world: World, employer: Employer, job: Json, staff: Actor, asker: UUID, division: str
) -> Fairs:
    """Leave a fair that is on and one that can be booked, where the gigs are."""
    live = await past.fair(world, division=division)
    ahead = await past.fair(world, FairState.BOOKABLE, division=division, starts_at=tomorrow(9, days=5))
    planned = await past.fair(world, FairState.PLANNED, division=division, starts_at=tomorrow(9, days=6))
    booth = await past.booth(world, live, employer, job)
    mark = await past.mark(world, live, job, staff)
    async with world.session() as session:
        question = Question(
            id=new_id(), fair_id=live, account_id=asker, asked_at=clock.now(), changed_at=clock.now()
        )
        question.text, question.state = "管住吗", QuestionState.ASKED
        session.add(question)
    on = {"fair_id": str(live)}
    ids = {
        "fair_id": [str(live), str(ahead)],
        "booth_id": [str(booth)],
        "mark_id": [str(mark)],
        "question_id": [str(question.id)],
    }
    fitting = {
        "reserve_fair": [{"fair_id": str(ahead)}],
        "open_fair": [{"fair_id": str(planned)}],
        "note_job_opening": [on | {"job_id": job["id"]}],
    }
    return Fairs(ids, fitting)
