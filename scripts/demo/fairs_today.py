"""The fairs of the hour in which the demo city is loaded: one that is on, and one about to begin."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.fairs.audience import Reservation
from app.fairs.models import BoothState, FairState
from app.jobs.models import JobState
from app.streams.models import LiveKind, LivePlatform
from app.workers.models import Worker
from scripts.demo.copying import Table
from scripts.demo.fairs import is_shown
from scripts.demo.fairs_audience import Audience
from scripts.demo.fairs_making import Held, Making
from scripts.demo.fairs_plan import YAODU, Plan
from scripts.demo.ledger import CITY
from scripts.demo.postings import Posting
from scripts.demo.scene import Scene

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_THREE = (BoothState.ACCEPTED,) * 3
ON = Plan(
    "尧都区直播带岗·正在直播", YAODU, 0, stream=LiveKind.OUTSIDE, state=FairState.LIVE, booths=_THREE,
    viewers=130,
)  # fmt: skip
SOON = Plan("全市直播带岗·马上开始", CITY, 0, state=FairState.BOOKABLE, booths=_THREE, cover=1)
_BEGAN, _LASTS, _BEGINS = 20 * MINUTE, 2 * HOUR, 40 * MINUTE
_JOBS_A_BOOTH, _RESERVED = 2, 40


def made(scene: Scene, postings: Sequence[Posting], workers: Sequence[Worker], now: datetime) -> list[Table]:
    """Let one be on for twenty minutes, in a room of Douyin's, and one wait for its host."""
    now = now.replace(second=0, microsecond=0)
    chance = scene.chance("fairs-today")
    making = Making(scene, chance)
    people = [one for one in workers if one.id not in scene.without_phone and one.created_at < now]
    on = _opened(making, ON, now - _BEGAN, now)
    soon = _opened(making, SOON, now + _BEGINS, now)
    shown = [one for one in postings if one.job.state is JobState.OPEN]
    for held in (on, soon):
        _bring(making, held, shown)
        shown = [one for one in shown if one.employer not in [employer for _, employer in held.booths]]
        for worker in chance.sample(people, _RESERVED):
            at = chance.between(now - 2 * DAY, now - HOUR)
            reserved = {"fair_id": held.fair.id, "account_id": worker.id, "created_at": at}
            making.rows[Reservation].append(reserved)
    began = on.fair.starts_at
    stream = making.stage(on, LiveKind.OUTSIDE, began - HOUR, LivePlatform.DOUYIN)
    making.stage(soon, LiveKind.OWN, now - HOUR)
    making.turn(on, FairState.LIVE, began, "fair.start")
    making.run(stream, began, None)
    for posting, planned in on.jobs:
        if planned and planned < now:
            making.mark(on, posting, planned + MINUTE, began)
    audience = Audience(making, chance, people, now)
    audience.gather(on, ON.viewers, [])
    audience.tell(on, now)
    return making.tables()


def _opened(making: Making, plan: Plan, starts: datetime, now: datetime) -> Held:
    held = making.fair(plan, starts, starts + _LASTS, now - 4 * DAY)
    making.turn(held, FairState.BOOKABLE, now - 3 * DAY, "fair.open")
    return held


def _bring(making: Making, held: Held, postings: Sequence[Posting]) -> None:
    """Bring employers with jobs that stay open, those of the place first."""
    fair, theirs = held.fair, dict[object, list[Posting]]()
    for posting in postings:
        if is_shown(posting, held.plan, fair.starts_at - DAY, fair.ends_at):
            theirs.setdefault(posting.employer.id, []).append(posting)
    here = held.plan.division
    many = sorted(
        theirs.values(),
        key=lambda jobs: (len(jobs) < _JOBS_A_BOOTH, not (jobs[0].job.division or "").startswith(here)),
    )
    groups = [(jobs[0].employer, jobs[:_JOBS_A_BOOTH]) for jobs in many[: len(held.plan.booths)]]
    making.come(held, groups, fair.created_at + HOUR)
