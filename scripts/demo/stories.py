"""The stories that demo.json's people are in, so that whoever looks as one of them sees something."""

from collections.abc import Sequence
from datetime import timedelta

from app.attendance.models import CodeMode, Method
from app.engagements.models import ChangeState, ExcuseState, Side
from app.identity.models import Platform
from app.workers.models import Worker
from scripts.demo.hiring import Market
from scripts.demo.letters import Letters
from scripts.demo.postings import Posting
from scripts.demo.scene import Life, Scene
from scripts.demo.tales import ABSENT, NIGHT, UNPAID, WEEK, Tale
from scripts.demo.wages import Plan
from scripts.demo.working import Working, last_ends_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Stories:
    """Lets the tales come true, before others take these people's days."""

    def __init__(self, scene: Scene, market: Market, working: Working, letters: Letters) -> None:
        self._scene, self._market, self._working, self._letters = scene, market, working, letters

    def come_true(self, told: dict[Tale, Posting], faces: Sequence[Worker]) -> None:
        """Let all four come true, with the first eight workers."""
        self._night(told[NIGHT], faces)
        self._week(told[WEEK], faces)
        self._unpaid(told[UNPAID], faces)
        self._absent(told[ABSENT], faces)
        for worker, platform in zip(faces, Platform, strict=False):
            self._letters.device(worker.id, platform)
        for tale in (NIGHT, UNPAID, ABSENT):
            owner = self._scene.owners[told[tale].employer.id]
            if tale is not UNPAID:
                self._letters.device(owner, Platform.ANDROID)

    def _take(self, posting: Posting, shift: int, worker: Worker) -> Life:
        return self._market.take_on(posting, posting.shifts[shift], worker)

    def _night(self, posting: Posting, faces: Sequence[Worker]) -> None:
        """Last night's watch goes on: one is there, one not, one was turned away, one was cancelled."""
        attending = self._working.attending
        attending.code(posting.job, CodeMode.FIXED)
        here, missing, away, put_off = (self._take(posting, 0, faces[n]) for n in (4, 5, 7, 6))
        attending.come(here, Method.SITE_CODE)
        for other in self._market.fill_up(posting, posting.shifts[0], 5):
            attending.come(other)
        start = missing.engagement.starts_at
        attending.absent(missing, by_employer_at=start + HOUR * 3 / 4)
        attending.turned_away(away, start + HOUR / 4)
        put_off.cancel(Side.EMPLOYER, start - HOUR, "病人提前出院")
        put_off.shift.hired -= 1
        put_off.shift.headcount = put_off.shift.hired
        self._working.wages.cancelled_late(put_off, Plan.OPEN)

    def _week(self, posting: Posting, faces: Sequence[Worker]) -> None:
        """Three days' work, paid at the end: every state that pay has before it is due."""
        working = self._working
        lives = [[self._take(posting, n, faces[w]) for w in range(4)] for n in range(3)]
        ends = last_ends_of([life for day in lives for life in day])
        first = (Plan.OPEN, Plan.SETTLED, Plan.REPORTED, Plan.CONTESTED)
        evening = (Plan.UNCONFIRMED, Plan.OPEN, Plan.REPORTED, Plan.UNCONFIRMED)
        for day, plans in zip(lives, (first, evening), strict=False):
            for life, plan in zip(day, plans, strict=True):
                working.attending.come(life)
                working.attending.go(life)
                working.wages.worked(life, ends[life.engagement.worker_id], plan)
        working.opinions.rate(lives[0][0], Side.EMPLOYER)
        to_come = lives[2]
        for life in to_come:
            self._letters.worker(life, "taken_on", life.engagement.agreed_at)
        working.changing.wish(to_come[0], ChangeState.ACCEPTED)
        working.changing.wish(to_come[1], ChangeState.PROPOSED)
        working.changing.wish(to_come[2], ChangeState.PROPOSED, Side.WORKER)

    def _unpaid(self, posting: Posting, faces: Sequence[Worker]) -> None:
        """Paid by the day: one is not paid and the station has it, one late, one in time."""
        working = self._working
        lives = [self._take(posting, 0, faces[n]) for n in (0, 1, 2)]
        for life, plan in zip(lives, (Plan.OVERDUE, Plan.SETTLED, Plan.LATE), strict=True):
            working.attending.come(life)
            working.attending.go(life)
            working.wages.worked(life, life.engagement.ends_at, plan)
        working.opinions.rate(lives[1], *Side)
        working.opinions.against_late_pay(lives[0], lives[0].engagement.ends_at + DAY)

    def _absent(self, posting: Posting, faces: Sequence[Worker]) -> None:
        """One is said not to have come, and says otherwise; one was there; one fell ill at the end."""
        working = self._working
        accused, there, ill = (self._take(posting, 0, faces[n]) for n in (3, 6, 7))
        working.contest(accused, working.attending.absent(accused))
        working.attending.come(there)
        working.attending.go(there)
        working.wages.worked(there, there.engagement.ends_at, Plan.SETTLED)
        ill.cancel(Side.WORKER, ill.engagement.starts_at - 2 * HOUR, "突然发烧")
        ill.shift.hired -= 1
        working.left(ill, ExcuseState.CLAIMED)
