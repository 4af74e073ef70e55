"""What is refused of the province's word on applications."""

from app.core.problems import Conflict


class OutcomeVersionReused(Conflict):
    code = "outcome_version_reused"
    title = "该版本号已用于另一内容,请使用更大的版本号"
    title_en = "This version was used for another content: use a greater one"
