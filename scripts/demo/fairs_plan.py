"""When the demo city holds fairs: every Friday evening, and Tuesdays in the counties from now on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import clock
from app.fairs.models import BoothState, FairMode, FairState, Organiser
from app.streams.models import LiveKind
from app.workers.models import KeyGroup
from scripts.demo.ledger import CITY

TUESDAY, FRIDAY = 1, 4
LASTS, LASTS_IN_A_HALL = timedelta(hours=1), timedelta(hours=3)
OPENING, EACH = timedelta(minutes=4), timedelta(minutes=6)  # the host's words, then job after job
MOST_JOBS, MOST_A_BOOTH = int((LASTS - OPENING) / EACH), 3
YAODU, HONGTONG, HOUMA = "141002", "141024", "141081"
HOMES, SHOPS = ("01", "02"), ("07", "08", "12", "13")


@dataclass(frozen=True)
class Plan:
    """A fair in the week that is so many before this day, or after it; trades by the start of their codes."""

    title: str
    division: str
    weeks: int
    weekday: int = FRIDAY
    hour: int = 19
    mode: FairMode = FairMode.ONLINE
    stream: LiveKind | None = LiveKind.OWN
    state: FairState = FairState.ENDED
    trades: tuple[str, ...] = ("",)
    trade: str | None = None
    key_group: KeyGroup | None = None
    organiser: Organiser = Organiser.PUBLIC
    viewers: int = 0
    cover: int = 0
    booths: tuple[BoothState, ...] = (BoothState.ACCEPTED,) * 6
    because: str | None = None

    @property
    def lasts(self) -> timedelta:
        return LASTS_IN_A_HALL if self.mode is FairMode.HALL else LASTS

    def starts_at(self, today: datetime) -> datetime:
        """Return when it begins, by a day's first moment: on no account on that day itself."""
        local = today.astimezone(clock.SHANGHAI)
        if self.weeks < 0:
            nearest = local - timedelta(days=(local.weekday() - self.weekday) % 7 or 7)
            day = nearest + timedelta(weeks=self.weeks + 1)
        else:
            nearest = local + timedelta(days=(self.weekday - local.weekday()) % 7 or 7)
            day = nearest + timedelta(weeks=self.weeks - 1)
        return (day + timedelta(hours=self.hour)).astimezone(today.tzinfo)


PAST = (
    Plan("周五直播带岗·各县联播", CITY, -8, stream=LiveKind.OUTSIDE, viewers=420),
    Plan(
        "侯马市秋冬用工现场招聘会", HOUMA, -6, hour=14, mode=FairMode.HALL, stream=None, viewers=0, cover=1,
        booths=(BoothState.ACCEPTED,) * 8,
    ),
    Plan("洪洞县周五直播带岗", HONGTONG, -4, viewers=260),
    Plan(
        "高校毕业生专场直播带岗", CITY, -3, mode=FairMode.BOTH, trades=SHOPS, key_group=KeyGroup.GRADUATE,
        viewers=540, cover=1,
    ),
    Plan(
        "家政养老专场直播带岗", CITY, -2, trades=HOMES, trade="0101", organiser=Organiser.AGENCY, viewers=380,
        cover=2,
    ),
    Plan("尧都区周五直播带岗", YAODU, -1, viewers=610),
)  # fmt: skip

_ASKED = (BoothState.ACCEPTED, BoothState.ACCEPTED, BoothState.INVITED, BoothState.APPLIED)
_SOME = (*_ASKED, BoothState.APPLIED, BoothState.REJECTED)
_EARLY = (BoothState.INVITED, BoothState.INVITED, BoothState.DECLINED)
_OPEN, _PLANNED = FairState.BOOKABLE, FairState.PLANNED
AHEAD = (
    Plan("尧都区周二直播带岗", YAODU, 1, TUESDAY, 15, state=_OPEN),
    Plan("周五直播带岗·各县联播", CITY, 1, state=_OPEN, booths=_SOME),
    Plan(
        "洪洞县年前用工现场招聘会", HONGTONG, 2, TUESDAY, 9, mode=FairMode.HALL, stream=None,
        state=FairState.CANCELLED, booths=(BoothState.CANCELLED,) * 4,
        because="会场检修,改为线上,时间另行通知", cover=1,
    ),
    Plan("家政养老专场直播带岗", CITY, 2, trades=HOMES, trade="0101", state=_OPEN, booths=_SOME, cover=2),
    Plan("侯马市周二直播带岗", HOUMA, 3, TUESDAY, 15, state=_OPEN, booths=_SOME),
    Plan(
        "高校毕业生专场直播带岗", CITY, 3, mode=FairMode.BOTH, trades=SHOPS, key_group=KeyGroup.GRADUATE,
        state=_OPEN, booths=_ASKED, cover=1,
    ),
    Plan("洪洞县周二直播带岗", HONGTONG, 4, TUESDAY, 15, state=_PLANNED, booths=_EARLY),
    Plan("尧都区周五直播带岗", YAODU, 4, state=_PLANNED, booths=_EARLY),
    Plan(
        "退役军人专场直播带岗", CITY, 5, TUESDAY, 15, trades=("05", "06", "09", "11"),
        key_group=KeyGroup.VETERAN, state=_PLANNED, booths=_EARLY,
    ),
    Plan("周五直播带岗·各县联播", CITY, 5, state=_PLANNED, booths=_EARLY),
    Plan("农民工专场直播带岗", CITY, 6, TUESDAY, 15, key_group=KeyGroup.MIGRANT_WORKER, state=_PLANNED,
         trades=("03", "04", "05", "09"), booths=_EARLY),
    Plan("周五直播带岗·年货市场用工", CITY, 6, trades=("08", "12"), state=_PLANNED, booths=_EARLY, cover=1),
)  # fmt: skip
