"""What the demo city announces and sets itself: notices, targets, thresholds, one early warning."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.audit.actions import Actor
from app.audit.models import ActorKind, Entry
from app.core.clock import day_of
from app.core.types import Base
from app.geo.reference import ZONE
from app.notices.models import Notice, NoticeKind, NoticeState
from app.pay.models import PayRecord, PayState
from app.stations.models import Role, Staff
from app.statistics.models import EarlyWarning, TargetYear, Thresholds, WarningKind
from app.statistics.schemas import Limits
from app.statistics.target_kinds import TargetKind
from scripts.demo.copying import Table, Values, row
from scripts.demo.ledger import CITY, entry
from scripts.demo.letters import Letters
from scripts.demo.scene import Scene

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WARNED = "141002"
# 临办字〔2022〕34号, for the city; the two counties' parts are invented.
_TARGETS = {
    CITY: {
        TargetKind.NEW_URBAN_JOBS: 47_000,
        TargetKind.UNEMPLOYED_REEMPLOYED: 10_000,
        TargetKind.HARD_TO_EMPLOY_PLACED: 3_200,
        TargetKind.DISABLED_PLACED: 1_000,
        TargetKind.LIFTED_OUT_OF_POVERTY_AT_WORK: 106_000,
        TargetKind.SUBSIDISED_TRAININGS: 35_000,
    },
    "141002": {TargetKind.NEW_URBAN_JOBS: 11_500, TargetKind.HARD_TO_EMPLOY_PLACED: 780},
    "141024": {TargetKind.NEW_URBAN_JOBS: 5_800, TargetKind.LIFTED_OUT_OF_POVERTY_AT_WORK: 9_400},
}


@dataclass(frozen=True)
class Said:
    """A notice: by the manager of a division, so many days ago, with what became of it."""

    division: str
    kind: NoticeKind
    title: str
    text: str
    days_ago: int
    pinned: bool = False
    state: NoticeState = NoticeState.PUBLISHED
    lasts: int | None = None
    because: str | None = None


_NOTICES = (
    Said(
        CITY,
        NoticeKind.POLICY,
        "找活招工,一分钱不收",
        "全市零工市场对劳动者和用工主体全部免费。遇到收取报名费、押金、体检费的,请到就近服务站反映,或在应用中提出争议。",
        60,
        pinned=True,
    ),
    Said(
        CITY,
        NoticeKind.TRAINING,
        "养老护理员免费培训开班",
        "培训十五天,考核合格发给证书。报名带身份证到就近服务站,名额四十人。",
        12,
        lasts=20,
    ),
    Said(
        "141002",
        NoticeKind.NOTICE,
        "尧都区零工市场早市提前到五点半",
        "铁路东零工市场每天五点半开门,备有热水和等候座椅,请不要在路边等活。",
        8,
        pinned=True,
    ),
    Said(
        "141002",
        NoticeKind.FAIR,
        "本周六家政专场招聘会",
        "二十家家政企业到场,上午九点开始,地点在尧都区就业服务中心一楼。",
        3,
        lasts=6,
    ),
    Said(ZONE, NoticeKind.NOTICE, "分拣夜班用工高峰提醒", "近期夜班岗位较多,未满十八周岁不得上夜班。", 5),
    Said("141024", NoticeKind.NOTICE, "苹果采摘用工登记", "大槐树镇、甘亭镇用工主体可到站登记采摘用工。", 9),
    Said(
        "141081",
        NoticeKind.NOTICE,
        "路东零工市场临时停用一天",
        "管道检修。",
        4,
        state=NoticeState.WITHDRAWN,
        because="检修改期,另行通知",
    ),
    Said("141002101", NoticeKind.TRAINING, "乔李镇电工复审辅导", "周三下午两点在镇便民服务中心。", 6),
    Said("141002", NoticeKind.NOTICE, "冬季用工安全提醒", "室内取暖注意通风。", 1, state=NoticeState.DRAFT),
    Said(CITY, NoticeKind.NOTICE, "工资支付专项检查", "请于月底前报送台账。", 1, state=NoticeState.DRAFT),
)
_NOTED = ("kind", "title", "division", "state", "pinned", "publish_at", "until")


class Announcing:
    """Writes what managers and the operator said and set."""

    def __init__(self, scene: Scene, letters: Letters) -> None:
        self._scene, self._letters, self._chance = scene, letters, scene.chance("announcing")
        self._managers = {
            one.username.rpartition("-")[2]: one for one in scene.staff if one.role is Role.MANAGER
        }
        self._rows: dict[type[Base], list[Base | Values]] = {
            one: [] for one in (Notice, TargetYear, Thresholds, EarlyWarning)
        }

    def announce(self) -> None:
        """Say and set all of it, and warn Yaodu of the wages that are overdue."""
        for said in _NOTICES:
            self._notice(said)
        operator = next(one for one in self._scene.staff if one.role is Role.OPERATOR)
        self._targets(operator)
        limits = Limits.model_validate({"overdue_count": 3, "cancellations": 6})
        at = self._scene.today - 40 * DAY + 10 * HOUR
        county = self._scene.reference.stations[WARNED]
        self._rows[Thresholds].append({"division": WARNED, "limits": limits.model_dump(), "version": 1})
        line = self._line(self._managers[WARNED], at, "thresholds.set", county, {}, limits.model_dump())
        self._scene.rows[Entry].append(line | {"object_id": None})
        self._warn(limits)

    def tables(self) -> list[Table]:
        return list(self._rows.items())

    def _notice(self, said: Said) -> None:
        chance, by = self._chance, self._managers[said.division]
        drafted = self._scene.today - said.days_ago * DAY + 9 * HOUR + chance.random() * HOUR
        published = drafted + HOUR if said.state is not NoticeState.DRAFT else None
        made = row(
            Notice,
            id=chance.id_at(drafted),
            kind=said.kind,
            title=said.title,
            text=said.text,
            division=said.division,
            station_id=by.station_id,
            state=NoticeState.DRAFT,
            pinned=said.pinned,
            publish_at=None,
            until=published + said.lasts * DAY if published and said.lasts else None,
            version=1,
            created_at=drafted,
        )
        self._rows[Notice].append(made)
        facts = _told(made)
        lines = [self._line(by, drafted, "notice.draft", made, None, facts)]
        if published:
            made.state, made.publish_at, made.version = NoticeState.PUBLISHED, published, 2
            lines.append(self._line(by, published, "notice.publish", made, facts, _told(made)))
        if said.because and published:
            facts, made.withdrawn_because = _told(made), said.because
            made.state, made.version = NoticeState.WITHDRAWN, 3
            at = published + 3 * HOUR
            lines.append(self._line(by, at, "notice.withdraw", made, facts, _told(made), said.because))
        self._scene.rows[Entry] += lines

    def _targets(self, operator: Staff) -> None:
        today = self._scene.today
        year, at = day_of(today).year, today - 100 * DAY + 10 * HOUR
        targets = [
            {"kind": kind.value, "division": division, "value": value}
            for division, some in _TARGETS.items()
            for kind, value in some.items()
        ]
        self._rows[TargetYear].append({"year": year, "targets": targets, "version": 1})
        centre = self._scene.reference.stations[CITY]
        before, after = {"year": year, "targets": []}, {"year": year, "targets": targets}
        line = self._line(operator, at, "targets.set", centre, before, after)
        self._scene.rows[Entry].append(line | {"object_id": None})

    def _warn(self, limits: Limits) -> None:
        """Warn as the clock did last evening, of what is overdue since before."""
        at, chance = self._scene.today - 2 * HOUR + timedelta(minutes=14), self._chance
        standing = [
            record
            for record in self._scene.rows[PayRecord]
            if isinstance(record, PayRecord)
            and record.county_code == WARNED
            and record.state in (PayState.OVERDUE, PayState.CONTESTED)
            and record.overdue_at
            and record.overdue_at < at
        ]
        count = len(standing)
        if count < limits.overdue_count:
            return
        owed = sum(record.open_fen + record.contested_fen for record in standing)
        warning = {
            "id": chance.id_at(at),
            "county": WARNED,
            "kind": WarningKind.WAGES_OVERDUE.value,
            "day": day_of(at),
            "value": count,
            "threshold": limits.overdue_count,
            "details": {"count": count, "amount_fen": owed},
            "raised_at": at,
        }
        self._rows[EarlyWarning].append(warning)
        county, data = self._scene.reference.stations[WARNED], {"warning_id": str(warning["id"])}
        kind = f"early_{WarningKind.WAGES_OVERDUE.value}"
        self._letters.alert(county, kind, at, chance.id_at(at), data, value=str(count), unit="笔")

    def _line(
        self,
        by: Staff,
        at: Any,
        action: str,
        of: Base,
        before: dict[str, Any] | None,
        after: dict[str, Any],
        reason: str | None = None,
    ) -> Values:
        actor = Actor(ActorKind.STAFF, by.id, by.name)
        return entry(self._chance, at, actor, action, of, before=before, after=after, reason=reason)


def _told(notice: Notice) -> dict[str, Any]:
    told = {name: getattr(notice, name) for name in _NOTED}
    return {name: value if isinstance(value, bool | None) else str(value) for name, value in told.items()}
