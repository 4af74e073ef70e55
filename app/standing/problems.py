"""What ratings and appeals refuse."""

from app.core.problems import Conflict, Problem


class ReviewedAlready(Problem):
    code = "reviewed_already"
    title = "您已评价过这次用工"
    title_en = "You have rated this engagement already"
    constraint = "uq_reviews_engagement_id_by"


class ReviewTooLate(Problem):
    """Rule 9: ratings appear after seven days, and none is written in view of the other."""

    code = "review_too_late"
    title = "评价期已过(工时确认后七天内)"
    title_en = "Ratings are taken for seven days after the hours were confirmed"


class NothingToAppeal(Problem):
    code = "nothing_to_appeal"
    title = "这次用工没有对您的扣分"
    title_en = "Nothing is held against you for this engagement"


class AppealedAlready(Problem):
    code = "appealed_already"
    title = "您已就此申诉过"
    title_en = "You have appealed against this already"
    constraint = "uq_appeals_engagement_id_by_against"


class AppealTooLate(Problem):
    code = "appeal_too_late"
    title = "申诉期已过(扣分后三十天内)"
    title_en = "An appeal is made within thirty days"


class AppealStateConflict(Conflict):
    code = "appeal_state"
    title = "申诉已有结论"
    title_en = "The appeal has been decided"
