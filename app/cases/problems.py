"""What is refused to who wants a case."""

from app.core.problems import Conflict


class CaseHeld(Conflict):
    """Held by another: `held_by` says by whom and until when."""

    code = "case_held"
    title = "该事项正由其他工作人员办理"
    title_en = "Somebody else is working on this case"


class CaseNotHeld(Conflict):
    code = "case_not_held"
    title = "该事项目前无人领取"
    title_en = "Nobody holds this case"
