"""The fairs of the demo city that were held, and those of the six weeks to come."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.employers.models import Employer, EmployerState
from app.fairs.audience import Reservation
from app.fairs.models import FairState
from app.jobs.models import ClosedBecause, JobState
from app.streams.models import LiveKind, LivePlatform, Stream, StreamRun
from scripts.demo import fairs_letters
from scripts.demo.copying import Table
from scripts.demo.fairs_audience import Audience
from scripts.demo.fairs_making import LINKS, Held, Making
from scripts.demo.fairs_plan import AHEAD, PAST, Plan
from scripts.demo.hiring import Market
from scripts.demo.letters import Letters
from scripts.demo.people import Workforce
from scripts.demo.postings import Board, Posting
from scripts.demo.scene import Scene

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_WATCHED_FOR = 2 * DAY  # who applies so long afterwards saw the replay
_RESERVED = (15, 60)
_BY_THE_FAIR = 0.85  # of those who applied while it could be seen


class Fairs:
    """Holds the fairs behind the city, and plans those ahead of it."""

    def __init__(self, scene: Scene, force: Workforce, employers: Sequence[Employer]) -> None:
        self._scene, self._chance, self._today = scene, scene.chance("fairs"), scene.today
        self._employers = [one for one in employers if one.state is EmployerState.VERIFIED]
        self._with_phone = [one for one in force.workers if one.id not in force.without_phone]
        self.making = Making(scene, self._chance)
        self._audience = Audience(self.making, self._chance, self._with_phone, self._today)
        self.past: list[Held] = []
        self.recorded: list[StreamRun] = []

    def hold(self, board: Board) -> dict[UUID, tuple[datetime, datetime]]:
        """Hold those behind us; return when each job was shown, and how long people came from there."""
        told = {posting.job.id for posting in board.told.values()}
        postings = [one for one in board.postings if one.job.id not in told]
        return {
            posting.job.id: (self._shown(held, posting), held.fair.ended_at or held.fair.ends_at)
            for plan in PAST
            for held in [self._held(plan, postings)]
            for posting, _ in held.jobs
        }

    def see(self, market: Market, letters: Letters) -> None:
        """Let people have watched, opened, asked, and applied: who applied at that time did so from there."""
        asked = defaultdict(list)
        for application in market.made.applications:
            asked[application["job_id"]].append(application)
        with_phone = {one.id for one in self._with_phone}
        for held in self.past:
            marks = {mark["job_id"]: mark["id"] for mark in held.marks}
            over = (held.fair.ended_at or held.fair.ends_at) + _WATCHED_FOR
            came = [
                application
                for posting, _ in held.jobs
                for application in asked[posting.job.id]
                if self._shown(held, posting) < application["created_at"] < over
                and application["worker_id"] in with_phone
                and self._chance.happens(_BY_THE_FAIR)
            ]
            for application in came:
                application["fair_id"] = held.fair.id
                application["mark_id"] = marks.get(application["job_id"])
            self._audience.gather(held, held.plan.viewers, came)
            self._audience.tell(held, self._today)
            fairs_letters.tell_who_asked(letters, held)

    def look_ahead(self, postings: Sequence[Posting], letters: Letters) -> None:
        """Plan what is to come, open what is near, and cancel one."""
        open_now = [one for one in postings if one.job.state is JobState.OPEN]
        for plan in AHEAD:
            fairs_letters.tell(self._scene, self.making, letters, self._ahead(plan, open_now))

    def tables(self) -> list[Table]:
        return self.making.tables()

    def _held(self, plan: Plan, postings: Sequence[Posting]) -> Held:
        chance, making = self._chance, self.making
        starts = plan.starts_at(self._today)
        lasts = plan.lasts
        planned = starts - 16 * DAY
        held = making.fair(plan, starts, starts + lasts, planned)
        making.turn(held, FairState.BOOKABLE, starts - 9 * DAY, "fair.open")
        stream = self._stage(held, planned + HOUR)
        making.come(held, self._chosen(plan, held, postings), planned + 2 * HOUR)
        self._reserve(held, starts - 9 * DAY, starts)
        began = starts + timedelta(seconds=chance.randrange(90))
        by_hand = stream is None or stream.kind is LiveKind.OUTSIDE
        making.turn(held, FairState.LIVE, began, "fair.start" if by_hand else None)
        if stream:
            run = making.run(stream, began, began + lasts)
            if by_hand:
                stream.replay_link = f"{LINKS[LivePlatform.KUAISHOU]}replay-{stream.room}"
            else:
                self.recorded.append(run)
        for posting, at in held.jobs:
            if at:
                making.mark(held, posting, at + timedelta(seconds=chance.randrange(90, 120)), began)
        making.turn(held, FairState.ENDED, began + lasts, "fair.end" if by_hand else None)
        self.past.append(held)
        return held

    def _ahead(self, plan: Plan, postings: Sequence[Posting]) -> Held:
        making, today = self.making, self._today
        starts = plan.starts_at(today)
        known = plan.state is not FairState.PLANNED
        planned = today - (9 if known else 3) * DAY + 10 * HOUR
        held = making.fair(plan, starts, starts + plan.lasts, planned)
        if known:
            opened = today - 6 * DAY + 11 * HOUR
            making.turn(held, FairState.BOOKABLE, opened, "fair.open")
            self._stage(held, planned + HOUR)
            self._reserve(held, opened, today)
        if plan.state is FairState.CANCELLED:
            making.turn(held, FairState.CANCELLED, today - 8 * HOUR, "fair.cancel")
        making.come(held, self._chosen(plan, held, postings), planned + 2 * HOUR)
        return held

    def _stage(self, held: Held, at: datetime) -> Stream | None:
        kind = held.plan.stream
        platform = LivePlatform.KUAISHOU if kind is LiveKind.OUTSIDE else None
        return self.making.stage(held, kind, at, platform) if kind else None

    def _chosen(
        self, plan: Plan, held: Held, postings: Sequence[Posting]
    ) -> list[tuple[Employer, list[Posting]]]:
        """Choose employers with jobs that are open then, those of the fair's place first; else without."""
        fair, theirs = held.fair, defaultdict(list)
        for posting in postings:
            if is_shown(posting, plan, fair.starts_at, fair.ends_at):
                theirs[posting.employer.id].append(posting)
        wanted, here = len(plan.booths), plan.division
        those = [one for one in self._employers if plan.state is FairState.ENDED or one.id in theirs]
        if len([one for one in those if theirs[one.id]]) < wanted and plan.state is not FairState.ENDED:
            those = self._employers
        self._chance.shuffle(those := [*those])
        for jobs in theirs.values():
            jobs.sort(key=_places, reverse=True)
        those.sort(
            key=lambda one: (
                not theirs[one.id],
                not (one.division or "").startswith(here),
                -sum(_places(job) for job in theirs[one.id]),
            )
        )
        chosen = those[:wanted]
        if plan.state is FairState.ENDED:
            chosen = [one for one in chosen if theirs[one.id]]
        return [(one, theirs[one.id]) for one in chosen]

    def _reserve(self, held: Held, since: datetime, until: datetime) -> None:
        few, many = _RESERVED
        for worker in self._chance.sample(self._with_phone, self._chance.randint(few, many)):
            at = self._chance.between(since, min(until, self._today))
            reserved = {"fair_id": held.fair.id, "account_id": worker.id, "created_at": at}
            self.making.rows[Reservation].append(reserved)

    def _shown(self, held: Held, posting: Posting) -> datetime:
        """Return since when people may come from a job on show; in a hall, all are from the beginning."""
        at = (mark["at"] for mark in held.marks if mark["job_id"] == posting.job.id)
        moment: datetime = next(at, held.fair.live_at or held.fair.starts_at)
        return moment + timedelta(minutes=1)


def _places(posting: Posting) -> int:
    return sum(shift.headcount for shift in posting.shifts)


def is_shown(posting: Posting, plan: Plan, starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether a job is open all that time, and of the fair's trades."""
    job = posting.job
    if job.published_at is None or job.valid_until is None:
        return False
    lasting = job.state is JobState.OPEN or job.closed_because in (
        ClosedBecause.FILLED,
        ClosedBecause.EXPIRED,
    )
    in_time = job.published_at < starts_at - HOUR and job.valid_until > ends_at + HOUR
    of_trade = (job.trade or "").startswith(plan.trades)
    return lasting and in_time and of_trade and posting.employer.state is EmployerState.VERIFIED
