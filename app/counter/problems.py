"""What is refused at the counter."""

from http import HTTPStatus

from app.core.problems import Conflict, Problem


class AssistanceStateConflict(Conflict):
    code = "assistance_state_conflict"
    title = "代办已结束、已超时或尚未经本人同意"
    title_en = "This assistance has ended, has lapsed or is not agreed to yet"


class HasAPhone(Problem):
    """Paper is for who can't be asked by SMS; else a signature could stand in for anybody."""

    code = "has_a_phone"
    title = "此人已有手机号:请用短信验证码征得同意"
    title_en = "This person has a phone: ask for consent by a code"


class HasNoPhone(Problem):
    code = "has_no_phone"
    title = "此人没有手机号:请用签字的同意书"
    title_en = "This person has no phone: use a signed sheet"


class NameDiffers(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "name_differs"
    title = "姓名与该证件号码登记的不一致"
    title_en = "The name is not the one that this ID number is registered with"


class PhoneTaken(Problem):
    code = "phone_taken"
    title = "该手机号已有账号"
    title_en = "This phone has an account already"
    constraint = "uq_accounts_phone_index"


class ErrandDone(Problem):
    code = "errand_done"
    title = "已办过"
    title_en = "This has been done already"
