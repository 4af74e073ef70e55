"""What people read, in Chinese and English; a kind's name is also its SMS template's."""

from typing import NamedTuple


class Wording(NamedTuple):
    """Title and text in both languages; `{…}` are filled in."""

    title: str
    text: str
    title_en: str
    text_en: str


WORDINGS: dict[str, Wording] = {
    "employer_verified": Wording(
        "核验通过",
        "您登记的“{employer}”已通过核验,可以发布岗位。",
        "Verified",
        "“{employer}” has been verified; you can post jobs now.",
    ),
    "employer_returned": Wording(
        "核验退回",
        "您登记的“{employer}”未通过核验:{reason}。补正后会再次核验。",
        "Returned",
        "“{employer}” was not verified: {reason}. Mend it and it will be looked at again.",
    ),
    "employer_stopped": Wording(
        "岗位暂不展示",
        "“{employer}”的岗位暂不展示:{reason}。如有疑问请联系就业服务站。",
        "Postings hidden",
        "The postings of “{employer}” are hidden: {reason}. Ask your station if in doubt.",
    ),
    "worker_verified": Wording(
        "实名认证通过", "您已通过实名认证,可以报名岗位。", "Real name verified", "You can apply for jobs now."
    ),
    "certificate_verified": Wording(
        "证书核验通过",
        "您上传的证书已通过核验。",
        "Certificate verified",
        "Your certificate has been verified.",
    ),
    "certificate_rejected": Wording(
        "证书未通过核验",
        "您上传的证书未通过核验:{reason}。",
        "Certificate rejected",
        "Your certificate was rejected: {reason}.",
    ),
    "job_published": Wording("岗位已发布", "“{job}”已发布。", "Published", "“{job}” has been published."),
    "job_returned": Wording(
        "岗位被退回",
        "“{job}”被退回:{reason}。修改后请重新提交。",
        "Returned",
        "“{job}” was returned: {reason}. Change it and hand it in again.",
    ),
    "job_removed": Wording(
        "岗位被下架", "“{job}”被下架:{reason}。", "Removed", "“{job}” was removed: {reason}."
    ),
    "applied": Wording(
        "有人报名", "有人报名“{job}”,请尽快答复。", "New application", "Someone applied for “{job}”."
    ),
    "taken_on": Wording(
        "您已被录用",
        "您已被录用:{job},{when},{where}。",
        "You are taken on",
        "You are taken on: {job}, {when}, {where}.",
    ),
    "promoted": Wording(
        "候补成功,您已被录用",
        "有空位了,您已被录用:{job},{when},{where}。不能来请尽早退出。",
        "From the waiting list: you are taken on",
        "A place came free and you are taken on: {job}, {when}, {where}.",
    ),
    "declined": Wording(
        "未被录用", "“{job}”未录用:{reason}。还有其他岗位可选。", "Not taken on", "“{job}”: {reason}."
    ),
    "worker_withdrew": Wording(
        "有人退出",
        "“{job}”{when}有人退出,候补会自动递补。",
        "Withdrawn",
        "Someone withdrew from “{job}”, {when}.",
    ),
    "shift_changed": Wording(
        "班次时间有变,请答复",
        "“{job}”改为 {when}。同意请在应用中确认;不同意可退出,不影响您的信用。",
        "A shift has changed: please answer",
        "“{job}” moves to {when}. Consent in the app, or leave at no cost.",
    ),
    "reminder": Wording(
        "明天有活",
        "提醒:{job},{when},{where}。不能来请尽早退出。",
        "Work tomorrow",
        "Reminder: {job}, {when}, {where}.",
    ),
}

# Reasons as people read them, where an employer gave none of their own.
REASONS = {
    "job_not_open": ("岗位已停止招聘", "the posting has closed"),
    "shift_started": ("班次已开始,未及答复", "the shift began before an answer"),
    "shift_overlaps": ("与您的其他班次时间重叠", "it overlaps with another shift of yours"),
    "certificate_missing": ("缺少所需证书", "a certificate is missing"),
}

# What is also sent by SMS: the steps of api.md that people must not miss.
BY_SMS = {
    "employer_verified",
    "employer_returned",
    "job_returned",
    "taken_on",
    "promoted",
    "declined",
    "shift_changed",
    "reminder",
}
# Whom to call stands in the sealed SMS alone; the inbox leads to the engagement, which shows it.
WHOM_TO_CALL = {"taken_on", "promoted", "reminder"}
CALL = ("联系电话 {contact}。", " Call {contact}.")
SIGN = "【临汾零工市场】"
