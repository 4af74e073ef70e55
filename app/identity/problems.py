"""What identity refuses."""

from http import HTTPStatus

from app.core.problems import Problem, Unauthenticated


class CodeWrong(Problem):
    """A wrong code; the try is counted, so what was written stays."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "code_wrong"
    title = "验证码不正确或已失效"
    title_en = "The code is wrong or no longer valid"
    keeps = True


class RefreshRefused(Unauthenticated):
    """Unknown, expired or used before; used before ends the session, which stays ended."""

    code = "refresh_refused"
    title = "登录已失效,请重新登录"
    title_en = "This sign-in has ended; sign in again"
    keeps = True


class TooManyDevices(Problem):
    code = "too_many_devices"
    title = "一个账号至多登记十台设备,请先移除不用的"
    title_en = "An account has ten devices at most: remove one that is not used"


class ConsentMissing(Problem):
    code = "consent_missing"
    title = "需先单独同意使用该项个人信息"
    title_en = "This needs a separate consent first"
