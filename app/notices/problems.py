"""What notices refuse."""

from app.core.problems import Conflict, Invalid


class NoticeStateConflict(Conflict):
    code = "notice_state"
    title = "公告的当前状态不允许此操作"
    title_en = "The notice's state does not allow this"


class NoticeOver(Invalid):
    code = "notice_over"
    title = "截止时间应在发布时间和现在之后"
    title_en = "A notice ends after it is published, and after now"
    constraint = "ck_notices_until_after_publication"
