"""What disputes refuse."""

from app.core.problems import Conflict, Invalid


class DisputeStateConflict(Conflict):
    code = "dispute_state"
    title = "维权事项的当前状态不允许此操作"
    title_en = "The dispute's state does not allow this"


class DisputeStands(Conflict):
    """The answer to a second complaint names the first one."""

    code = "dispute_stands"
    title = "同一用工的同类维权事项正在办理"
    title_en = "A dispute of this kind about this engagement is under way already"
    constraint = "uq_disputes_live"


class DisputeElsewhere(Conflict):
    """首问负责: the station that has it, or one above, acts; the others read."""

    code = "dispute_elsewhere"
    title = "该事项由其他机构负责,本机构可看不可办"
    title_en = "Another station has this dispute: yours may read it, not act on it"


class NoStationAbove(Conflict):
    code = "no_station_above"
    title = "已在市级机构,没有上一级可升"
    title_en = "The city's centre has it: there is no station above"


class RatingTooLate(Conflict):
    code = "rating_too_late"
    title = "办结已满三十天,不能再评价"
    title_en = "It ended more than thirty days ago and can't be rated any more"


class RatedAlready(Conflict):
    code = "rated_already"
    title = "已经评价过"
    title_en = "It has been rated already"


class DecisionMissing(Invalid):
    code = "decision_missing"
    title = "该结果须同时决定有争议的工资或到岗事实"
    title_en = "This outcome must also decide what is contested: the pay, or who was there"


class NothingToDecide(Invalid):
    code = "nothing_to_decide"
    title = "该事项没有待决定的工资或到岗争议"
    title_en = "Nothing about pay or presence is contested in this dispute"


class StationUnfit(Invalid):
    code = "station_unfit"
    title = "不能移交给该机构"
    title_en = "It can't be handed over to that station"


class OpenedByTheMarket(Conflict):
    code = "opened_by_the_market"
    title = "工资逾期未结清,该事项到工资结清或工作人员办结才结束"
    title_en = "Wages are overdue: the case ends once they are settled or staff resolve it"


class RespondentMayNotKnow(Invalid):
    code = "respondent_may_not_know"
    title = "该事项不对被投诉人公开,不能向其发送消息"
    title_en = "The respondent may not know of this dispute, so can't be written to"
