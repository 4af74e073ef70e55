"""What both sides of an engagement say of each other in the demo city, and appeals against it."""

from datetime import datetime, timedelta

from app.attachments.models import Belongs
from app.attendance.models import Claim
from app.core.keyring import seal
from app.engagements.models import Engagement, Side
from app.standing.appeals import DECIDED_WITHIN_DAYS, purpose
from app.standing.models import Appeal, AppealState, Review
from app.standing.reviewing import BLIND_FOR
from app.standing.schemas import ReviewTag
from app.standing.score import ReasonCode
from app.standing.tags import SAID_BY
from scripts.demo.copying import row
from scripts.demo.letters import Letters
from scripts.demo.scene import Life, Scene

HOUR = timedelta(hours=1)
_SPEAKS = {Side.WORKER: 0.16, Side.EMPLOYER: 0.2}
_STARS = {5: 62, 4: 24, 3: 8, 2: 4, 1: 2}
_SAID = {
    Side.WORKER: {
        True: ("活和发布的一样,工钱当天结。", "老板人好,中午管饭。", ""),
        False: ("干的活比说的重。", "结账拖了两天。", "现场没人管安全。"),
    },
    Side.EMPLOYER: {
        True: ("来得早,手脚勤快。", "有经验,不用多交代。", ""),
        False: ("迟到半小时。", "干活不太上心。", "中途走了一会儿。"),
    },
}
_GOOD, _BAD = 4, 2
_APPEALED = 0.3
_DAY = timedelta(days=1)


class Opinions:
    """Collects ratings and appeals."""

    def __init__(self, scene: Scene, letters: Letters) -> None:
        self._scene, self._letters, self._chance = scene, letters, scene.chance("opinions")

    def rate(self, life: Life, *sides: Side) -> None:
        """Let some rate each other, within seven days, blind until both have."""
        one, chance = life.engagement, self._chance
        if one.confirmed_at is None:
            return
        until = one.confirmed_at + BLIND_FOR
        written: list[Review] = []
        for side in Side:
            at = chance.between(one.confirmed_at, until - HOUR)
            if at < self._scene.today and (side in sides or (not sides and chance.happens(_SPEAKS[side]))):
                written.append(self._review(life, side, at, until))
        if len(written) == len(Side):
            shown = max(review.written_at for review in written)
            for review in written:
                review.visible_from = shown
        for review in written:
            if review.stars <= _BAD and review.visible_from < self._scene.today - 4 * _DAY:
                self._perhaps_appeal(life, review)

    def against_no_show(self, life: Life, claim: Claim, state: AppealState) -> None:
        """Appeal against a no-show that stands."""
        one, chance = life.engagement, self._chance
        said = "那天突然腹泻去了卫生所,没来得及说,请不要计入。"
        held = claim.answer_until
        latest = self._scene.today - HOUR
        at = chance.between(held, min(held + 3 * _DAY, latest))
        if state is AppealState.OPEN:
            at = chance.between(max(held, self._scene.yesterday), latest)
        self._appeal(one, Side.WORKER, ReasonCode.NO_SHOW, at, state, said, life)

    def against_late_pay(self, life: Life, overdue_at: datetime) -> None:
        """Let an employer appeal against late pay being held against it."""
        at = self._chance.between(max(overdue_at, self._scene.yesterday), self._scene.today - HOUR)
        said = "银行系统维护,当晚没有转成,第二天一早已付。"
        self._appeal(life.engagement, Side.EMPLOYER, ReasonCode.PAID_LATE, at, AppealState.OPEN, said, life)

    def _review(self, life: Life, side: Side, at: datetime, until: datetime) -> Review:
        chance, one = self._chance, life.engagement
        stars = chance.of(_STARS)
        good = stars >= _GOOD
        tags = sorted(SAID_BY[side] - ({ReviewTag.SAFE, ReviewTag.RESTED} if good else set()))
        review = row(
            Review,
            id=chance.id_at(at),
            engagement_id=one.id,
            by=side,
            account_id=one.worker_id if side is Side.WORKER else self._scene.owner(life),
            worker_id=one.worker_id,
            employer_id=one.employer_id,
            stars=stars,
            tags=[tag.value for tag in chance.sample(tags, 2)] if good else [],
            text=chance.choice(_SAID[side][good]) or None,
            written_at=at,
            visible_from=until,
        )
        self._scene.write(review)
        return review

    def _perhaps_appeal(self, life: Life, review: Review) -> None:
        if not self._chance.happens(_APPEALED):
            return
        rated = Side.EMPLOYER if review.by is Side.WORKER else Side.WORKER
        state = AppealState.UPHELD if self._chance.happens(0.5) else AppealState.REFUSED
        at = review.visible_from + self._chance.uniform(1, 30) * HOUR
        said = "评价与事实不符,当天有记录,请核实。"
        made = self._appeal(life.engagement, rated, ReasonCode.RATED_LOW, at, state, said, life)
        if state is AppealState.UPHELD:
            review.removed_at = made.decided_at

    def _appeal(
        self,
        one: Engagement,
        by: Side,
        against: ReasonCode,
        at: datetime,
        state: AppealState,
        text: str,
        life: Life,
    ) -> Appeal:
        chance, scene = self._chance, self._scene
        made = Appeal(
            id=chance.id_at(at),
            engagement_id=one.id,
            by=by,
            against=against.value,
            account_id=one.worker_id if by is Side.WORKER else scene.owner(life),
            division=one.division,
            state=state,
            made_at=at,
            due_at=scene.reference.deadline(at, DECIDED_WITHIN_DAYS),
        )
        made.text_sealed = seal(text, purpose(made.id))
        scene.write(made)
        scene.picture(chance, made.account_id, Belongs.APPEAL, made.id, at)
        if state is AppealState.OPEN:
            data = {"appeal_id": str(made.id)}
            self._letters.alert_of(life, "appeal_made", at, made.id, data, due=made.due_at)
            return made
        staff, held = scene.mediator(one.division), state is AppealState.UPHELD
        made.decided_at = min(at + chance.uniform(15, 50) * HOUR, scene.today)
        made.decided_by = staff.id
        made.reason = "核实后予以撤销" if held else "证据不足,维持原记录"
        after = {"state": state.value, "against": made.against}
        action = "appeal.uphold" if held else "appeal.refuse"
        before = {"state": AppealState.OPEN.value}
        scene.deed(chance, made.decided_at, staff, action, made, before, after, made.reason)
        return made
