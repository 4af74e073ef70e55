"""What is refused to workers."""

from http import HTTPStatus

from app.core.problems import Conflict, Problem


class NoProfile(Problem):
    code = "worker_profile_missing"
    title = "请先填写求职资料"
    title_en = "Fill in the worker profile first"


class IdNumberTaken(Problem):
    """One ID, one worker. Says nothing of whose account it is."""

    code = "id_number_taken"
    title = "该证件号码已在其他账号实名,如非本人操作请到就近就业服务站核实"
    title_en = "This ID number is verified under another account; ask at a station if that was not you"
    constraint = "uq_workers_id_number_index"


class AlreadyVerified(Problem):
    code = "already_verified"
    title = "已完成实名认证;姓名或证件变更请到就业服务站办理"
    title_en = "Already verified; a change of name or document is made at a station"


class TooYoung(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "too_young"
    title = "未满十六周岁不得就业"
    title_en = "No one under sixteen may work"


class CertificateDecided(Conflict):
    code = "certificate_decided"
    title = "该证书已有审核结论"
    title_en = "This certificate has been decided already"


class RealNameState(Conflict):
    """Withdrawn, never given, or compared with the document already."""

    code = "real_name_state"
    title = "该劳动者目前没有待核对的实名信息"
    title_en = "This worker has no real name to check now"
