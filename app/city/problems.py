"""What the city's operators are refused."""

from app.core.problems import Conflict


class WageInForce(Conflict):
    """What is or was in force never changes: what was agreed under it stays lawful or not as it was."""

    code = "wage_in_force"
    title = "只能设定明日及以后生效的标准"
    title_en = "A minimum wage is set for days to come alone"


class TradeCodeTaken(Conflict):
    code = "trade_code_taken"
    title = "该工种代码已使用;停用的代码也不再另用"
    title_en = "This trade code is or was in use; codes are never given again"
    constraint = "pk_trades"


class WorkNotStuck(Conflict):
    code = "work_not_stuck"
    title = "该项工作未失败、也未在等待重试"
    title_en = "This work has not failed and is not waiting to be tried again"


class MessageOutdated(Conflict):
    code = "message_outdated"
    title = "验证码已过时,请对方重新获取"
    title_en = "A one-time code is of no use any more; have the person ask for another"
