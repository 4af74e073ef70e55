"""What is owed in the demo city and what became of it: reckoned and kept as the application does."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.attachments.models import Belongs
from app.core.keyring import seal
from app.engagements.models import EngagementState, Side
from app.notifications.kinds import Fen
from app.pay.keeping import ASKED_AGAIN_AFTER, MOST_FOR_THE_EMPLOYER, UNCONTESTED_AFTER
from app.pay.models import OwedFor, PayMethod, PayRecord, PayReport, PayState, ReportState
from app.pay.owed import due_at, expected_fen, owed_fen, pieces_in, share_due_at, share_of
from scripts.demo.cases import Cases
from scripts.demo.copying import row
from scripts.demo.courses import Arrears
from scripts.demo.letters import Letters
from scripts.demo.scene import Life, Scene

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# What the clock would confirm in the course of the day stays unconfirmed only if that is not before noon.
_UNCONFIRMED_TILL = timedelta(hours=12)
_METHODS = {PayMethod.WECHAT: 55, PayMethod.CASH: 22, PayMethod.BANK: 15, PayMethod.ALIPAY: 8}


class Plan(StrEnum):
    """What becomes of a pay record."""

    UNCONFIRMED = "unconfirmed"
    OPEN = "open"
    REPORTED = "reported"
    SETTLED = "settled"
    LATE = "late"
    OVERDUE = "overdue"
    CONTESTED = "contested"
    HOURS = "hours"
    DECIDED = "decided"
    FORGIVEN = "forgiven"


_NOT_DUE = {Plan.OPEN: 42, Plan.REPORTED: 25, Plan.SETTLED: 30, Plan.CONTESTED: 3}
_JUST_DUE = {
    Plan.SETTLED: 74,
    Plan.REPORTED: 9,
    Plan.LATE: 6,
    Plan.OVERDUE: 6,
    Plan.CONTESTED: 4,
    Plan.HOURS: 1,
}
_DUE = {Plan.SETTLED: 92, Plan.LATE: 5, Plan.OVERDUE: 1.5, Plan.CONTESTED: 1.5}
_LONG_DUE = {Plan.SETTLED: 96, Plan.LATE: 3, Plan.DECIDED: 1}


class Wages:
    """Keeps the books of the city."""

    def __init__(self, scene: Scene, cases: Cases, letters: Letters) -> None:
        self._scene, self._cases, self._letters = scene, cases, letters
        self._today, self._chance = scene.today, scene.chance("wages")

    def worked(self, life: Life, last_end: datetime, plan: Plan | None = None) -> PayRecord | None:
        """Confirm what was worked, unless that has time, and let it be paid, or not.

        `last_end`: of the worker's last shift at the job.
        """
        chance, one, pay = self._chance, life.engagement, life.pay
        out = one.checked_out_at
        if out is None:
            return None
        due = due_at(pay["settlement"], one.ends_at, last_end).astimezone(UTC)
        until = min(due, out + MOST_FOR_THE_EMPLOYER)
        waits = plan is None and until > self._today + _UNCONFIRMED_TILL and chance.happens(0.6)
        if waits or plan is Plan.UNCONFIRMED:
            return None
        horizon = min(until, self._today)
        at = chance.between(out, out + (horizon - out) / 2)
        minutes = max(1, int((min(out, one.ends_at) - one.starts_at).total_seconds()) // 60)
        by_clock = out + MOST_FOR_THE_EMPLOYER
        if by_clock < min(due, self._today) - 2 * HOUR and chance.happens(0.1):
            at = by_clock
        pieces = None
        if pay["per"] == "piece":
            pieces = max(1, pieces_in(pay, minutes) + chance.randint(-3, 6))
        one.minutes, one.pieces = None if pieces else minutes, pieces
        one.state, one.confirmed_at = EngagementState.CONFIRMED, at
        owed = owed_fen(pay, life.agreed_minutes, minutes, pieces or 0)
        record = self._record(life, OwedFor.WAGE, owed, due, at)
        self._follow(life, record, plan or self._plan(due), at)
        if not record.settled_at or record.settled_at > self._today - 3 * DAY:
            amount = Fen(record.owed_fen)
            self._letters.worker(life, "hours_confirmed", at, f"{record.id}/{owed}", amount=amount, due=due)
        if record.settles:
            one.state = EngagementState.PAID
        return record

    def cancelled_late(self, life: Life, plan: Plan | None = None) -> PayRecord | None:
        """Owe the share of an employer who cancelled too late; None where none is owed."""
        one = life.engagement
        if one.cancelled_by is not Side.EMPLOYER or one.cancelled_at is None or one.notice_minutes is None:
            return None
        percent = self._scene.reference.share_percent(one.starts_at, one.notice_minutes)
        owed = share_of(expected_fen(life.pay, life.agreed_minutes), percent)
        if owed == 0:
            return None
        due = share_due_at(one.cancelled_at).astimezone(UTC)
        record = self._record(life, OwedFor.LATE_CANCELLATION, owed, due, one.cancelled_at)
        self._follow(life, record, plan or self._plan(due), one.cancelled_at)
        amount = Fen(owed)
        self._letters.worker(life, "cancellation_owed", one.cancelled_at, record.id, amount=amount, due=due)
        return record

    def forgive(self, record: PayRecord, at: datetime) -> None:
        """Let go of a late cancellation's share, where staff accepted the employer's excuse."""
        record.move("open_fen", "cancelled_fen", record.open_fen)
        self._judge(record, at)

    def _plan(self, due: datetime) -> Plan:
        age = self._today - due
        if age < timedelta(0):
            return self._chance.of(_NOT_DUE)
        if age < 4 * DAY:
            return self._chance.of(_JUST_DUE)
        return self._chance.of(_DUE if age < 10 * DAY else _LONG_DUE)

    def _record(self, life: Life, owed_for: OwedFor, owed: int, due: datetime, at: datetime) -> PayRecord:
        one = life.engagement
        record = row(
            PayRecord,
            id=self._chance.id_at(at),
            engagement_id=one.id,
            owed_for=owed_for,
            worker_id=one.worker_id,
            employer_id=one.employer_id,
            division=one.division,
            county_code=one.county_code or one.division[:6],
            station_id=one.station_id,
            owed_fen=owed,
            open_fen=owed,
            reported_fen=0,
            settled_fen=0,
            contested_fen=0,
            cancelled_fen=0,
            state=PayState.DUE,
            due_at=due,
            created_at=at,
        )
        self._scene.write(record)
        return record

    def _follow(self, life: Life, record: PayRecord, plan: Plan, since: datetime) -> None:
        """Let happen what is planned, as far as it has by today; each book ends as its sums say."""
        if record.owed_fen and plan is not Plan.FORGIVEN:
            {
                Plan.OPEN: self._open,
                Plan.REPORTED: self._reported,
                Plan.SETTLED: self._settled,
                Plan.LATE: self._late,
                Plan.OVERDUE: self._open,
                Plan.CONTESTED: self._contested,
                Plan.HOURS: self._hours,
                Plan.DECIDED: self._decided,
            }[plan](life, record, since)
        self._judge(record, since)

    def _open(self, life: Life, record: PayRecord, _: datetime) -> None:
        """Leave it unpaid: past its date it is overdue, with a case."""
        if record.due_at <= self._today:
            self._overdue(life, record, record.due_at)

    def _reported(self, life: Life, record: PayRecord, since: datetime) -> None:
        """Have it reported so lately that the worker has time to answer."""
        latest = min(record.due_at, self._today)
        earliest = max(since, self._today - UNCONTESTED_AFTER + 30 * HOUR)
        if earliest < latest:
            self._report(life, record, self._chance.between(earliest, latest))
        else:
            self._settled(life, record, since)

    def _settled(self, life: Life, record: PayRecord, since: datetime) -> None:
        """Pay in time, now and then in two parts."""
        chance, latest = self._chance, min(record.due_at, self._today)
        at = chance.between(since, latest)
        if record.open_fen > 20_000 and chance.happens(0.04):  # noqa: PLR2004
            self._received(life, record, self._report(life, record, at, record.open_fen // 200 * 100))
            at = chance.between(at, latest)
        self._received(life, record, self._report(life, record, at))

    def _late(self, life: Life, record: PayRecord, since: datetime) -> None:
        """Pay when the case was opened already; that ends it."""
        at = record.due_at + self._chance.uniform(5, 80) * HOUR
        answered = at + self._chance.uniform(1, 9) * HOUR
        if answered > self._today:
            self._open(life, record, since)
            return
        record.overdue_at = record.due_at
        self._received(life, record, self._report(life, record, at), answered)
        self._cases.arrears(life, record, Arrears(record.due_at, settled_at=answered))

    def _contested(self, life: Life, record: PayRecord, since: datetime) -> None:
        """Let the worker say that it did not arrive, or not in full."""
        made = self._contest(life, record, since)
        if made and record.due_at <= self._today:
            self._overdue(life, record, max(record.due_at, made.answered_at or record.due_at))

    def _hours(self, life: Life, record: PayRecord, since: datetime) -> None:
        """Pay what was confirmed; the worker says that it was an hour more."""
        one = life.engagement
        self._settled(life, record, since)
        at = self._chance.between(since, min(since + 2 * DAY, self._today))
        minutes, pieces = (one.minutes or 0) + 60, one.pieces + 6 if one.pieces else None
        claimed = owed_fen(life.pay, life.agreed_minutes, minutes, pieces or 0)
        if claimed <= record.owed_fen:
            return
        record.claimed_minutes, record.claimed_pieces = None if pieces else minutes, pieces
        record.claimed_text = "实际多干了一个小时,工友都知道"
        record.owe_more(claimed - record.owed_fen)
        self._letters.employer(life, "hours_contested", at, record.id)
        if record.due_at <= self._today:
            self._overdue(life, record, max(record.due_at, at))

    def _decided(self, life: Life, record: PayRecord, since: datetime) -> None:
        """Let staff decide what was contested, and see a part of it paid at the table."""
        made = self._contest(life, record, since)
        if made is None:
            return
        record.overdue_at = max(record.due_at, made.answered_at or record.due_at)
        to_worker = record.contested_fen * self._chance.choice((0, 50, 100)) // 100
        ended = self._cases.arrears(life, record, Arrears(record.overdue_at, decided_fen=to_worker))
        made.state = ReportState.DECIDED
        record.move("contested_fen", "settled_fen", to_worker)
        record.move("contested_fen", "cancelled_fen", record.contested_fen)
        self._judge(record, ended)

    def _contest(self, life: Life, record: PayRecord, since: datetime) -> PayReport | None:
        chance = self._chance
        reported = chance.between(since, min(record.due_at, self._today))
        made, at = self._report(life, record, reported), reported + chance.uniform(0.5, 12) * HOUR
        if at > self._today:
            return None
        received = chance.choice((0, made.amount_fen // 200 * 100))
        made.state, made.received_fen, made.answered_at = ReportState.CONTESTED, received, at
        made.text = "没收到钱" if received == 0 else "只收到一部分"
        self._scene.picture(chance, record.worker_id, Belongs.PAY_REPORT, made.id, at)
        record.move("reported_fen", "settled_fen", received)
        record.move("reported_fen", "contested_fen", made.missing_fen)
        self._letters.employer(life, "pay_contested", at, made.id, amount=Fen(made.amount_fen))
        return made

    def _report(self, life: Life, record: PayRecord, at: datetime, fen: int | None = None) -> PayReport:
        method, amount = self._chance.of(_METHODS), fen or record.open_fen
        made = row(
            PayReport,
            id=self._chance.id_at(at),
            record_id=record.id,
            amount_fen=amount,
            method=method,
            paid_at=max(at - timedelta(minutes=self._chance.randint(1, 90)), life.engagement.agreed_at),
            reported_by=self._scene.owner(life),
            reported_at=at,
            state=ReportState.REPORTED,
        )
        if method is not PayMethod.CASH:
            reference = str(self._chance.randrange(10**17, 10**18))
            made.reference_sealed = seal(reference, f"pay_reports/reference/{made.id}")
        asked = at + ASKED_AGAIN_AFTER
        made.reminded_at = asked if asked <= self._today else None
        record.move("open_fen", "reported_fen", amount)
        self._scene.write(made)
        if at > self._today - 7 * DAY:
            until = at + UNCONTESTED_AFTER
            self._letters.worker(life, "pay_reported", at, made.id, amount=Fen(amount), until=until)
        return made

    def _received(self, life: Life, record: PayRecord, made: PayReport, at: datetime | None = None) -> None:
        """Let the worker confirm, or not say anything for seven days; it may be too early for either."""
        chance, silent = self._chance, made.reported_at + UNCONTESTED_AFTER
        state = ReportState.CONFIRMED
        if at is None:
            at = made.reported_at + chance.uniform(0.2, 70) * HOUR
            speechless = life.engagement.worker_id in self._scene.without_phone
            if speechless or (silent <= self._today and chance.happens(0.15)):
                at, state = silent, ReportState.UNCONTESTED
        if at > self._today:
            return
        if state is ReportState.CONFIRMED and at < made.reported_at + ASKED_AGAIN_AFTER:
            made.reminded_at = None
        made.state, made.received_fen, made.answered_at = state, made.amount_fen, at
        record.move("reported_fen", "settled_fen", made.amount_fen)
        self._judge(record, at)
        if record.settles and at > self._today - 5 * DAY:
            self._letters.worker(life, "pay_settled", at, record.id, amount=Fen(record.settled_fen))

    def _overdue(self, life: Life, record: PayRecord, at: datetime) -> None:
        record.overdue_at = at
        self._cases.arrears(life, record, Arrears(at))
        left = Fen(record.open_fen + record.contested_fen)
        self._cases.tell_overdue(life, record, at, left)

    def _judge(self, record: PayRecord, at: datetime) -> None:
        record.state = record.must_state
        if not record.settles:
            record.settled_at = None
        elif record.settled_at is None:
            record.settled_at = at
