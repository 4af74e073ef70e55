"""The jobs of the demo city: open in the days to come, in review, drafts, and those of the past months."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.audit.actions import Actor
from app.audit.models import ActorKind, Entry
from app.core.clock import day_of
from app.employers.models import Employer, EmployerState
from app.geo.places import stored, views
from app.jobs.lawful import searched_text
from app.jobs.models import ClosedBecause, Hiring, InsuranceBy, Job, JobState, Per, Shift
from app.jobs.wages import hourly_fen
from app.jobs.words import folded, indexed
from app.stations.models import Staff
from scripts.demo.chance import Chance
from scripts.demo.copying import Table, Values, Words, row
from scripts.demo.gigs import EXTRAS, GIGS, REQUIREMENTS, Gig
from scripts.demo.ledger import entry
from scripts.demo.places import Place, Places
from scripts.demo.reference import Reference
from scripts.demo.tales import TALES, Tale

OPEN, IN_REVIEW, DRAFTS, CLOSED = 1_200, 60, 40, 2_700
PAST_DAYS = 120
_PAST_HEADS = 4  # what is over fills tables and shows little
_DAYS_AHEAD = {1: 14, 2: 12, 3: 11, 4: 10, 5: 9, 6: 8, 7: 8, 8: 6, 9: 5, 10: 5, 11: 4, 12: 3, 13: 3, 14: 2}
_SHIFTS = {1: 76, 2: 9, 3: 7, 5: 5, 7: 3}
_INSURED = {InsuranceBy.EMPLOYER: 70, InsuranceBy.MARKET: 22, InsuranceBy.NONE: 8}
_CLOSED = {
    ClosedBecause.FILLED: 58,
    ClosedBecause.EXPIRED: 34,
    ClosedBecause.WITHDRAWN: 6,
    ClosedBecause.REMOVED: 2,
}
_REMOVED = "联系不上发布者,岗位情况无法核实"
_FURTHEST = timedelta(days=14)


@dataclass
class Posting:
    """A job with its shifts and whose it is."""

    job: Job
    employer: Employer
    shifts: list[Shift]


@dataclass
class Board:
    """The postings, with the ledger's lines about them."""

    postings: list[Posting] = field(default_factory=list)
    told: dict[Tale, Posting] = field(default_factory=dict)
    entries: list[Values] = field(default_factory=list)

    def tables(self) -> list[Table]:
        return [
            (Job, [posting.job for posting in self.postings]),
            (Shift, [shift for posting in self.postings for shift in posting.shifts]),
            (Entry, self.entries),
        ]


