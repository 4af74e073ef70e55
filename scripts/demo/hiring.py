"""Who was taken on where: applications, waiting lists, engagements with their terms, and the inboxes."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from app.core.clock import SHANGHAI, day_of
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
from app.jobs.models import ClosedBecause, Hiring, JobState, Shift
from app.notifications.models import Notification
from app.notifications.texts import WORDINGS
from app.workers.models import Worker
from scripts.demo.chance import Chance
from scripts.demo.copying import Table, Values
from scripts.demo.ledger import CITY
from scripts.demo.people import Workforce
from scripts.demo.postings import Posting
from scripts.demo.reference import Reference

_WAIT_AT_MOST = 3
_TRIES = 12
_UNPAID_DAYS = 7
_OLD = {EngagementState.PAID: 965, EngagementState.NO_SHOW: 25, EngagementState.DISPUTED: 10}
_RECENT = {
    EngagementState.PAID: 55,
    EngagementState.CONFIRMED: 30,
    EngagementState.CHECKED_OUT: 12,
    EngagementState.NO_SHOW: 3,
}
_CANCELLED = 0.03
_BUSY, _BUSIER = 4, 20
_NEAR = 0.85  # of the people taken on live in the job's county


@dataclass
class Hirings:
    """What came of the postings."""

    applications: list[Values] = field(default_factory=list)
    choices: list[Values] = field(default_factory=list)
    engagements: list[Engagement] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    notifications: list[Values] = field(default_factory=list)

    def tables(self) -> list[Table]:
        return [
            (Application, self.applications),
            (Choice, self.choices),
            (Engagement, self.engagements),
            (Terms, self.terms),
            (Notification, self.notifications),
        ]


class Market:
    """Takes people on as the app would: verified, with the certificate, free on that day."""

    def __init__(self, reference: Reference, force: Workforce, today: datetime, seed: str) -> None:
        self._reference, self._today, self._chance = reference, today, Chance("hiring", seed)
        self._busy: dict[UUID, set[date]] = defaultdict(set)
        self._pools: dict[tuple[str, str | None], list[Worker]] = defaultdict(list)
        self.made = Hirings()
        for n, worker in enumerate(force.workers):
            if worker.verified_at is None:
                continue
            # The first few are busier than others, so that who looks at them sees something.
            for where in (CITY, (worker.division or CITY)[:6]):
                for kind in (None, *sorted(force.held[worker.id])):
                    self._pools[where, kind] += [worker] * (_BUSIER if n < _BUSY else 1)

    def fill(self, posting: Posting) -> None:
        """Let people apply for a posting, and settle who came of it."""
        if posting.job.state is JobState.OPEN:
            self._fill_open(posting)
        elif posting.job.closed_because is ClosedBecause.FILLED:
            self._fill_whole(posting)
        elif posting.job.closed_because is ClosedBecause.EXPIRED:
            for shift in posting.shifts:
                self._engage(posting, shift, self._chance.randrange(shift.headcount))

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
            engagement = Engagement(
                id=chance.id_at(agreed_at),
                job_id=posting.job.id,
                shift_id=shift.id,
                worker_id=worker.id,
                employer_id=posting.employer.id,
                application_id=choice["application_id"],
                county_code=posting.job.county_code,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                state=self._state(posting, shift),
                agreed_at=agreed_at,
            )
            terms = terms_at(engagement, 1, worker, posting.job, shift, posting.employer)
            terms.id, engagement.terms_hash = chance.id_at(agreed_at), terms.hash
            self.made.engagements.append(engagement)
            self.made.terms.append(terms)
            posting.employer.hires += 1
            if chance.happens(_CANCELLED):
                engagement.state, engagement.cancelled_by = EngagementState.CANCELLED, Side.WORKER
                engagement.cancelled_at = choice["changed_at"] = chance.between(agreed_at, ends)
                choice["state"] = ChoiceState.WITHDRAWN.value
                continue
            shift.hired += 1
            if engagement.state is EngagementState.AGREED:
                self._tell(posting, engagement)

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
        moment = chance.between(job.published_at or ends, ends)
        worker = self._somebody(posting, shift, moment)
        if worker is None:
            return None
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
        return worker, choice

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

    def _state(self, posting: Posting, shift: Shift) -> EngagementState:
        if posting.job.state is JobState.OPEN:
            return EngagementState.AGREED
        recent = shift.ends_at > self._today - timedelta(days=_UNPAID_DAYS)
        return self._chance.of(_RECENT if recent else _OLD)

    def _tell(self, posting: Posting, engagement: Engagement) -> None:
        """Put into the inbox that the worker was taken on."""
        begins, ends = engagement.starts_at.astimezone(SHANGHAI), engagement.ends_at.astimezone(SHANGHAI)
        values = {
            "job": posting.job.title or "",
            "when": f"{begins.month}月{begins.day}日 {begins:%H:%M}—{ends:%H:%M}",
            "where": (posting.job.places or {})["gcj02"]["address"],
        }
        wording = WORDINGS["taken_on"]
        self.made.notifications.append(
            {
                "id": self._chance.id_at(engagement.agreed_at),
                "account_id": engagement.worker_id,
                "kind": "taken_on",
                "key": str(engagement.id),
                "title": wording.title,
                "text": wording.text.format_map(values),
                "data": {"engagement_id": str(engagement.id), "job_id": str(posting.job.id)},
                "created_at": engagement.agreed_at,
            }
        )
