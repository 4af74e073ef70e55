"""The market's figures: what each counts, in whose day it falls, and what is reckoned from them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from app.disputes.models import DisputeKind


class Figure(StrEnum):
    """What is kept by day, township and trade."""

    WORKERS_REGISTERED = "workers_registered"
    EMPLOYERS_REGISTERED = "employers_registered"
    JOBS_PUBLISHED = "jobs_published"
    APPLICATIONS = "applications"
    TAKEN_ON = "taken_on"
    FILL_MINUTES = "fill_minutes"
    FILLED_WITHIN_HOUR = "filled_within_hour"
    FILLED_WITHIN_DAY = "filled_within_day"
    PLACES_OFFERED = "places_offered"
    PLACES_FILLED = "places_filled"
    EXPECTED = "expected"
    NO_SHOWS = "no_shows"
    TURNED_AWAY = "turned_away"
    WORKER_CANCELLATIONS = "worker_cancellations"
    WORKER_LATE_CANCELLATIONS = "worker_late_cancellations"
    EMPLOYER_CANCELLATIONS = "employer_cancellations"
    EMPLOYER_LATE_CANCELLATIONS = "employer_late_cancellations"
    PLACEMENTS = "placements"
    WAGES_OWED = "wages_owed"
    WAGES_OWED_FEN = "wages_owed_fen"
    WAGES_SETTLED_FEN = "wages_settled_fen"
    WAGES_LATE = "wages_late"
    WAGES_OVERDUE = "wages_overdue"
    WAGES_OVERDUE_FEN = "wages_overdue_fen"
    DISPUTES_WAGE_ARREARS = "disputes_wage_arrears"
    DISPUTES_INJURY = "disputes_injury"
    DISPUTES_FRAUD = "disputes_fraud"
    DISPUTES_FEE = "disputes_fee"
    DISPUTES_DISCRIMINATION = "disputes_discrimination"
    DISPUTES_NO_SHOW = "disputes_no_show"
    DISPUTES_OTHER = "disputes_other"
    DISPUTES_RESOLVED = "disputes_resolved"
    RESOLVE_MINUTES = "resolve_minutes"
    REFERRALS = "referrals"
    REFERRAL_HIRES = "referral_hires"
    FAIRS_HELD = "fairs_held"
    FAIR_VIEWERS = "fair_viewers"
    FAIR_RESERVATIONS = "fair_reservations"
    FAIR_APPLICATIONS = "fair_applications"
    FAIR_HIRES = "fair_hires"
    OPEN_JOBS = "open_jobs"
    OPEN_PLACES = "open_places"
    PLACES_SHORT = "places_short"
    OVERDUE_STANDING = "overdue_standing"
    OVERDUE_STANDING_FEN = "overdue_standing_fen"
    DISPUTES_LIVE = "disputes_live"


class Definition(NamedTuple):
    """How a figure is counted: `day` says which day it belongs to, `unit` what one of it is."""

    name: str
    unit: str
    day: str
    counted: str


_AGREED, _WORK, _END = "约定之日", "上工之日", "当日最后一次测量"
_FAIR = "招聘会开始之日"

DEFINITIONS: Mapping[Figure, Definition] = {
    Figure.WORKERS_REGISTERED: Definition("新实名登记劳动者", "人", "实名通过之日", "workers.verified_at"),
    Figure.EMPLOYERS_REGISTERED: Definition(
        "新登记用工主体", "家", "登记之日", "employers.created_at,本市登记的"
    ),
    Figure.JOBS_PUBLISHED: Definition("发布岗位", "个", "发布之日", "jobs.published_at,不含省平台的"),
    Figure.APPLICATIONS: Definition("报名", "次", "报名之日", "applications.created_at"),
    Figure.TAKEN_ON: Definition("录用", "人次", _AGREED, "engagements.agreed_at"),
    Figure.FILL_MINUTES: Definition(
        "自发布至录用的分钟合计", "分钟", _AGREED, "engagements.agreed_at - jobs.published_at"
    ),
    Figure.FILLED_WITHIN_HOUR: Definition("发布一小时内录用", "人次", _AGREED, "fill_minutes <= 60"),
    Figure.FILLED_WITHIN_DAY: Definition("发布一日内录用", "人次", _AGREED, "fill_minutes <= 1440"),
    Figure.PLACES_OFFERED: Definition(
        "班次人数", "人", _WORK, "shifts.headcount,不含省平台岗位;已撤回或下架的岗位只计已录用的"
    ),
    Figure.PLACES_FILLED: Definition("班次已录用", "人", _WORK, "shifts.hired,不含省平台岗位"),
    Figure.EXPECTED: Definition("应到", "人次", _WORK, "engagements.state <> cancelled"),
    Figure.NO_SHOWS: Definition("劳动者爽约", "人次", _WORK, "engagements.state = no_show,含有争议的"),
    Figure.TURNED_AWAY: Definition("到场被拒", "人次", _WORK, "claims.kind = turned_away,已成立的"),
    Figure.WORKER_CANCELLATIONS: Definition("劳动者取消", "人次", _WORK, "engagements.cancelled_by = worker"),
    Figure.WORKER_LATE_CANCELLATIONS: Definition(
        "劳动者临时取消", "人次", _WORK, "其中 engagements.notice_minutes < 1440"
    ),
    Figure.EMPLOYER_CANCELLATIONS: Definition(
        "用工主体取消", "人次", _WORK, "engagements.cancelled_by = employer"
    ),
    Figure.EMPLOYER_LATE_CANCELLATIONS: Definition(
        "用工主体临时取消", "人次", _WORK, "其中 engagements.notice_minutes < 1440"
    ),
    Figure.PLACEMENTS: Definition("上工(工时已确认)", "人次", _WORK, "engagements.confirmed_at"),
    Figure.WAGES_OWED: Definition("应付工资笔数", "笔", _WORK, "pay_records"),
    Figure.WAGES_OWED_FEN: Definition("应付工资", "分", _WORK, "pay_records.owed_fen - cancelled_fen"),
    Figure.WAGES_SETTLED_FEN: Definition("已结清工资", "分", _WORK, "pay_records.settled_fen"),
    Figure.WAGES_LATE: Definition("曾逾期工资笔数", "笔", _WORK, "pay_records.overdue_at"),
    Figure.WAGES_OVERDUE: Definition(
        "逾期未付工资笔数", "笔", _WORK, "pay_records.overdue_at,且 open_fen + contested_fen > 0"
    ),
    Figure.WAGES_OVERDUE_FEN: Definition("逾期未付工资", "分", _WORK, "其 open_fen + contested_fen"),
    Figure.DISPUTES_WAGE_ARREARS: Definition("欠薪争议", "件", "提出之日", "disputes.kind, opened_at"),
    Figure.DISPUTES_INJURY: Definition("工伤报告", "件", "提出之日", "disputes.kind, opened_at"),
    Figure.DISPUTES_FRAUD: Definition("虚假招聘投诉", "件", "提出之日", "disputes.kind, opened_at"),
    Figure.DISPUTES_FEE: Definition("违规收费投诉", "件", "提出之日", "disputes.kind, opened_at"),
    Figure.DISPUTES_DISCRIMINATION: Definition("就业歧视投诉", "件", "提出之日", "disputes.kind, opened_at"),
    Figure.DISPUTES_NO_SHOW: Definition("到岗争议", "件", "提出之日", "disputes.kind, opened_at"),
    Figure.DISPUTES_OTHER: Definition("其他争议", "件", "提出之日", "disputes.kind, opened_at"),
    Figure.DISPUTES_RESOLVED: Definition("办结争议", "件", "办结之日", "disputes.closed_at,不含撤回的"),
    Figure.RESOLVE_MINUTES: Definition("办结用时合计", "分钟", "办结之日", "closed_at - opened_at"),
    Figure.REFERRALS: Definition("推荐", "人次", "推荐之日", "referrals.sent_at,按推荐机构"),
    Figure.REFERRAL_HIRES: Definition("推荐录用", "人次", "推荐之日", "其中 referrals.state = hired"),
    Figure.FAIRS_HELD: Definition("直播带岗、招聘会", "场", _FAIR, "fairs.live_at,不含取消的,按举办区划"),
    Figure.FAIR_VIEWERS: Definition(
        "招聘会观看", "人次", _FAIR, "fair_viewers,直播与回放,每账号或设备一场一次"
    ),
    Figure.FAIR_RESERVATIONS: Definition("招聘会预约", "人次", _FAIR, "fair_reservations"),
    Figure.FAIR_APPLICATIONS: Definition("招聘会报名", "次", _FAIR, "applications.fair_id,按岗位工种"),
    Figure.FAIR_HIRES: Definition("招聘会录用", "次", _FAIR, "其中至少一个班次有未被取消的约定"),
    Figure.OPEN_JOBS: Definition("在招岗位", "个", _END, "listings"),
    Figure.OPEN_PLACES: Definition("在招人数", "人", _END, "listings.places_left"),
    Figure.PLACES_SHORT: Definition("三日内开工仍缺", "人", _END, "shifts.headcount - hired,72 小时内开工"),
    Figure.OVERDUE_STANDING: Definition("在案逾期工资笔数", "笔", _END, "pay_records,逾期未付"),
    Figure.OVERDUE_STANDING_FEN: Definition("在案逾期工资", "分", _END, "其 open_fen + contested_fen"),
    Figure.DISPUTES_LIVE: Definition("在办争议", "件", _END, "disputes.state,未办结未撤回"),
}

OPENED = {kind: Figure(f"disputes_{kind}") for kind in DisputeKind}
# Measured and not added up: of a span of days, the last day's counts.
STOCKS = (
    Figure.OPEN_JOBS,
    Figure.OPEN_PLACES,
    Figure.PLACES_SHORT,
    Figure.OVERDUE_STANDING,
    Figure.OVERDUE_STANDING_FEN,
    Figure.DISPUTES_LIVE,
)
# Kept by key group too; somebody may belong to several, so these do not add up to the whole.
BY_KEY_GROUP = (Figure.WORKERS_REGISTERED, Figure.PLACEMENTS)


class Rate(StrEnum):
    """What is reckoned from the sums when they are read."""

    FILL_PERCENT = "fill_percent"
    NO_SHOW_PERCENT = "no_show_percent"
    EMPLOYER_LATE_CANCELLATION_PERCENT = "employer_late_cancellation_percent"
    MEAN_FILL_MINUTES = "mean_fill_minutes"
    MEAN_RESOLVE_MINUTES = "mean_resolve_minutes"
    SETTLED_PERCENT = "settled_percent"
    FAIR_CONVERSION_PERCENT = "fair_conversion_percent"


class Ratio(NamedTuple):
    """A rate: what over what, times how much."""

    name: str
    above: Figure
    below: Figure
    times: int


RATES: Mapping[Rate, Ratio] = {
    Rate.FILL_PERCENT: Ratio("满足率(%)", Figure.PLACES_FILLED, Figure.PLACES_OFFERED, 100),
    Rate.NO_SHOW_PERCENT: Ratio("劳动者爽约率(%)", Figure.NO_SHOWS, Figure.EXPECTED, 100),
    Rate.EMPLOYER_LATE_CANCELLATION_PERCENT: Ratio(
        "用工主体临时取消率(%)", Figure.EMPLOYER_LATE_CANCELLATIONS, Figure.PLACES_OFFERED, 100
    ),
    Rate.MEAN_FILL_MINUTES: Ratio("平均录用用时(分钟)", Figure.FILL_MINUTES, Figure.TAKEN_ON, 1),
    Rate.MEAN_RESOLVE_MINUTES: Ratio(
        "平均办结用时(分钟)", Figure.RESOLVE_MINUTES, Figure.DISPUTES_RESOLVED, 1
    ),
    Rate.SETTLED_PERCENT: Ratio("工资结清率(%)", Figure.WAGES_SETTLED_FEN, Figure.WAGES_OWED_FEN, 100),
    Rate.FAIR_CONVERSION_PERCENT: Ratio(
        "招聘会转化率(%)", Figure.FAIR_APPLICATIONS, Figure.FAIR_VIEWERS, 100
    ),
}


def rates_of(figures: Mapping[Figure, int]) -> dict[Rate, float]:
    """Reckon every rate whose sums are known; what is over nothing is left out."""
    return {
        rate: round(figures[ratio.above] * ratio.times / figures[ratio.below], 1)
        for rate, ratio in RATES.items()
        if ratio.above in figures and figures.get(ratio.below)
    }
