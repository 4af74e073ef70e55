"""What people read about ratings and appeals."""

from app.notifications.kinds import Kind, Whom

STANDING: dict[str, Kind] = {
    "reviews_shown": Kind(
        Whom.PARTY,
        "双方评价公开",
        "双方评价已公开",
        "“{job}”{when}:双方的评价现在可以看了。觉得不公可在 30 日内于应用中申诉。",
        "The ratings are shown",
        "“{job}”, {when}: both ratings can be seen now. If yours is unfair, you can appeal within 30 days.",
    ),
    "appeal_upheld": Kind(
        Whom.PARTY,
        "申诉成立",
        "申诉成立",
        "“{job}”{when}:您的申诉成立,这一项已全部撤销,不再计入信用。",
        "Your appeal holds",
        "“{job}”, {when}: your appeal holds; what was held against you is undone in full.",
        sms=True,
    ),
    "appeal_refused": Kind(
        Whom.PARTY,
        "申诉未成立",
        "申诉未成立",
        "“{job}”{when}:您的申诉未成立,理由见应用。之后每完成一次用工,信用会逐步恢复。",
        "Your appeal was refused",
        "“{job}”, {when}: your appeal was refused; the reason is in the app. Your standing recovers with each"
        " job that you complete.",
        sms=True,
    ),
    "appeal_missed": Kind(
        Whom.PARTY,
        "申诉到期未决定",
        "申诉超期,暂不计入",
        "“{job}”{when}:您的申诉到期尚未决定,是我们的延误;在决定之前这一项不计入信用,已报上级督办。",
        "We are late with your appeal",
        "“{job}”, {when}: we did not decide your appeal in time. Until we do, it does not count against you.",
    ),
}
