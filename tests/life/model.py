"""The life of engagements as a plain model: one shift, some workers, a clock, and what each deed leads to.

It knows nothing of the application. A deed returns what the caller is told, `ok` or the problem's code, and
changes the model only when it is `ok`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
OK = "ok"
PLACES_TO_WAIT = 2  # for each place


@dataclass
class Report:
    """A payment as the employer says it, and what of it arrived as the worker says, or as nobody denied."""

    amount: int
    at: datetime
    received: int | None = None
    conceded: bool = False


@dataclass
class Record:
    """Money in its five places."""

    owed: int
    open: int
    due_at: datetime
    reported: int = 0
    settled: int = 0
    contested: int = 0
    cancelled: int = 0
    overdue: bool = False
    made_at: datetime | None = None
    reports: list[Report] = field(default_factory=list)

    @property
    def lowered_until(self) -> datetime:
        """Until when less can be confirmed: its date, or a day from a confirmation that came later."""
        made = self.made_at
        return made + DAY if made and made >= self.due_at else self.due_at

    @property
    def waiting(self) -> list[Report]:
        return [report for report in self.reports if report.received is None]

    @property
    def state(self) -> str:
        if self.contested:
            return "contested"
        if self.open:
            return "overdue" if self.overdue else "due"
        if self.reported:
            return "reported"
        return "cancelled" if self.owed and self.cancelled == self.owed else "settled"

    def seen(self) -> list[Any]:
        sums = [self.owed, self.open, self.reported, self.settled, self.contested, self.cancelled]
        reports = [[report.amount, report.received] for report in self.reports]
        return [*sums, self.state, self.overdue, reports]


@dataclass
class Engagement:
    state: str = "agreed"
    checked_in: datetime | None = None
    checked_out: datetime | None = None
    asked: datetime | None = None
    claim: str | None = None
    answer_until: datetime | None = None
    answered: bool = False
    noted: set[str] = field(default_factory=set)
    wage: Record | None = None
    late: Record | None = None


@dataclass
class Market:
    """One posting, hired at once, with one shift."""

    now: datetime
    starts: datetime
    ends: datetime
    headcount: int
    day_fen: int
    hired: int = 0
    queue: list[int] = field(default_factory=list)
    engaged: dict[int, Engagement] = field(default_factory=dict)

    # The deeds.

    def apply(self, worker: int) -> str:
        if self.starts <= self.now:
            return "shift_started"
        there = self.engaged.get(worker)
        if worker in self.queue or (there and there.state != "cancelled"):
            return "applied_already"
        if self.hired >= self.headcount:
            if self.hired + len(self.queue) >= self.headcount * (1 + PLACES_TO_WAIT):
                return "shift_full"
            self.queue.append(worker)
            return OK
        self._take_on(worker)
        return OK

    def leave_the_queue(self, worker: int) -> str:
        if self.starts <= self.now:
            return "application_state"
        self.queue.remove(worker)
        return OK

    def worker_cancels(self, worker: int) -> str:
        engagement = self.engaged[worker]
        if engagement.state != "agreed":
            return "engagement_state"
        if self.starts <= self.now:
            return "shift_started"
        self._free(engagement)
        self._promote()
        return OK

    def employer_cancels(self, worker: int, *, refill: bool) -> str:
        engagement = self.engaged[worker]
        if engagement.state != "agreed":
            return "engagement_state"
        if self.ends <= self.now:
            return "shift_over"
        self._free(engagement)
        self._owe_share(engagement)
        if refill:
            self._promote()
        elif self.starts > self.now:
            self.headcount -= 1
        return OK

    def check_in(self, worker: int) -> str:
        engagement = self.engaged[worker]
        if "in" in engagement.noted:
            return OK
        if self.now < self.starts - 2 * HOUR:
            return "too_early"
        if self.now > self.ends:
            return "too_late"
        if engagement.state not in ("agreed", "no_show") or engagement.answered:
            return "engagement_state"
        engagement.state, engagement.checked_in = "checked_in", self.now
        engagement.claim = None
        engagement.noted.add("in")
        return OK

    def check_out(self, worker: int) -> str:
        engagement = self.engaged[worker]
        if "out" in engagement.noted:
            return OK
        if self.now < self.starts - 2 * HOUR:
            return "too_early"
        if self.now > self.ends + 12 * HOUR:
            return "too_late"
        if engagement.state != "checked_in":
            return "engagement_state"
        engagement.state, engagement.checked_out = "checked_out", self.now
        engagement.noted.add("out")
        return OK

    def no_show(self, worker: int) -> str:
        engagement = self.engaged[worker]
        if engagement.state != "agreed":
            return "engagement_state"
        if self.now < self.starts + 30 * MINUTE:
            return "too_early"
        if self.now > self.ends + DAY:
            return "too_late"
        self._propose_no_show(engagement)
        return OK

    def answer_claim(self, worker: int, *, agrees: bool) -> str:
        engagement = self.engaged[worker]
        if engagement.claim != "proposed":
            return "nothing_to_answer"
        engagement.answered = True
        if agrees:
            engagement.claim = "stands"
        else:
            engagement.claim, engagement.state = "contested", "disputed"
        return OK

    def decide_no_show(self, worker: int, *, attended: bool) -> str:
        """Staff resolve the dispute about it: the worker was there, or was not."""
        engagement = self.engaged[worker]
        if attended:
            engagement.state, engagement.claim = "checked_in", "overturned"
            engagement.checked_in = self.starts
            if self.ends <= self.now:
                engagement.state, engagement.checked_out = "checked_out", self.ends
        else:
            engagement.state, engagement.claim = "no_show", "stands"
        return OK

    def confirm_hours(self, worker: int, minutes: int) -> str:
        engagement = self.engaged[worker]
        if engagement.state not in ("agreed", "checked_in", "checked_out", "confirmed", "paid"):
            return "engagement_state"
        if self.now < self.starts:
            return "shift_not_begun"
        wage = engagement.wage
        if wage and (wage.reports or wage.open != wage.owed):
            return "hours_settled"
        owed = self._owed(minutes)
        if wage and owed < wage.owed and self.now >= wage.lowered_until:
            return "hours_settled"
        if engagement.state == "agreed" and owed == 0:
            return "nothing_worked"
        self._confirm(engagement, minutes)
        return OK

    def report_pay(self, worker: int, amount: int) -> str:
        wage = self.engaged[worker].wage
        if wage is None:
            return "nothing_owed"
        if amount > wage.open:
            return "more_than_owed"
        wage.open -= amount
        wage.reported += amount
        wage.reports.append(Report(amount, self.now))
        return OK

    def answer_pay(self, worker: int, received: int | None) -> str:
        """Say that all of the oldest report arrived (None), or how much of it did."""
        engagement = self.engaged[worker]
        wage = engagement.wage
        if wage is None or not wage.reports:
            return "nothing_reported"
        if not wage.waiting:
            last = wage.reports[-1]
            whole = last.received == last.amount
            same = whole if received is None else not whole and last.received == received
            return OK if same else "nothing_reported"
        report = wage.waiting[0]
        if received is not None and received >= report.amount:
            return "invalid"
        self._answered(wage, report, report.amount if received is None else received)
        self._look_at(engagement)
        return OK

    def accept_contest(self, worker: int) -> str:
        """Accept, as the employer, what the worker says of the first contested report."""
        wage = self.engaged[worker].wage
        report = next((one for one in wage.reports if self._is_contested(one)), None) if wage else None
        if wage is None or report is None:
            return "not_found"
        missing = report.amount - (report.received or 0)
        wage.contested -= missing
        wage.open += missing
        report.conceded = True
        self._look_at(self.engaged[worker])
        return OK

    # The clock.

    def pass_to(self, moment: datetime) -> None:
        """Let time pass; the market's clock is looked at once, at the end."""
        self.now = moment
        if self.starts <= self.now:
            self.queue.clear()
        for engagement in self.engaged.values():
            self._attendance_clock(engagement)
            self._pay_clock(engagement)

    def _attendance_clock(self, engagement: Engagement) -> None:
        if engagement.state == "agreed" and engagement.asked and engagement.asked + HOUR <= self.now:
            self._propose_no_show(engagement)
        if engagement.state == "agreed" and not engagement.asked and self.starts + HOUR <= self.now:
            engagement.asked = self.now
        if engagement.claim == "proposed" and engagement.answer_until and engagement.answer_until <= self.now:
            engagement.claim = "stands"
        if engagement.state == "checked_in" and self.ends + 12 * HOUR <= self.now:
            engagement.state, engagement.checked_out = "checked_out", self.ends

    def _pay_clock(self, engagement: Engagement) -> None:
        if engagement.state == "checked_out" and engagement.checked_out:
            after = min(self._day_end(self.ends), engagement.checked_out + DAY)
            if max(after, engagement.checked_out + HOUR) <= self.now:
                came = max(engagement.checked_in or self.starts, self.starts)
                went = min(engagement.checked_out, self.ends)
                self._confirm(engagement, max(0, int((went - came) / MINUTE)))
        wage = engagement.wage
        for report in wage.waiting if wage else []:
            if wage and report.at + 7 * DAY <= self.now:
                self._answered(wage, report, report.amount)
        self._look_at(engagement)
        for record in (wage, engagement.late):
            if record and record.due_at <= self.now and record.open + record.contested:
                record.overdue = True

    # What deeds have in common.

    def _take_on(self, worker: int) -> None:
        self.engaged[worker] = Engagement()
        self.hired += 1

    def _free(self, engagement: Engagement) -> None:
        engagement.state = "cancelled"
        self.hired -= 1

    def _promote(self) -> None:
        while self.queue and self.hired < self.headcount and self.starts > self.now:
            self._take_on(self.queue.pop(0))

    def _propose_no_show(self, engagement: Engagement) -> None:
        engagement.state, engagement.claim = "no_show", "proposed"
        engagement.answer_until = self.now + DAY

    def _owe_share(self, engagement: Engagement) -> None:
        notice = self.starts - self.now
        percent = 100 if notice < timedelta() else 50 if notice < 4 * HOUR else 30 if notice < DAY else 0
        if percent:
            share = rounded(Fraction(self.day_fen * percent, 100))
            due_at = self._day_end(self.now + 3 * DAY)
            engagement.late = Record(owed=share, open=share, due_at=due_at)

    def _confirm(self, engagement: Engagement, minutes: int) -> None:
        owed, before = self._owed(minutes), engagement.wage
        engagement.state = "confirmed"
        overdue = before is not None and before.overdue
        made_at = before.made_at if before else self.now
        due_at = self._day_end(self.ends)
        engagement.wage = Record(owed=owed, open=owed, due_at=due_at, overdue=overdue, made_at=made_at)
        self._look_at(engagement)

    def _owed(self, minutes: int) -> int:
        return day_pay(self.day_fen, int((self.ends - self.starts) / MINUTE), minutes)

    @staticmethod
    def _answered(wage: Record, report: Report, received: int) -> None:
        report.received = received
        wage.reported -= report.amount
        wage.settled += received
        wage.contested += report.amount - received

    @staticmethod
    def _is_contested(report: Report) -> bool:
        return report.received is not None and report.received < report.amount and not report.conceded

    def _look_at(self, engagement: Engagement) -> None:
        if engagement.state in ("confirmed", "paid") and engagement.wage:
            engagement.state = "paid" if engagement.wage.state == "settled" else "confirmed"

    @staticmethod
    def _day_end(instant: datetime) -> datetime:
        return instant.replace(hour=0, minute=0, second=0, microsecond=0) + DAY


def day_pay(day_fen: int, agreed: int, minutes: int) -> int:
    """Return what a day's pay comes to for the minutes worked: docs of pay."""
    base = min(agreed, 480)
    if minutes < base:
        return rounded(Fraction(day_fen * minutes, base))
    return day_fen + rounded(Fraction(day_fen * max(0, minutes - agreed), base))


def rounded(amount: Fraction) -> int:
    """Round half up."""
    return int(amount + Fraction(1, 2))
