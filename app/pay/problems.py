"""What is refused about pay."""

from app.core.problems import Conflict, Invalid


class NotBegun(Conflict):
    code = "shift_not_begun"
    title = "班次还没有开始,不能确认工时"
    title_en = "The shift has not begun: there are no hours to confirm yet"


class NothingWorked(Conflict):
    """It would be a way round what late cancelling costs, and round the answer to a claim."""

    code = "nothing_worked"
    title = "没有到岗的不能确认为零;没来请报爽约,不用人请取消"
    title_en = "Nobody has checked in: say that nobody came, or cancel, but don't confirm nothing"


class NotCorrectable(Conflict):
    code = "hours_settled"
    title = "已有付款记录或异议,或已过支付期限,工时不能再改少"
    title_en = "A payment or an objection stands, or the pay is past its date: too late for other hours"


class ContestTooLate(Conflict):
    code = "contest_too_late"
    title = "工时确认已超过七天,请通过维权渠道反映"
    title_en = "The hours were confirmed more than seven days ago: open a dispute instead"


class ContestedAlready(Conflict):
    code = "hours_contested_already"
    title = "您已对工时提出过异议"
    title_en = "You have contested these hours already"


class ClaimsNoMore(Invalid):
    code = "claims_no_more"
    title = "按您填写的工时计算,应付金额没有增加"
    title_en = "By these figures no more would be owed"


class NothingContested(Conflict):
    code = "nothing_contested"
    title = "没有待处理的异议"
    title_en = "Nothing is contested here"


class NothingOwed(Conflict):
    code = "nothing_owed"
    title = "还没有应付记录:请先确认工时"
    title_en = "Nothing is owed yet: confirm the hours first"


class MoreThanOwed(Invalid):
    code = "more_than_owed"
    title = "金额超过还未支付的数额"
    title_en = "More than what is still to be paid"


class OwedBeyondReason(Invalid):
    code = "owed_beyond_reason"
    title = "应付金额过大,请核对"
    title_en = "More than can be meant"


class NothingReported(Conflict):
    code = "nothing_reported"
    title = "没有待您确认的付款"
    title_en = "No payment waits for your answer"


class AnsweredAlready(Conflict):
    code = "pay_answered_already"
    title = "这笔付款已有另外的答复"
    title_en = "This payment was answered otherwise already"


class SheetUnreadable(Invalid):
    code = "sheet_unreadable"
    title = "表格无法读取:应为 5 MB 以内、由本系统导出的 xlsx"
    title_en = "The sheet can't be read: an xlsx of up to 5 MB, as this service exports it"


class SharesInThePast(Invalid):
    code = "shares_in_the_past"
    title = "标准只能从明天或以后起生效"
    title_en = "Shares take effect from tomorrow on at the earliest"


class WagesStand(Conflict):
    code = "wages_stand"
    title = "用工主体还有未结束的用工或未结清的工资,最后一位成员不能注销"
    title_en = "The employer still has people at work or wages to pay: its last member can't leave"
