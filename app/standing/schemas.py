"""Ratings, standing and appeals as clients see them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.types import Schema, Text
from app.engagements.models import Side
from app.standing.models import AppealState
from app.standing.score import ReasonCode

ReviewText = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]+$")]


class ReviewTag(StrEnum):
    """What can be said in one word; each side has its own (tags.py)."""

    PUNCTUAL = "punctual"
    SKILLED = "skilled"
    CAREFUL = "careful"
    HARD_WORKING = "hard_working"
    COOPERATIVE = "cooperative"
    AS_POSTED = "as_posted"
    PAID_ON_TIME = "paid_on_time"
    SAFE = "safe"
    RESPECTFUL = "respectful"
    RESTED = "rested"


class TagView(Schema):
    code: ReviewTag = Field(description="标签代码")
    name: str = Field(description="标签名称")


class TagCount(TagView):
    count: int = Field(description="次数")


class ReviewGiven(Schema):
    stars: int = Field(ge=1, le=5, description="星级,1 至 5,5 为最好", examples=[5])
    tags: list[ReviewTag] = Field(
        default_factory=list,
        max_length=5,
        description="标签。劳动者评用工主体:as_posted 与发布一致、paid_on_time 按时付酬、safe 注意安全、"
        "respectful 尊重人、rested 保障休息;用工主体评劳动者:punctual 准时、skilled 手艺好、careful 细心、"
        "hard_working 肯干、cooperative 好配合",
    )
    text: ReviewText | None = Field(None, description="文字评价,500 字以内")


class ReviewView(Schema):
    id: UUID = Field(description="评价编号")
    by: Side = Field(description="由哪一方评价:worker 劳动者、employer 用工主体")
    stars: int = Field(description="星级,1 至 5")
    tags: list[TagView] = Field(description="标签")
    text: str | None = Field(description="文字评价")
    written_at: datetime = Field(description="评价时间")
    visible_from: datetime = Field(description="对方自此可见")
    removed: bool = Field(description="经申诉已撤下,仅评价人自己可见,不计入评分")


class EngagementReviews(Schema):
    items: list[ReviewView] = Field(description="自己的评价,以及已可见的对方评价")


class PublicReview(Schema):
    stars: int = Field(description="星级,1 至 5")
    tags: list[TagView] = Field(description="标签")
    text: str | None = Field(description="文字评价")
    month: str = Field(description="评价月份", examples=["2026-11"])


class PublicReviewPage(Schema):
    items: list[PublicReview] = Field(description="最新的在前;不含劳动者身份")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class RatingView(Schema):
    stars: float | None = Field(description="最近 50 次评价的平均星级,一位小数;不足 3 次时为 null")
    count: int = Field(description="计入的评价次数,至多 50")
    tags: list[TagCount] = Field(description="各标签的次数,多的在前")


class ReasonView(Schema):
    code: ReasonCode = Field(
        description="no_show 爽约、cancelled_late 临时取消、turned_away 到场被拒、paid_late 工资逾期、"
        "rated_low 低分评价、dispute_lost 争议担责"
    )
    text: str = Field(description="文字说明")
    points: int = Field(description="起初扣的分")
    remaining: int = Field(description="现在仍扣的分;全部原因之和恰为 100 减信用分")
    engagement_id: UUID = Field(description="用工编号")
    at: datetime = Field(description="何时记入")
    recovers_after: int = Field(description="再正常完成几次用工即全部恢复")
    waits: bool = Field(description="申诉或请假说明未按期办结,在办结前不扣分")
    appeal: AppealState | None = Field(description="申诉状态:open 待处理、refused 未支持;没有申诉为 null")
    can_appeal_until: datetime | None = Field(description="可申诉至;不可再申诉时为 null")


class StandingView(Schema):
    score: int = Field(description="信用分,0 至 100")
    new: bool = Field(description="计入的用工不足 5 次")
    counted: int = Field(description="计入的用工次数,至多 50")
    reasons: list[ReasonView] = Field(description="扣分原因,最近的在前")
    rating: RatingView = Field(description="收到的评价")
    method: str = Field(description="计算方法的文字说明")


class ApplicantRating(Schema):
    worker_id: UUID = Field(description="劳动者编号")
    rating: RatingView = Field(description="此劳动者收到的评价")


class AppealGiven(Schema):
    against: ReasonCode | None = Field(
        None, description="针对哪一项扣分(信用分 reasons 中的 code);此次用工仅有一项时可不填"
    )
    text: Text = Field(description="申诉理由,仅处理申诉的工作人员可读", examples=["当天突发疾病,附病历。"])
    files: list[UUID] = Field(default_factory=list, max_length=9, description="证据图片编号,先上传图片取得")


class AppealView(Schema):
    id: UUID = Field(description="申诉编号")
    engagement_id: UUID = Field(description="用工编号")
    by: Side = Field(description="哪一方申诉")
    against: ReasonCode = Field(description="针对的扣分代码")
    state: AppealState = Field(description="open 待处理、upheld 已支持、refused 未支持")
    made_at: datetime = Field(description="申诉时间")
    due_at: datetime = Field(description="办理期限,五个工作日")
    missed_at: datetime | None = Field(description="逾期未办的时间;自此至办结不扣分")
    decided_at: datetime | None = Field(description="办结时间")
    reason: str | None = Field(description="办理意见")


class AppealAnswer(Schema):
    answered: Literal["appeal", "claim"] = Field(
        description="appeal 已受理申诉;claim 对方的说法还在答复期内,已作为答复记下,转为争议处理"
    )
    engagement_id: UUID = Field(description="用工编号")
    claim_id: UUID | None = Field(None, description="所答复的爽约或到场被拒说明的编号")
    appeal: AppealView | None = Field(None, description="申诉")


class AppealPage(Schema):
    items: list[AppealView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")