class Writer:
    """Writes postings for employers as they would: their kind of gig, near where they are."""

    def __init__(
        self, reference: Reference, places: Places, reviewers: dict[str, Staff], today: datetime, seed: str
    ) -> None:
        self._reference, self._places, self._reviewers = reference, places, reviewers
        self._today, self._chance = today, Chance("postings", seed)

    def board(self, employers: Sequence[Employer]) -> Board:
        """Return 4,000 postings, the oldest first."""
        chance, today = self._chance, self._today
        acting = [e for e in employers if e.state is EmployerState.VERIFIED]
        past = [e for e in employers if e.state is not EmployerState.PENDING]
        drafting = [e for e in employers if e.state in (EmployerState.PENDING, EmployerState.VERIFIED)]
        board = Board()
        for tale in TALES:
            begins = today + timedelta(days=tale.shifts[0][0])
            board.told[tale] = self._posting(employers[tale.employer], JobState.CLOSED, begins, tale)
            board.postings.append(board.told[tale])
        for n in range(CLOSED - len(TALES)):
            begins = today - timedelta(days=1 + n % PAST_DAYS)
            # Who was stopped nine days ago has posted nothing since.
            whose = acting if n % PAST_DAYS < 15 else past  # noqa: PLR2004
            board.postings.append(self._posting(chance.choice(whose), JobState.CLOSED, begins))
        for state, number, whose in (
            (JobState.OPEN, OPEN, acting),
            (JobState.IN_REVIEW, IN_REVIEW, [e for e in acting if not e.trusted]),
            (JobState.DRAFT, DRAFTS, drafting),
        ):
            for _ in range(number):
                begins = today + timedelta(days=chance.of(_DAYS_AHEAD))
                board.postings.append(self._posting(chance.choice(whose), state, begins))
        for posting in board.postings:
            self._reviewed(board, posting)
        board.postings.sort(key=lambda posting: posting.job.id)
        return board

    def _posting(
        self, employer: Employer, state: JobState, begins: datetime, tale: Tale | None = None
    ) -> Posting:
        chance = self._chance
        fitting = [gig for gig in GIGS if employer.kind in gig.by]
        if tale:
            fitting = [gig for gig in GIGS if gig.trade == tale.trade]
        gig = chance.choices(fitting, [gig.weight for gig in fitting])[0]
        town = self._reference.townships[employer.division]
        near = tale is not None or chance.happens(0.6)
        place = self._places.around(chance, town) if near else self._places.anywhere(chance)
        written = min(begins, self._today) - timedelta(hours=24 if tale else chance.uniform(10, 130))
        job = row(
            Job,
            id=chance.id_at(written),
            employer_id=employer.id,
            state=state,
            reasons=[],
            trade=gig.trade,
            pay_settlement=tale.settled if tale else chance.choice(gig.settled),
            hiring=Hiring.INSTANT if tale or chance.happens(0.65) else Hiring.REVIEW,
            certificates=[],
            requirements_text=chance.choice(REQUIREMENTS),
            insurance=chance.of(_INSURED),
            findings=[],
            reviewed=False,
            check_in_radius_m=300,
            source="city",
            version=1,
            created_at=written,
        )
        _describe(chance, job, gig)
        _stand_at(job, place)
        shifts = self._told(job, tale) if tale else self._shifts(job, gig, begins)
        self._pay(job, gig, shifts)
        if state is JobState.DRAFT and chance.happens(0.5):  # half of the drafts wait for their pay
            job.pay_fen = job.pay_per = job.expected_minutes = None
        job.valid_until = shifts[-1].starts_at
        if state is not JobState.DRAFT:
            job.submitted_at, job.version = written + timedelta(minutes=chance.randint(5, 50)), 2
            searched = searched_text(job, employer, self._reference.trades[gig.trade])
            job.searched, job.words = folded(searched), Words(indexed(searched))
        if state in (JobState.OPEN, JobState.CLOSED) and job.submitted_at:
            wait = timedelta(0) if employer.trusted else timedelta(minutes=chance.randint(10, 480))
            job.published_at, job.version = job.submitted_at + wait, 3
        if state is JobState.CLOSED:
            job.closed_because, job.version = ClosedBecause.FILLED if tale else chance.of(_CLOSED), 4
        return Posting(job, employer, shifts)

    def _shifts(self, job: Job, gig: Gig, begins: datetime) -> list[Shift]:
        """Return shifts on days in a row that end within what the state of the job allows."""
        chance = self._chance
        hour, hours = chance.choice(gig.hours)
        last = self._today + _FURTHEST if begins > self._today else self._today - timedelta(days=1)
        number = min(chance.of(_SHIFTS), (last - begins).days + 1)
        few, many = gig.heads
        heads = chance.randint(few, many if begins > self._today else min(many, max(few, _PAST_HEADS)))
        days = [begins + timedelta(days=day, hours=hour) for day in range(number)]
        return [self._shift(job, start, hours, heads) for start in days]

    def _told(self, job: Job, tale: Tale) -> list[Shift]:
        days = [(self._today + timedelta(days=day, hours=hour), hours) for day, hour, hours in tale.shifts]
        return [self._shift(job, start, hours, tale.heads) for start, hours in days]

    def _shift(self, job: Job, start: datetime, hours: int, heads: int) -> Shift:
        return row(
            Shift,
            id=self._chance.id_at(job.created_at),
            job_id=job.id,
            county_code=job.county_code,
            starts_at=start,
            ends_at=start + timedelta(hours=hours),
            headcount=heads,
            hired=0,
            waiting=0,
            reserved=0,
        )

    def _pay(self, job: Job, gig: Gig, shifts: Sequence[Shift]) -> None:
        """Draw the pay, and raise it by steps until it is lawful on each day (rule 4)."""
        low, high, step = gig.yuan
        job.pay_per = gig.per
        job.pay_fen = self._chance.randrange(low, high + 1, step) * 100
        job.expected_minutes = gig.piece_minutes
        if gig.per is Per.JOB:
            job.expected_minutes = shifts[0].minutes
        least = max(
            self._reference.least_hourly_fen(job.county_code or "", day_of(shift.starts_at))
            for shift in shifts
        )
        while hourly_fen(job, shifts[0].minutes) < least:
            job.pay_fen += step * 100

    def _reviewed(self, board: Board, posting: Posting) -> None:
        """Let the county's reviewer approve what was published, and take down what was removed."""
        job, chance = posting.job, self._chance
        if job.published_at is None:
            return
        by = self._reviewers[job.county_code or ""]
        actor = Actor(ActorKind.STAFF, by.id, by.name)
        if not posting.employer.trusted or chance.happens(0.6):
            job.reviewed = True
            before = {"state": "open" if posting.employer.trusted else "in_review"}
            board.entries.append(
                entry(
                    chance,
                    job.published_at,
                    actor,
                    "job.approve",
                    job,
                    before=before,
                    after={"state": "open"},
                )
            )
        if job.closed_because is ClosedBecause.REMOVED:
            job.reasons = [_REMOVED]
            moment = min(job.published_at + timedelta(hours=3), posting.shifts[0].starts_at)
            board.entries.append(
                entry(
                    chance,
                    moment,
                    actor,
                    "job.remove",
                    job,
                    before={"state": "open"},
                    after={"state": "closed"},
                    reason=_REMOVED,
                )
            )


def _describe(chance: Chance, job: Job, gig: Gig) -> None:
    job.title = chance.choice(gig.titles)
    job.description = chance.choice(gig.duties) + chance.choice(EXTRAS)


def _stand_at(job: Job, place: Place) -> None:
    town = place.township
    job.point, job.places = stored(place.point), views(place.point, place.address)
    job.county_code, job.division, job.station_id = town.county_code, town.code, town.station_id
