"""What people read about wages."""

from app.notifications.kinds import Kind, Whom

PAY: dict[str, Kind] = {
    "hours_confirmed": Kind(
        Whom.WORKER,
        "工时或件数已确认",
        "工时已确认",
        "“{job}”{when}:工时已确认,应得 {amount} 元,用工方最迟 {due} 付清。数目不对请在应用中提出异议。",
        "Your hours are confirmed",
        "“{job}”, {when}: your hours are confirmed. You are owed {amount} yuan by {due}. If the figure is"
        " wrong, contest it in the app.",
    ),
    "hours_contested": Kind(
        Whom.EMPLOYER,
        "劳动者对工时有异议",
        "劳动者对工时有异议",
        "“{job}”{when}:劳动者对确认的工时或件数有异议,请在应用中查看;同意即按其所述计算,不一致由服务站处理。",
        "The hours are contested",
        "“{job}”, {when}: the worker contests the hours. Agree in the app, or the station decides.",
    ),
    "pay_falls_due": Kind(
        Whom.EMPLOYER,
        "付款日当天 17 时,尚未付清",
        "今天要付的工资",
        "“{job}”{when}:还有 {amount} 元今天到期,请在 24:00 前支付并在应用中登记,逾期将转就业服务站处理。",
        "Wages due today",
        "“{job}”, {when}: {amount} yuan fall due today. Pay and report it before midnight; overdue wages go"
        " to the station.",
        sms=True,
    ),
    "pay_reported": Kind(
        Whom.WORKER,
        "用工主体登记已付款",
        "用工方称已付款,请确认",
        "“{job}”{when}:用工方称已付您 {amount} 元。请在 {until} 前确认;没收到或数目不对请说明,逾期视为收到。",
        "The employer says you were paid: please confirm",
        "“{job}”, {when}: the employer says to have paid you {amount} yuan. Confirm by {until}, or say what"
        " is missing; without an answer it counts as received.",
        sms=True,
        must="逾期不答复视为已收到",
    ),
    "pay_awaits_answer": Kind(
        Whom.WORKER,
        "付款登记三天未答复",
        "工资收到了吗?",
        "“{job}”{when}:用工方称已付 {amount} 元,等您确认。请在 {until} 前答复,逾期视为收到。",
        "Did you get your pay?",
        "“{job}”, {when}: {amount} yuan are said to be paid. Please answer by {until}; after that it counts"
        " as received.",
        sms=True,
        must="逾期不答复视为已收到",
    ),
    "pay_contested": Kind(
        Whom.EMPLOYER,
        "劳动者称未收到或数目不符",
        "劳动者称工资未收到或数目不符",
        "“{job}”{when}:劳动者称您登记的 {amount} 元未收到或数目不符。请核对并补付,或在应用中说明。",
        "The payment is contested",
        "“{job}”, {when}: the worker says that the {amount} yuan did not arrive in full. Please check.",
        sms=True,
    ),
    "pay_conceded": Kind(
        Whom.WORKER,
        "用工主体同意劳动者所述",
        "用工方同意您的说法",
        "“{job}”{when}:用工方同意您的说法,共应得 {amount} 元,最迟 {due} 付清。",
        "The employer takes your word",
        "“{job}”, {when}: the employer takes your word. You are owed {amount} yuan in all, by {due}.",
    ),
    "pay_settled": Kind(
        Whom.WORKER,
        "工资结清",
        "工资已结清",
        "“{job}”{when}:{amount} 元已结清。辛苦了!",
        "Your wages are settled",
        "“{job}”, {when}: {amount} yuan are settled. Thank you for your work!",
    ),
    "pay_settled_employer": Kind(
        Whom.EMPLOYER,
        "工资结清",
        "工资已结清",
        "“{job}”{when}:{amount} 元已结清,谢谢您按约定付款。",
        "The wages are settled",
        "“{job}”, {when}: {amount} yuan are settled. Thank you.",
    ),
    "please_review": Kind(
        Whom.PARTY,
        "工资结清后一次",
        "这次合作怎么样?",
        "“{job}”{when}已结清,请在 {until} 前为对方评价;双方都评价后或到期后同时公开。",
        "How was it?",
        "“{job}”, {when}, is settled. Please rate the other side by {until}; both ratings appear together.",
    ),
    "pay_overdue": Kind(
        Whom.WORKER,
        "工资逾期未付",
        "工资逾期,服务站已介入",
        "“{job}”{when}:{amount} 元到期未付,已自动转{station}处理,您不必再跑。{phone}收到款请在应用中确认。",
        "Your wages are overdue: the station is on it",
        "“{job}”, {when}: {amount} yuan are overdue. {station} has taken the case up by itself. {phone}If the"
        " money arrives, confirm it in the app.",
        sms=True,
        must="欠薪处理结果关系本人权益",
    ),
    "pay_overdue_employer": Kind(
        Whom.EMPLOYER,
        "工资逾期未付",
        "工资逾期,请立即支付",
        "“{job}”{when}:{amount} 元已逾期,{station}已受理。请立即支付并在应用中登记,逾期会影响信用。",
        "Wages are overdue: pay now",
        "“{job}”, {when}: {amount} yuan are overdue and {station} has the case. Pay and report it now; it"
        " costs your standing.",
        sms=True,
        must="欠薪须立即处理",
    ),
    "pay_decided": Kind(
        Whom.WORKER,
        "有争议的工资已处理",
        "有争议的工资已处理",
        "“{job}”{when}:有争议的部分已由服务站处理,现在还应付您 {amount} 元。详情见应用。",
        "The contested pay is decided",
        "“{job}”, {when}: the station decided what was contested; you are still owed {amount} yuan. See the"
        " app.",
        sms=True,
    ),
    "pay_decided_employer": Kind(
        Whom.EMPLOYER,
        "有争议的工资已处理",
        "有争议的工资已处理",
        "“{job}”{when}:有争议的部分已由服务站处理,现在还应付 {amount} 元,请尽快支付并登记。",
        "The contested pay is decided",
        "“{job}”, {when}: the station decided what was contested; {amount} yuan are still owed. Please pay.",
    ),
}
