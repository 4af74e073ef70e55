"""Fairs in each state, with a booth, a job, a mark and a question."""

from typing import NamedTuple
from uuid import UUID

from app.core import clock
from app.core.types import new_id
from app.fairs.audience import Question, QuestionState
from app.fairs.models import FairState
from tests.contracts.engaged import picture
from tests.fairs import past
from tests.fairs.planned import FAIRS
from tests.world import Actor, Employer, Json, World, ok, tomorrow


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
    asked, invited = await _booths_to_decide(staff, employer, job, str(ahead), str(planned))
    ok(await staff.put(f"{FAIRS}/{live}/stream", {"kind": "own"}))
    on = {"fair_id": str(live)}
    ids = {
        "fair_id": [str(live), str(ahead)],
        "booth_id": [str(booth), asked["booth_id"], invited["booth_id"]],
        "mark_id": [str(mark)],
        "question_id": [str(question.id)],
    }
    fitting = {
        "reserve_fair": [{"fair_id": str(ahead)}],
        "list_fair_suggestions": [{"fair_id": str(ahead)}],
        "open_fair": [{"fair_id": str(planned)}],
        "change_fair": [{"fair_id": str(planned)}],
        "read_fair_cover": [{"fair_id": str(ahead)}],
        "read_fair_case_cover": [{"fair_id": str(ahead)}],
        "accept_booth": [asked],
        "reject_booth": [asked],
        "withdraw_booth": [invited],
        "accept_invitation": [{"employer_id": employer.employer_id, "booth_id": invited["booth_id"]}],
        "decline_invitation": [{"employer_id": employer.employer_id, "booth_id": invited["booth_id"]}],
        "leave_fair": [{"employer_id": employer.employer_id, "booth_id": asked["booth_id"]}],
        "set_fair_stream": [{"fair_id": str(planned)}],
        "start_fair": [{"fair_id": str(ahead)}],
        "note_job_opening": [on | {"job_id": job["id"]}],
    }
    return Fairs(ids, fitting)


async def _booths_to_decide(
    manager: Actor, employer: Employer, job: Json, ahead: str, planned: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Leave an application for a booth, an invitation, and a cover."""
    files = {"file": ("cover.png", picture(), "image/png")}
    ok(await manager.put(f"{FAIRS}/{ahead}/cover", files=files))
    body = {"fair_id": ahead, "jobs": [job["id"]]}
    asked = ok(await employer.post(f"/v1/employers/{employer.employer_id}/booths", body), 201)
    body = {"employer_id": employer.employer_id}
    invited = ok(await manager.post(f"{FAIRS}/{planned}/booths", body), 201)
    return {"fair_id": ahead, "booth_id": asked["id"]}, {"fair_id": planned, "booth_id": invited["id"]}
