"""Ratings, standing and appeals put into the shape that clients see."""

from collections.abc import Sequence

from app.core import clock
from app.core.clock import SHANGHAI
from app.engagements.models import Side
from app.standing.appeals import APPEAL_WITHIN
from app.standing.facts import Known
from app.standing.models import Appeal, Review
from app.standing.rating import summary
from app.standing.schemas import (
    AppealView,
    PublicReview,
    ReasonView,
    ReviewTag,
    ReviewView,
    StandingView,
    TagView,
)
from app.standing.score import Held, Reason, ReasonCode, Ruling
from app.standing.tags import NAMES

METHOD = (
    "满分 100 分,看最近 50 次用工:爽约、临时取消、低分评价、争议担责等各扣若干分;此后每正常完成一次用工,"
    "每项扣分减少十分之一,十次后全部恢复。新用户为 100 分。只看做过的事,与年龄、性别、户籍、身份无关。"
    "每一项都可在 30 天内向工作人员申诉,支持的全部撤销,工作人员逾期未办的在办结前不扣。"
)
_TEXTS = {
    ReasonCode.NO_SHOW: "约定后没有到场",
    ReasonCode.CANCELLED_LATE: "开工后取消",
    ReasonCode.TURNED_AWAY: "劳动者到场后不予用工",
    ReasonCode.PAID_LATE: "工资逾期后才付",
    ReasonCode.DISPUTE_LOST: "争议经处理认定由您担责",
}
_MINUTES = 60


def review(found: Review, *, own: bool) -> ReviewView:
    """Return one rating; that it was taken down is told to who wrote it."""
    return ReviewView(
        id=found.id,
        by=found.by,
        stars=found.stars,
        tags=_tags(found),
        text=found.text,
        written_at=found.written_at,
        visible_from=found.visible_from,
        removed=own and found.removed_at is not None,
    )


def public_review(found: Review) -> PublicReview:
    """Return a rating without what would say whose it is: the month, not the day."""
    month = f"{found.written_at.astimezone(SHANGHAI):%Y-%m}"
    return PublicReview(stars=found.stars, tags=_tags(found), text=found.text, month=month)


def standing(known: Known, ratings: Sequence[tuple[int, Sequence[str]]], side: Side) -> StandingView:
    """Return a standing with its reasons, and what can still be done about each."""
    found = known.standing
    return StandingView(
        score=found.score,
        new=found.new,
        counted=found.counted,
        reasons=[_reason(one, known, side) for one in found.reasons],
        rating=summary(ratings),
        method=METHOD,
    )


def appeal(found: Appeal) -> AppealView:
    return AppealView.model_validate(found)


def _reason(found: Reason, known: Known, side: Side) -> ReasonView:
    state = known.appeals.get((found.engagement_id, found.held.code))
    until = found.held.at + APPEAL_WITHIN
    return ReasonView(
        code=found.held.code,
        text=_text(found.held, side),
        points=found.points,
        remaining=found.remaining,
        engagement_id=found.engagement_id,
        at=found.held.at,
        recovers_after=found.recovers_after,
        waits=found.held.ruling is Ruling.WAITS,
        appeal=state,
        can_appeal_until=until if state is None and clock.now() < until else None,
    )


def _text(held: Held, side: Side) -> str:
    if held.code is ReasonCode.CANCELLED_LATE and held.measure >= 0:
        return f"开工前 {held.measure // _MINUTES} 小时 {held.measure % _MINUTES} 分取消"
    if held.code is ReasonCode.RATED_LOW:
        return f"{'用工主体' if side is Side.WORKER else '劳动者'}评价 {held.measure} 星"
    if held.code is ReasonCode.PAID_LATE and held.measure:
        return "工资逾期未付"
    return _TEXTS[held.code]


def _tags(found: Review) -> list[TagView]:
    return [TagView(code=ReviewTag(tag), name=NAMES[ReviewTag(tag)]) for tag in found.tags]
