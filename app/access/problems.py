"""What access refuses."""

from app.core.problems import Unauthenticated


class SignInRefused(Unauthenticated):
    """One answer for an unknown name, a wrong password or code, and a locked account."""

    code = "sign_in_refused"
    title = "用户名、密码或动态码不正确;连续五次失败将锁定 15 分钟"
    title_en = "Username, password or code is wrong; five failures in a row lock for 15 minutes"
    keeps = True
