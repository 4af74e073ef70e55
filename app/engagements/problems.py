"""Why a worker can't be taken on, and what else engagements refuse."""

from app.core.problems import Conflict, Invalid, Problem
from app.jobs.problems import ShiftFull


class ShiftOverlaps(Problem):
    """Rule 2."""

    code = "shift_overlaps"
    title = "与您已被录用的班次时间重叠"
    title_en = "It overlaps with a shift that you are taken on for"
    constraint = "ex_engagements_no_overlap"


class AppliedAlready(Problem):
    code = "applied_already"
    title = "您已报名该班次"
    title_en = "You have applied for this shift already"
    constraint = "uq_application_shifts_live"


class JobNotOpen(Problem):
    code = "job_not_open"
    title = "岗位未在招聘中"
    title_en = "The job is not open"


class ShiftStarted(Problem):
    code = "shift_started"
    title = "班次已经开始"
    title_en = "The shift has begun"


class RealNameMissing(Problem):
    code = "real_name_missing"
    title = "请先完成实名认证"
    title_en = "Verify your real name first"


class UnderAge(Problem):
    """Rule 5."""

    code = "under_age"
    title = "开工时未满十六周岁"
    title_en = "Under sixteen on the day of work"


class MinorHazardous(Problem):
    """Rule 5."""

    code = "minor_hazardous"
    title = "该工种禁止未满十八周岁者从事"
    title_en = "This trade is closed to people under eighteen"


class MinorNight(Problem):
    """Rule 5."""

    code = "minor_night"
    title = "未满十八周岁者不得从事夜间工作"
    title_en = "People under eighteen do no night work"


class CertificateMissing(Problem):
    code = "certificate_missing"
    title = "缺少该岗位要求的、经核验且在有效期内的证书"
    title_en = "A certificate that this job needs is missing, not verified, or run out"


class OwnJob(Problem):
    code = "own_job"
    title = "不能报名自己代表的用工主体的岗位"
    title_en = "This job belongs to an employer that you act for"


class ProvinceConsentMissing(Problem):
    """个人信息保护法 23: who hands on to somebody else needs a consent apart."""

    code = "province_consent_missing"
    title = "这是省平台的岗位,报名须先同意向省平台提供个人信息"
    title_en = "A vacancy of the province: consent to sharing with the province first"


REASONS: list[type[Problem]] = [
    JobNotOpen,
    OwnJob,
    ProvinceConsentMissing,
    RealNameMissing,
    UnderAge,
    MinorHazardous,
    MinorNight,
    CertificateMissing,
    ShiftStarted,
    AppliedAlready,
    ShiftOverlaps,
    ShiftFull,
]
BY_CODE = {problem.code: problem for problem in REASONS}


class ApplicationStateConflict(Conflict):
    code = "application_state"
    title = "报名的当前状态不允许此操作"
    title_en = "The application's state does not allow this"


class EngagementStateConflict(Conflict):
    code = "engagement_state"
    title = "用工的当前状态不允许此操作"
    title_en = "The engagement's state does not allow this"


class ShiftOver(Problem):
    code = "shift_over"
    title = "班次已经结束"
    title_en = "The shift is over"


class ChangePending(Problem):
    """A change of the posting waits for the worker's answer; nothing is agreed beside it."""

    code = "change_pending"
    title = "岗位条件的变更还在等劳动者答复,请先处理"
    title_en = "A change of the posting waits for the worker's answer first"


class OwnProposal(Problem):
    code = "own_proposal"
    title = "这是您这一方提出的变更,须由对方答复"
    title_en = "Your own side proposed this: the other answers"


class EmployersToPropose(Invalid):
    code = "employers_to_propose"
    title = "报酬和地点由用工主体提出变更"
    title_en = "Pay and place are the employer's to propose"


class NothingChanges(Invalid):
    code = "nothing_changes"
    title = "与现在的约定没有不同"
    title_en = "This is what is agreed already"


class WordingRefused(Invalid):
    """Rule 7 holds for what is agreed afterwards, too."""

    code = "wording_refused"
    title = "内容含有歧视或收费字句"
    title_en = "The wording discriminates or asks for fees"


class ExcuseMadeAlready(Problem):
    code = "excuse_made_already"
    title = "已提交过说明,请等待核实"
    title_en = "An excuse was given already"
    constraint = "uq_excuses_engagement_id_by"


class ExcuseTooLate(Problem):
    code = "excuse_too_late"
    title = "已超过七日,不能再提交说明"
    title_en = "An excuse is taken for seven days"


class ExcuseStateConflict(Conflict):
    code = "excuse_state"
    title = "该说明已有结论"
    title_en = "This excuse was decided already"


class EngagementsStand(Problem):
    code = "engagements_stand"
    title = "还有未完成的用工,请先退出或等其结束"
    title_en = "Engagements still stand: withdraw from them or let them end first"
