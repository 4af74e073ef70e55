"""What becomes of the people who were taken on: to come, at work, done, cancelled, absent, changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.attachments.models import Belongs
from app.attendance.claims import EXCUSED
from app.attendance.models import Claim, ClaimState, Method
from app.core.keyring import seal
from app.disputes.models import DisputeKind, Outcome
from app.engagements.excuses import DECIDED_WITHIN
from app.engagements.models import (
    Engagement,
    EngagementState,
    Excuse,
    ExcuseKind,
    ExcuseState,
    Side,
)
from app.engagements.notice import FREE_FROM_MINUTES
from app.standing.models import AppealState
from scripts.demo.attending import Attending
from scripts.demo.cases import Cases
from scripts.demo.changing import Changing
from scripts.demo.courses import Course, Ending
from scripts.demo.letters import Letters
from scripts.demo.opinions import Opinions
from scripts.demo.postings import Posting
from scripts.demo.scene import Life, Scene
from scripts.demo.wages import Plan, Wages

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_ABSENT, _CONTESTS, _EXCUSED, _RUNS_LATE = 0.025, 0.3, 0.35, 0.02
_CODED_FOR = 20 * DAY
_EXCUSES = {
    ExcuseKind.ILLNESS: "夜里发烧到三十九度,在卫生院输液。",
    ExcuseKind.ACCIDENT: "路上电动车被撞,在交警队处理。",
    ExcuseKind.BEREAVEMENT: "老人去世,回村里办事。",
    ExcuseKind.WEATHER: "气象台发布暴雨橙色预警,山路不通。",
}


class Working:
    """Lets the engagements of postings live as far as the day has come."""

    def __init__(self, scene: Scene, letters: Letters) -> None:
        self._scene, self._letters, self._chance = scene, letters, scene.chance("working")
        self._today = scene.today
        self.cases = Cases(scene, letters)
        self.attending = Attending(scene, letters)
        self.wages = Wages(scene, self.cases, letters)
        self.opinions = Opinions(scene, letters)
        self.changing = Changing(scene, letters)
        self.done: list[Life] = []

    def live(self, posting: Posting, lives: Sequence[Life]) -> None:
        """Let all that were taken on for a posting live."""
        if posting.shifts[-1].ends_at > self._today - _CODED_FOR:
            self.attending.code(posting.job)
        last_ends = last_ends_of(lives)
        for life in lives:
            self._live(life, last_ends)

    def _live(self, life: Life, last_ends: dict[UUID, datetime]) -> None:
        one = life.engagement
        if one.worker_id in self._scene.without_phone:
            self._by_hand(life)
        elif one.state is EngagementState.CANCELLED:
            self.left(life)
        elif one.starts_at >= self._today:
            self._letters.worker(life, "taken_on", one.agreed_at)
            self.changing.perhaps(life)
        elif self._chance.happens(_ABSENT) and self._claims_are_settled(one):
            self.absent(life)
        else:
            if self._chance.happens(_RUNS_LATE):
                self.attending.run_late(life)
            self.attending.come(life)
            if one.ends_at < self._today - HOUR / 2:
                self.attending.go(life)
                self.wages.worked(life, last_ends[one.worker_id])
                self.opinions.rate(life)
                self.done.append(life)

    def _by_hand(self, life: Life) -> None:
        """Let somebody without a phone work: the employer notes it, pays in time, and nobody complains."""
        one = life.engagement
        self._letters.worker(life, "taken_on", one.agreed_at)
        if one.starts_at >= self._today:
            return
        self.attending.come(life, Method.EMPLOYER)
        if one.ends_at < self._today - HOUR / 2:
            self.attending.go(life, Method.EMPLOYER)
            self.wages.worked(life, one.ends_at, Plan.SETTLED)

    def left(self, life: Life, excuse: ExcuseState | None = None) -> None:
        """Go on from a cancellation: what it costs, and what excuses it."""
        one, chance = life.engagement, self._chance
        notice, at = one.notice_minutes, one.cancelled_at
        if notice is None or at is None or notice >= FREE_FROM_MINUTES:
            return
        if one.cancelled_by is Side.WORKER:
            if excuse or chance.happens(_EXCUSED):
                self.excuse(life, Side.WORKER, excuse)
            return
        self._letters.worker(life, "employer_cancelled", at)
        if at < self._today - 3 * DAY and chance.happens(0.15):
            record = self.wages.cancelled_late(life, Plan.FORGIVEN)
            decided = self.excuse(life, Side.EMPLOYER, ExcuseState.ACCEPTED)
            if record and decided:
                self.wages.forgive(record, decided)
            return
        self.wages.cancelled_late(life)

    def absent(self, life: Life) -> None:
        """Not come: it stands, is contested, excused or appealed against."""
        chance, claim = self._chance, self.attending.absent(life)
        if claim.state is ClaimState.PROPOSED:
            return
        if chance.happens(_CONTESTS):
            self.contest(life, claim)
            return
        self._letters.worker(life, "no_show_stands", claim.answer_until, claim.id)
        recent = self._today - claim.answer_until < 20 * DAY
        if recent and chance.happens(0.25):
            self.excuse(life, Side.WORKER, None)
        elif recent and chance.happens(0.5):
            state = AppealState.OPEN if chance.happens(0.5) else AppealState.REFUSED
            self.opinions.against_no_show(life, claim, state)

    def contest(self, life: Life, claim: Claim) -> None:
        """Let the worker contest a no-show; staff hear both, and have decided what is long ago."""
        chance, one = self._chance, life.engagement
        at = min(claim.made_at + chance.uniform(0.5, 20) * HOUR, self._today - HOUR)
        claim.answered_at, claim.answer = at, "我到了现场,门卫登记过,是带班的没点名。"
        ended = self.cases.in_office(at + chance.randint(40, 90) * HOUR)
        course = Course()
        if ended < self._today - 2 * DAY:
            holds = chance.happens(0.5)
            claim.state = ClaimState.STANDS if holds else ClaimState.OVERTURNED
            outcome = Outcome.FOR_EMPLOYER if holds else Outcome.FOR_WORKER
            course = Course(Ending(ended, outcome=outcome, text="调取门岗登记和监控后认定。"))
            if not holds:
                life.cancel(Side.WORKER, ended, EXCUSED)
                life.shift.hired -= 1
        else:
            claim.state = ClaimState.CONTESTED
            one.state, one.before_dispute = EngagementState.DISPUTED, EngagementState.NO_SHOW
        self.cases.open(
            life,
            DisputeKind.NO_SHOW,
            at,
            course,
            complainant_id=one.worker_id,
            text=claim.answer,
            claim_id=claim.id,
        )

    def excuse(self, life: Life, by: Side, state: ExcuseState | None) -> datetime | None:
        """Say why it should not count; staff have decided on it when they had to. Return when."""
        one, chance, scene = life.engagement, self._chance, self._scene
        base = one.cancelled_at or one.ends_at
        at = min(base + chance.uniform(0.5, 8) * HOUR, self._today - HOUR / 2)
        kind = ExcuseKind.WEATHER if by is Side.EMPLOYER else chance.choice(list(ExcuseKind))
        made = Excuse(
            id=chance.id_at(at),
            engagement_id=one.id,
            by=by,
            account_id=one.worker_id if by is Side.WORKER else scene.owner(life),
            kind=kind,
            division=one.division,
            state=ExcuseState.CLAIMED,
            made_at=at,
            due_at=scene.reference.deadline(at, DECIDED_WITHIN),
        )
        made.text_sealed = seal(_EXCUSES[kind], f"excuses/text/{made.id}")
        scene.write(made)
        scene.picture(chance, made.account_id, Belongs.EXCUSE, made.id, at)
        decided = self.cases.in_office(at + chance.randint(4, 66) * HOUR)
        if state is ExcuseState.CLAIMED or decided >= self._today:
            data = {"excuse_id": str(made.id)}
            self._letters.alert_of(life, "excuse_made", at, made.id, data, due=made.due_at)
            return None
        made.state = state or (ExcuseState.ACCEPTED if chance.happens(0.7) else ExcuseState.REJECTED)
        staff, accepted = scene.mediator(one.division), made.state is ExcuseState.ACCEPTED
        made.decided_at, made.decided_by = decided, staff.id
        made.reason = None if accepted else "凭证日期与班次不符"
        action = "excuse.accept" if accepted else "excuse.reject"
        before = {"state": ExcuseState.CLAIMED.value}
        scene.deed(chance, decided, staff, action, made, before, {"state": made.state.value}, made.reason)
        return decided

    def _claims_are_settled(self, one: Engagement) -> bool:
        """Leave out whom the clock would propose, or whose claim would stand, in the course of the day."""
        return one.starts_at < self._today - 28 * HOUR


def last_ends_of(lives: Sequence[Life]) -> dict[UUID, datetime]:
    """Return for each worker when the last shift at the job ends that was not cancelled."""
    ends: dict[UUID, datetime] = {}
    for one in (life.engagement for life in lives):
        if one.state is not EngagementState.CANCELLED:
            ends[one.worker_id] = max(one.ends_at, ends.get(one.worker_id, one.ends_at))
    return ends
