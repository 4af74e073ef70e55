"""What is refused about postings and shifts."""

from http import HTTPStatus

from app.core.problems import Conflict, Invalid, Problem


class ShiftFull(Problem):
    status = HTTPStatus.CONFLICT
    code = "shift_full"
    title = "该班次已招满"
    title_en = "This shift is full"
    constraint = "ck_shifts_hired_within_headcount"


class JobStateConflict(Conflict):
    code = "job_state"
    title = "岗位的当前状态不允许此操作"
    title_en = "The job's state does not allow this"


class PostingIncomplete(Invalid):
    """Rule 3: what the law asks a posting to carry."""

    code = "posting_incomplete"
    title = "岗位信息不完整,不能提交"
    title_en = "The posting is not complete"
    constraint = "ck_jobs_posting_is_complete"


class BelowMinimumWage(Invalid):
    """Rule 4."""

    code = "below_minimum_wage"
    title = "报酬低于当地最低小时工资标准"
    title_en = "The pay is below the local minimum hourly wage"


class ShiftInvalid(Invalid):
    code = "shift_invalid"
    title = "班次时间有误"
    title_en = "The shift's times are not valid"
    constraint = "ck_shifts_starts_before_it_ends"


class PeopleTakenOn(Problem):
    """Who was taken on for one trade is not asked to do another: that is a new posting."""

    code = "people_taken_on"
    title = "已有人被录用,工种和须持证书不能再改;请复制为新岗位"
    title_en = "People were taken on: the trade and its certificates stay; copy the job instead"


class BelowHired(Problem):
    code = "below_hired"
    title = "人数不能少于已录用和已预留人数"
    title_en = "The head count can't be below the number taken on and kept places"
