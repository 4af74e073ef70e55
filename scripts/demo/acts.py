"""What is done in a dispute of the demo city, each with its step, the ledger's line, and who is told."""

import base64
import json
from datetime import datetime, timedelta
from uuid import UUID

from app.core.keyring import seal
from app.disputes.deadlines import Stage, allowed
from app.disputes.models import Addressee, Dispute, DisputeKind, DisputeState, Message, Step
from app.disputes.sides import respondent_knows
from app.notifications.disputes import NAMES
from app.stations.models import Staff, Station
from scripts.demo.courses import HELD, Course, Ending
from scripts.demo.letters import Letters
from scripts.demo.scene import Life, Scene

HOUR = timedelta(hours=1)


class Acts:
    """The single acts; their order is the case's."""

    def __init__(self, scene: Scene, letters: Letters) -> None:
        self._scene, self._letters = scene, letters
        self._today, self._chance = scene.today, scene.chance("cases")

    def in_office(self, moment: datetime) -> datetime:
        """Return a moment at or after this one at which staff are at their desks."""
        return self._scene.in_office(self._chance, moment)

    def _accept(self, life: Life, dispute: Dispute, at: datetime, by: Staff) -> None:
        before = _facts(dispute)
        dispute.state, dispute.staff_id = DisputeState.ACCEPTED, by.id
        dispute.due_at = self._until(dispute.kind, Stage.RESOLVING, at)
        step = self._step(dispute, "accepted", at, by)
        self._scene.deed(self._chance, at, by, "dispute.accept", dispute, before, _facts(dispute))
        self._tell(life, dispute, "dispute_accepted", at, step)

    def _mediate(self, life: Life, dispute: Dispute, since: datetime, by: Staff, course: Course) -> None:
        chance = self._chance
        said = since + chance.uniform(0.5, 3) * HOUR
        if course.ending and said > course.ending.at:
            return
        if dispute.complainant_id and said < self._today:
            self._say(dispute, said, by, Addressee.COMPLAINANT, "已联系用工主体核实,有进展会告诉您。")
            if respondent_knows(dispute):
                self._say(dispute, said + HOUR / 6, by, Addressee.RESPONDENT, "请两日内提交考勤和付款凭证。")
        held = self.in_office(said + chance.randint(16, 40) * HOUR)
        wanted = chance.happens(0.55) if course.mediates is None else course.mediates
        if not wanted or held >= min(self._today, course.ending.at if course.ending else self._today):
            return
        before, dispute.state = _facts(dispute), DisputeState.MEDIATING
        step = self._step(dispute, "mediated", held, by, sealed={"held_at": held.isoformat(), "present": [by.name, "劳动者本人", "用工主体负责人"], "text": HELD})  # fmt: skip  # noqa: E501
        self._scene.deed(chance, held, by, "dispute.mediate", dispute, before, _facts(dispute))
        self._tell(life, dispute, "dispute_mediated", held, step)

    def _move_up(self, life: Life, dispute: Dispute, at: datetime, by: Staff | None = None) -> None:
        above, before = self._above(dispute), _facts(dispute)
        if above is None:
            return
        details = {"from_station": str(dispute.station_id)}
        if by:
            details["reason"] = "涉及多个乡镇,请上级协调"
        dispute.state, dispute.staff_id = DisputeState.ESCALATED, None
        dispute.station_id, dispute.station_division = above.id, above.division
        dispute.due_at = self._until(dispute.kind, Stage.ACCEPTING, at)
        step = self._step(dispute, "escalated", at, by, details=details)
        self._alert(dispute, "dispute_escalated", at, step)
        self._tell(life, dispute, "dispute_escalated", at, step)
        if by:
            reason = details["reason"]
            facts = _facts(dispute)
            self._scene.deed(self._chance, at, by, "dispute.escalate", dispute, before, facts, reason)

    def _hand_over(self, dispute: Dispute, at: datetime, by: Staff) -> None:
        above, before = self._above(dispute), _facts(dispute)
        if above is None:
            return
        dispute.handed_to, dispute.handed_to_division = above.id, above.division
        details = {"to_station": str(above.id), "reason": "当事人住在县城,由县里办理更方便"}
        self._step(dispute, "handed_over", at, by, details=details)
        facts, reason = _facts(dispute), details["reason"]
        self._scene.deed(self._chance, at, by, "dispute.hand_over", dispute, before, facts, reason)

    def _end(self, life: Life, dispute: Dispute, ending: Ending, by: Staff | None = None) -> None:
        before = _facts(dispute)
        dispute.state, dispute.outcome = ending.state, ending.outcome
        dispute.outcome_text = ending.text if ending.outcome else None
        dispute.closed_at, dispute.due_at = ending.at, None
        details = {"outcome": ending.outcome.value} if ending.outcome else {}
        who = by if ending.by_staff else None
        self._step(dispute, ending.state.value, ending.at, who, details=details)
        if who:
            facts = _facts(dispute) | details
            self._scene.deed(
                self._chance, ending.at, who, "dispute.resolve", dispute, before, facts, ending.text
            )
        self._tell(life, dispute, f"dispute_{ending.state.value}", ending.at, dispute.id)

    def _say(self, dispute: Dispute, at: datetime, by: Staff, to: Addressee, text: str) -> None:
        said = Message(
            id=self._chance.id_at(at), dispute_id=dispute.id, staff_id=by.id, addressee=to, created_at=at
        )
        said.text_sealed = seal(text, f"dispute_messages/text/{said.id}")
        self._scene.write(said)

    def _step(
        self,
        dispute: Dispute,
        what: str,
        at: datetime,
        by: Staff | None = None,
        *,
        details: dict[str, str] | dict[str, int] | None = None,
        sealed: dict[str, object] | None = None,
    ) -> UUID:
        # Steps of one moment keep their order.
        id_ = self._chance.id_at(at + timedelta(milliseconds=dispute.version))
        kept: dict[str, object] = dict(details or {})
        if sealed:
            text = json.dumps(sealed, ensure_ascii=False)
            kept["sealed"] = base64.b64encode(seal(text, f"dispute_steps/details/{id_}")).decode()
        step = Step(
            id=id_,
            dispute_id=dispute.id,
            what=what,
            staff_id=by.id if by else None,
            station_id=dispute.station_id,
            details=kept,
            at=at,
        )
        dispute.version += 1
        self._scene.write(step)
        return id_

    def _until(self, kind: DisputeKind, stage: Stage, at: datetime) -> datetime:
        given = allowed(kind, stage)
        if given.by_the_clock is not None:
            return at + given.by_the_clock
        return self._scene.reference.deadline(at, given.working_days)

    def _above(self, dispute: Dispute) -> Station | None:
        parent = self._scene.stations[dispute.station_id].parent_id
        return self._scene.stations.get(parent) if parent else None

    def _alert(self, dispute: Dispute, kind: str, at: datetime, key: UUID) -> None:
        """Put it before the station that has it, and an injury before the one above as well."""
        if at < self._today - timedelta(days=10):
            return
        above = self._above(dispute) if kind == "injury" else None
        for station in filter(None, (self._scene.stations[dispute.station_id], above)):
            due, data = dispute.due_at or at, {"dispute_id": str(dispute.id)}
            self._letters.alert(station, kind, at, key, data, kind=NAMES[dispute.kind], due=due)

    def _tell(
        self, life: Life, dispute: Dispute, kind: str, at: datetime, key: UUID, *, respondents: bool = True
    ) -> None:
        """Tell who complained, or the worker of the market's own case, and the other side if it may know."""
        if dispute.complainant_id is None and kind == "dispute_opened":
            return
        people = [dispute.complainant_id or life.engagement.worker_id]
        if kind == "dispute_withdrawn":
            people = []
        if respondents and respondent_knows(dispute):
            people.append(self._scene.owner(life))
        for account_id in people:
            self._letters.dispute(account_id, life, dispute, kind, at, key)


def _facts(dispute: Dispute) -> dict[str, object]:
    handed_to = str(dispute.handed_to) if dispute.handed_to else None
    return {"state": dispute.state.value, "station_id": str(dispute.station_id), "handed_to": handed_to}
