"""What cancelling costs, by the notice that it gives: pure, and the same before and after it happens."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.engagements.models import Side

HOUR = 60
FREE_FROM_MINUTES = 24 * HOUR


class Grade(StrEnum):
    """How much notice a cancellation gives; what each costs in standing is told where standing is."""

    FREE = "free"
    WITHIN_A_DAY = "within_a_day"
    WITHIN_SIX_HOURS = "within_six_hours"
    WITHIN_TWO_HOURS = "within_two_hours"
    AFTER_THE_START = "after_the_start"


@dataclass(frozen=True)
class Costs:
    """What a cancellation means for who cancels."""

    free: bool
    grade: Grade
    notice_minutes: int
    text: str


def minutes_of(starts_at: datetime, now: datetime) -> int:
    """Return the minutes of notice, rounded down; negative once it has begun."""
    return int((starts_at - now).total_seconds() // 60)


def grade_of(minutes: int) -> Grade:
    """Grade by notice: 24 hours and more are free, then it counts in three steps, and after the start."""
    for grade, least in (
        (Grade.FREE, FREE_FROM_MINUTES),
        (Grade.WITHIN_A_DAY, 6 * HOUR),
        (Grade.WITHIN_SIX_HOURS, 2 * HOUR),
        (Grade.WITHIN_TWO_HOURS, 0),
    ):
        if minutes >= least:
            return grade
    return Grade.AFTER_THE_START


def costs(starts_at: datetime, now: datetime, by: Side, *, change_unanswered: bool) -> Costs:
    """Say what cancelling now costs one side.

    A worker who is asked to consent to a change of the posting leaves at no cost (rule 6).
    """
    minutes = minutes_of(starts_at, now)
    grade = grade_of(minutes)
    if by is Side.WORKER and change_unanswered:
        return Costs(True, Grade.FREE, minutes, "用工主体改了条件,您不同意可以退出,不影响信用。")
    return Costs(grade is Grade.FREE, grade, minutes, _TEXTS[by][grade is Grade.FREE])


_TEXTS = {
    Side.WORKER: {
        True: "距开工还有 24 小时以上,取消不影响信用。",
        False: "距开工不足 24 小时,取消会按提前的时间影响信用;因病、意外、亲属丧事或气象预警的,"
        "可在七日内提交说明和凭证,核实后不计。",
    },
    Side.EMPLOYER: {
        True: "距开工还有 24 小时以上,取消不影响信用,也不必补偿。",
        False: "距开工不足 24 小时,取消会影响信用,并须按市里规定的比例向劳动者支付部分报酬;"
        "有气象预警等特殊情况的,可在七日内提交说明,核实后免除。",
    },
}
