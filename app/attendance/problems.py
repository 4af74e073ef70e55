"""What attendance refuses."""

from app.core.problems import Conflict, Invalid, Problem, TooMany


class TooEarly(Problem):
    code = "too_early"
    title = "还没到时间"
    title_en = "It is too early for this"


class TooLate(Problem):
    code = "too_late"
    title = "已过时限"
    title_en = "It is too late for this"


class OutsideTheSite(Problem):
    code = "outside_the_site"
    title = "定位不在工作地点范围内"
    title_en = "The position is outside the place of work"


class HowMissing(Invalid):
    code = "place_or_code_missing"
    title = "请提供定位或现场签到码"
    title_en = "Give a position or the site's code"


class SiteCodeWrong(Invalid):
    """A wrong code; the try is counted, so what was written stays."""

    code = "site_code_wrong"
    title = "签到码不正确或已失效"
    title_en = "The site's code is wrong or no longer valid"
    keeps = True


class ProofInvalid(Invalid):
    code = "proof_invalid"
    title = "离线签名无效"
    title_en = "The signature of the offline event is not valid"


class TooManyNotes(TooMany):
    code = "too_many_notes"
    title = "这次用工的考勤记录太多"
    title_en = "Too many notes about this engagement"


class ClaimOpen(Conflict):
    """One claim at a time; the worker's own is not ended by the employer."""

    code = "claim_open"
    title = "对方的说法尚待答复,请先答复"
    title_en = "What the other side said waits for an answer: answer it first"
    constraint = "uq_claims_standing"


class NothingToAnswer(Conflict):
    code = "nothing_to_answer"
    title = "没有待您答复的事项"
    title_en = "Nothing waits for your answer"


class AttendanceStateConflict(Conflict):
    code = "attendance_state"
    title = "该考勤记录的当前状态不允许此操作"
    title_en = "The note's state does not allow this"


class FixedCodesOnly(Conflict):
    code = "fixed_codes_only"
    title = "动态码随时变化,不能打印;请换成固定码"
    title_en = "A rotating code changes all the time: make a fixed one to print"
