"""Disputes of the demo city: each goes through its stations as far as its deadlines and the day let it."""

from datetime import datetime, timedelta
from uuid import UUID

from app.attachments.models import Belongs
from app.core.keyring import seal
from app.disputes import deadlines
from app.disputes.deadlines import Stage
from app.disputes.keeping import SETTLED
from app.disputes.models import Dispute, DisputeKind, DisputeState, Outcome
from app.notifications.disputes import NAMES
from app.notifications.kinds import Fen, Value
from app.notifications.pay import phone_of
from app.pay.models import PayRecord
from scripts.demo.acts import HOUR, Acts
from scripts.demo.courses import WRITTEN, Arrears, Course, Ending
from scripts.demo.scene import Life


class Cases(Acts):
    """Opens disputes and brings them to where they stand today."""

    def arrears(self, life: Life, record: PayRecord, how: Arrears) -> datetime:
        """Open the market's own case of what is overdue; return when it ended, or today."""
        chance, ending = self._chance, None
        if how.settled_at:
            text = SETTLED
            ending = Ending(how.settled_at, text=text, by_staff=False)
        elif how.decided_fen is not None:
            outcome = (Outcome.FOR_WORKER, Outcome.FOR_EMPLOYER)[how.decided_fen == 0]
            at = self.in_office(how.opened_at + chance.randint(30, 70) * HOUR)
            ending = Ending(at, outcome=outcome, text="查看转账记录后认定,当场结清。")
        complains = how.decided_fen is not None or (ending is None and chance.happens(0.4))
        kind = DisputeKind.WAGE_ARREARS
        self.open(
            life,
            kind,
            how.opened_at,
            Course(ending),
            complainant_id=life.engagement.worker_id if complains else None,
            record=record,
        )
        return ending.at if ending else self._today

    def tell_overdue(self, life: Life, record: PayRecord, at: datetime, left: Fen) -> None:
        """Tell both sides and the station that pay is overdue."""
        station = self._scene.stations[life.engagement.station_id]
        values: dict[str, Value] = {"amount": left, "station": station.name, "phone": phone_of(station)}
        self._letters.worker(life, "pay_overdue", at, record.id, **values)
        self._letters.employer(life, "pay_overdue_employer", at, record.id, **values)
        data = {"record_id": str(record.id)}
        self._letters.alert_of(life, "pay_overdue", at, record.id, data, amount=left)

    def open(
        self,
        life: Life,
        kind: DisputeKind,
        at: datetime,
        course: Course,
        *,
        complainant_id: UUID | None,
        record: PayRecord | None = None,
        text: str | None = None,
        claim_id: UUID | None = None,
    ) -> Dispute:
        """Open a dispute about an engagement, and let the stations deal with it."""
        one, chance = life.engagement, self._chance
        station = self._scene.stations[one.station_id]
        dispute = Dispute(
            id=chance.id_at(at),
            kind=kind,
            state=DisputeState.OPENED,
            complainant_id=complainant_id,
            worker_id=one.worker_id,
            employer_id=one.employer_id,
            engagement_id=one.id,
            pay_record_id=record.id if record else None,
            division=one.division,
            county_code=one.county_code,
            station_id=station.id,
            station_division=station.division,
            due_at=self._until(kind, Stage.ACCEPTING, at),
            missed=0,
            version=1,
            opened_at=at,
            created_at=at,
        )
        if complainant_id:
            dispute.text_sealed = seal(text or WRITTEN[kind], f"disputes/text/{dispute.id}")
            if chance.happens(0.5):
                self._scene.picture(chance, complainant_id, Belongs.DISPUTE, dispute.id, at)
        self._scene.write(dispute)
        self._step(dispute, "opened", at, details={"claim_id": str(claim_id)} if claim_id else {})
        self._alert(dispute, "injury" if kind is DisputeKind.INJURY else "dispute_opened", at, dispute.id)
        self._tell(life, dispute, "dispute_opened", at, dispute.id, respondents=False)
        self._deal_with(life, dispute, at, course)
        return dispute

    def rate(self, dispute: Dispute, stars: int, text: str, answer: str | None = None) -> None:
        """Rate the service of a closed dispute; a bad mark is answered, or has yet to be."""
        at = (dispute.closed_at or self._today) + 5 * HOUR
        dispute.rating, dispute.rating_text, dispute.rated_at = stars, text, at
        self._step(dispute, "rated", at, details={"stars": stars})
        if stars > deadlines.BAD:
            return
        due = self._scene.reference.deadline(at, deadlines.ANSWER_BAD_RATING.working_days)
        dispute.rating_answer_due_at = dispute.due_at = due
        if answer is None:
            station, data = self._scene.stations[dispute.station_id], {"dispute_id": str(dispute.id)}
            kind = NAMES[dispute.kind]
            self._letters.alert(station, "bad_mark", at, dispute.id, data, kind=kind, until=due)
            return
        answered = self.in_office(at + 20 * HOUR)
        by = self._scene.mediator(dispute.station_division)
        dispute.rating_answer, dispute.rating_answered_at, dispute.due_at = answer, answered, None
        self._step(dispute, "rating_answered", answered, by)

    def _deal_with(self, life: Life, dispute: Dispute, since: datetime, course: Course) -> None:
        """Accept, mediate, miss deadlines and move up, until it ends or the day is reached."""
        ending, mark = course.ending, since
        while True:
            accepted = self._accepted_at(dispute, mark)
            if ending and ending.at <= accepted:
                self._end(life, dispute, ending)
                return
            if accepted >= self._today or course.untouched:
                return
            by = self._scene.mediator(dispute.station_division)
            self._accept(life, dispute, accepted, by)
            self._mediate(life, dispute, accepted, by, course)
            due = dispute.due_at or self._today
            if ending and ending.at < due:
                self._end(life, dispute, ending, by)
                return
            if course.pushed_up:
                self._move_up(life, dispute, max(accepted, self._today - 8 * HOUR), by)
                return
            if course.handed_over:
                self._hand_over(dispute, max(accepted, self._today - 9 * HOUR), by)
                return
            if due > self._today or not self._above(dispute):
                return
            dispute.missed += 1
            details = {"of": dispute.state.value, "due_at": due.isoformat()}
            self._step(dispute, "deadline_missed", due, details=details)
            self._move_up(life, dispute, due)
            mark = due

    def _accepted_at(self, dispute: Dispute, since: datetime) -> datetime:
        if dispute.kind is DisputeKind.INJURY:
            return since + timedelta(minutes=self._chance.randint(10, 80))
        return self.in_office(since + timedelta(minutes=self._chance.randint(15, 200)))
