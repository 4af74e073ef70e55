"""Who was taken on where: applications, waiting lists, engagements with their terms, and the inboxes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from app.core.clock import day_of
from app.engagements.agreement import terms_at
from app.engagements.models import (
    Application,
    Choice,
    ChoiceState,
    Engagement,
    EngagementState,
    Side,
    Terms,
)
from app.jobs.models import ClosedBecause, Hiring, Job, JobState, Per, Shift
from app.workers.models import Worker
from scripts.demo.chance import Chance
from scripts.demo.copying import Table, Values, row
from scripts.demo.ledger import CITY
from scripts.demo.people import Workforce
from scripts.demo.postings import Posting
from scripts.demo.reference import Reference
from scripts.demo.scene import Life

_WAIT_AT_MOST = 3
_TRIES = 12
_CANCELLED, _CALLED_OFF = 0.03, 0.012
_REASONS = {
    Side.WORKER: ("家里有事", "找到长期的活了", "身体不舒服", None),
    Side.EMPLOYER: ("材料没到,开不了工", "甲方通知停工", "人手够了"),
}
_BUSY, _BUSIER = 4, 20
_BY_A_FAIR = 0.6
_NEAR = 0.85  # of the people taken on live in the job's county


@dataclass
class Hirings:
    """What came of the postings."""

    applications: list[Values] = field(default_factory=list)
    choices: list[Values] = field(default_factory=list)
    engagements: list[Engagement] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)

    def tables(self) -> list[Table]:
        return [
            (Application, self.applications),
            (Choice, self.choices),
            (Engagement, self.engagements),
            (Terms, self.terms),
        ]


class Market:
    """Takes people on as the app would: verified, with the certificate, free on that day."""

    def __init__(self, reference: Reference, force: Workforce, today: datetime, seed: str) -> None:
        self._reference, self._today, self._chance = reference, today, Chance("hiring", seed)
        self._held = force.held
        self._busy: dict[UUID, set[date]] = defaultdict(set)
        self._pools: dict[tuple[str, str | None], list[Worker]] = defaultdict(list)
        self.made = Hirings()
        self._lives: list[Life] = []
        self._at_fairs, self._of_fairs = dict[UUID, tuple[datetime, datetime]](), Chance("at fairs", seed)
        for n, worker in enumerate(force.workers):
            # Who has no phone applies at the counter alone.
            if worker.verified_at is None or worker.id in force.without_phone:
                continue
            # The first few are busier than others, so that who looks at them sees something.
            for where in (CITY, (worker.division or CITY)[:6]):
                for kind in (None, *sorted(force.held[worker.id])):
                    self._pools[where, kind] += [worker] * (_BUSIER if n < _BUSY else 1)

    def show(self, jobs: Mapping[UUID, tuple[datetime, datetime]]) -> None:
        """Say which jobs are shown at fairs: since when, and how long people come from there."""
        self._at_fairs.update(jobs)

    def fill(self, posting: Posting) -> list[Life]:
        """Let people apply for a posting, and settle who came of it; return the engagements."""
        self._lives = []
        if posting.job.state is JobState.OPEN:
            self._fill_open(posting)
        elif posting.job.closed_because is ClosedBecause.FILLED:
            self._fill_whole(posting)
        elif posting.job.closed_because is ClosedBecause.EXPIRED:
            for shift in posting.shifts:
                self._engage(posting, shift, self._chance.randrange(shift.headcount))
        return self._lives

    def take_on(self, posting: Posting, shift: Shift, worker: Worker, at: datetime | None = None) -> Life:
        """Take a certain person on, within an hour after the posting was published if not said when."""
        published = posting.job.published_at or self._today
        at = at or self._chance.between(published + timedelta(minutes=5), published + timedelta(hours=1))
        self.keep_free(worker, shift)
        choice = self._asks(posting, shift, ChoiceState.ACCEPTED, worker, at)
        return self._agree(posting, shift, worker, choice, at)

    def could(self, worker: Worker, posting: Posting, shift: Shift, at: datetime) -> bool:
        """Tell whether somebody could take a shift: verified by then, with the certificate, free that day."""
        certificate = self._reference.trades[posting.job.trade or ""].certificate
        days = {day_of(shift.starts_at), day_of(shift.ends_at)}
        verified = worker.verified_at is not None and worker.verified_at < at
        held = certificate is None or certificate in self._held[worker.id]
        return verified and held and not days & self._busy[worker.id]

    def keep_free(self, worker: Worker, shift: Shift) -> None:
        """Leave the days of a shift to it."""
        self._busy[worker.id] |= {day_of(shift.starts_at), day_of(shift.ends_at)}

    def fill_up(self, posting: Posting, shift: Shift, number: int) -> list[Life]:
        """Take so many more on, or fewer; return those who did not leave again."""
        self._lives = []
        self._engage(posting, shift, number)
        return [life for life in self._lives if life.engagement.state is EngagementState.AGREED]

    def _fill_open(self, posting: Posting) -> None:
        """Leave a place in the last shift at least; earlier ones may be full, with people waiting."""
        chance, shifts = self._chance, posting.shifts
        if chance.happens(0.35):
            return
        for shift in shifts[:-1]:
            self._engage(posting, shift, chance.choice((0, shift.headcount // 2, shift.headcount)))
            if shift.hired == shift.headcount:
                shift.waiting = self._ask(posting, shift, ChoiceState.WAITLISTED, _WAIT_AT_MOST)
        self._engage(posting, shifts[-1], chance.randrange(shifts[-1].headcount))
        if posting.job.hiring is Hiring.REVIEW:
            self._ask(posting, shifts[-1], ChoiceState.PENDING, _WAIT_AT_MOST)

    def _fill_whole(self, posting: Posting) -> None:
        """Fill each shift; where too few were free, that many were enough."""
        for shift in posting.shifts:
            self._engage(posting, shift, shift.headcount)
        if not all(shift.hired for shift in posting.shifts):
            posting.job.closed_because = ClosedBecause.EXPIRED
            return
        for shift in posting.shifts:
            shift.headcount = shift.hired

    def _engage(self, posting: Posting, shift: Shift, places: int) -> None:
        chance, ends = self._chance, min(self._today, shift.starts_at - timedelta(hours=1))
        for _ in range(places):
            asked = self._applied(posting, shift, ChoiceState.ACCEPTED, ends)
            if asked is None:
                return
            worker, choice = asked
            agreed_at = choice["changed_at"]
            if posting.job.hiring is Hiring.REVIEW:
                agreed_at = choice["changed_at"] = chance.between(agreed_at, ends)
            life = self._agree(posting, shift, worker, choice, agreed_at)
            if chance.happens(_CANCELLED):
                self._cancel(life, Side.WORKER, chance.between(agreed_at, ends))
            elif posting.job.state is JobState.CLOSED and chance.happens(_CALLED_OFF):
                self._cancel(life, Side.EMPLOYER, chance.between(agreed_at, ends))

    def _cancel(self, life: Life, by: Side, at: datetime) -> None:
        life.cancel(by, at, self._chance.choice(_REASONS[by]))
        life.shift.hired -= 1

    def _agree(
        self, posting: Posting, shift: Shift, worker: Worker, choice: Values, agreed_at: datetime
    ) -> Life:
        job = posting.job
        division, station_id = job.where
        engagement = row(
            Engagement,
            id=self._chance.id_at(agreed_at),
            job_id=job.id,
            shift_id=shift.id,
            worker_id=worker.id,
            employer_id=posting.employer.id,
            application_id=choice["application_id"],
            county_code=job.county_code,
            division=division,
            station_id=station_id,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            state=EngagementState.AGREED,
            agreed_at=agreed_at,
        )
        lump_minutes = sum(one.minutes for one in posting.shifts) if job.pay_per is Per.JOB else None
        terms = terms_at(engagement, 1, worker, job, shift, posting.employer, lump_minutes)
        terms.id, engagement.terms_hash = self._chance.id_at(agreed_at), terms.hash
        self.made.engagements.append(engagement)
        self.made.terms.append(terms)
        posting.employer.hires += 1
        shift.hired += 1
        life = Life(posting, shift, engagement, worker, choice, terms)
        self._lives.append(life)
        return life

    def _ask(self, posting: Posting, shift: Shift, state: ChoiceState, at_most: int) -> int:
        """Let up to so many people ask and get no place yet; return how many did."""
        wanted = self._chance.randint(1, at_most)
        asked = (self._applied(posting, shift, state, self._today) for _ in range(wanted))
        return sum(one is not None for one in asked)

    def _applied(
        self, posting: Posting, shift: Shift, state: ChoiceState, ends: datetime
    ) -> tuple[Worker, Values] | None:
        """Let somebody who may apply; None when nobody was found."""
        chance, job = self._chance, posting.job
        moment = self._drawn_by_a_fair(job, chance.between(job.published_at or ends, ends))
        worker = self._somebody(posting, shift, moment)
        return (worker, self._asks(posting, shift, state, worker, moment)) if worker else None

    def _drawn_by_a_fair(self, job: Job, moment: datetime) -> datetime:
        """Let most of those who come after a fair come while it is on."""
        since, until = self._at_fairs.get(job.id, (moment, moment))
        if since < moment and self._of_fairs.happens(_BY_A_FAIR):
            return self._of_fairs.between(since, min(until, moment))
        return moment

    def _asks(
        self, posting: Posting, shift: Shift, state: ChoiceState, worker: Worker, moment: datetime
    ) -> Values:
        chance, job = self._chance, posting.job
        application = {
            "id": chance.id_at(moment),
            "job_id": job.id,
            "worker_id": worker.id,
            "county_code": job.county_code,
            "created_at": moment,
        }
        choice = {
            "id": chance.id_at(moment),
            "application_id": application["id"],
            "shift_id": shift.id,
            "worker_id": worker.id,
            "state": state.value,
            "changed_at": moment,
        }
        self.made.applications.append(application)
        self.made.choices.append(choice)
        return choice

    def _somebody(self, posting: Posting, shift: Shift, moment: datetime) -> Worker | None:
        """Find a worker, mostly of the county, who was verified by then and has those days free."""
        chance, job = self._chance, posting.job
        where = job.county_code or CITY
        certificate = self._reference.trades[job.trade or ""].certificate
        days = {day_of(shift.starts_at), day_of(shift.ends_at)}
        for _ in range(_TRIES):
            pool = self._pools[where if chance.happens(_NEAR) else CITY, certificate]
            if not pool:
                continue
            worker = chance.choice(pool)
            if worker.verified_at and worker.verified_at < moment and not days & self._busy[worker.id]:
                self._busy[worker.id] |= days
                return worker
        return None
