"""How long a station may take for each step of a dispute: one pure table, with its sources."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.disputes.models import DisputeKind


class Stage(StrEnum):
    ACCEPTING = "accepting"
    RESOLVING = "resolving"


@dataclass(frozen=True)
class Allowed:
    """Working days, or for what cannot wait the hours of the clock."""

    working_days: int = 0
    hours: int = 0

    @property
    def by_the_clock(self) -> timedelta | None:
        return timedelta(hours=self.hours) if self.hours else None


# 首问负责制 and 好差评 (人社部 政务服务 "好差评" 制度: 一般差评 15 个工作日内整改答复) bind the stations;
# 人社部发〔2022〕38号 asks for a complaint to be taken at once and 保障农民工工资支付条例 37–40 for arrears
# to be followed up first; 工伤保险条例 17 gives an employer 30 days to report, so that the scene and the
# witnesses have to be seen by staff within hours. The figures are the city's own promise within these.
ACCEPT = Allowed(working_days=1)
ACCEPT_INJURY = Allowed(hours=2)
RESOLVE = Allowed(working_days=10)
RESOLVE_URGENT = Allowed(working_days=5)
ANSWER_BAD_RATING = Allowed(working_days=15)
# The city's centre has nobody above: a missed deadline is told, and told again each working day.
AT_THE_TOP = Allowed(working_days=1)

URGENT = frozenset({DisputeKind.WAGE_ARREARS, DisputeKind.INJURY})
RATE_WITHIN = timedelta(days=30)
BAD = 2  # stars and fewer are answered


def allowed(kind: DisputeKind, stage: Stage) -> Allowed:
    """Return how long a station has for one stage; after a move up it has the same again."""
    if stage is Stage.ACCEPTING:
        return ACCEPT_INJURY if kind is DisputeKind.INJURY else ACCEPT
    return RESOLVE_URGENT if kind in URGENT else RESOLVE
