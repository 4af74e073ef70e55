"""What people read of what was done for them at the counter."""

from app.notifications.kinds import Kind, Whom

COUNTER: dict[str, Kind] = {
    "done_for_you": Kind(
        Whom.PARTY,
        "工作人员在柜台代办一件事之后",
        "已为您代办",
        "{station}({officer})应您当面要求代办:{deed}。{unless}",
        "Done for you",
        "{station} ({officer}) did for you, as you asked at the counter: {deed}. {unless}",
        sms=True,
        must="代办须告知本人",
        urgent=True,
    ),
}
