"""What access refuses."""

from app.core.problems import Fault, Invalid, Problem, Unauthenticated


class SignInRefused(Unauthenticated):
    """One answer for an unknown name, a wrong password or code, and a locked account."""

    code = "sign_in_refused"
    title = "用户名、密码或动态码不正确;连续五次失败将锁定 15 分钟"
    title_en = "Username, password or code is wrong; five failures in a row lock for 15 minutes"
    keeps = True


class PasswordChangeRequired(Problem):
    """Whoever set the password for somebody knows it: nothing else is done before it is changed."""

    code = "password_change_required"
    title = "首次登录或密码重置后,请先修改密码"
    title_en = "Change your password first: it was set by somebody else"


class TemporaryPasswordExpired(Unauthenticated):
    """Told only to who has it right: a password that lay about unused opens nothing."""

    code = "temporary_password_expired"
    title = "临时密码已过期,请由管理员重新设置"
    title_en = "The temporary password has expired; have an administrator reset it"
    keeps = True


class PasswordWrong(Invalid):
    """Counted like a sign-in that fails."""

    code = "password_wrong"
    title = "原密码不正确"
    title_en = "The old password is wrong"
    keeps = True

    def __init__(self) -> None:
        super().__init__(faults=[Fault("/old", self.code, self.title, self.title_en)])


class PasswordWeak(Invalid):
    code = "password_weak"
    title = "密码不合要求"
    title_en = "This password will not do"
