"""How disputes of the demo city go: what is complained of, how far staff come, how it ends."""

from dataclasses import dataclass
from datetime import datetime

from app.disputes.models import DisputeKind, DisputeState, Outcome

WRITTEN = {
    DisputeKind.WAGE_ARREARS: "活干完了,说好的工钱一直没给,打电话也不接。",
    DisputeKind.INJURY: "卸货时被滑落的板材砸伤脚面,已去医院拍片。",
    DisputeKind.FRAUD: "到了才发现不是招工,是让先交钱培训。",
    DisputeKind.FEE: "上岗前收了两百元服装费,说好退,一直没退。",
    DisputeKind.DISCRIMINATION: "人到了说只要本地户口的,让我回去。",
    DisputeKind.NO_SHOW: "我到了现场,门卫登记过,不是没来。",
    DisputeKind.OTHER: "现场没有饮水和休息的地方,希望协调。",
}
HELD = "双方到场。用工主体说明情况并承诺三日内处理,劳动者同意先等候。"


@dataclass(frozen=True)
class Arrears:
    """How a case of arrears began, and how it ended: paid by itself, or decided by staff."""

    opened_at: datetime
    settled_at: datetime | None = None
    decided_fen: int | None = None


@dataclass(frozen=True)
class Ending:
    """How a dispute ends; by the market itself, a party or the staff who have it."""

    at: datetime
    state: DisputeState = DisputeState.RESOLVED
    outcome: Outcome | None = Outcome.AGREED
    text: str | None = "经调解,双方达成一致。"
    by_staff: bool = True


@dataclass(frozen=True)
class Course:
    """What happens on the way: how far staff have come, and whether they gave it away."""

    ending: Ending | None = None
    untouched: bool = False
    pushed_up: bool = False
    handed_over: bool = False
    mediates: bool | None = None
