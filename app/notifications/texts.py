"""What people read, in Chinese and English; a kind's name is also its SMS template's."""

from app.notifications.kinds import Both, Kind
from app.notifications.words.attendance import ATTENDANCE
from app.notifications.words.counter import COUNTER
from app.notifications.words.disputes import DISPUTES
from app.notifications.words.fairs import FAIRS
from app.notifications.words.hiring import HIRING
from app.notifications.words.joining import JOINING
from app.notifications.words.pay import PAY
from app.notifications.words.standing import STANDING

WORDINGS: dict[str, Kind] = COUNTER | JOINING | HIRING | ATTENDANCE | PAY | DISPUTES | STANDING | FAIRS

# Reasons as people read them, where an employer gave none of their own.
REASONS = {
    "job_not_open": Both("岗位已停止招聘", "the posting has closed"),
    "shift_started": Both("班次已开始,未及答复", "the shift began before an answer"),
    "shift_overlaps": Both("与您的其他班次时间重叠", "it overlaps with another shift of yours"),
    "certificate_missing": Both("缺少所需证书", "a certificate is missing"),
    "province_consent_missing": Both(
        "您已撤回向省平台提供信息的同意", "you took back the consent to sharing with the province"
    ),
}

CALL = Both("联系电话 {contact}。", " Call {contact}.")
SIGN = "【临汾零工市场】"
