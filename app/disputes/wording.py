"""What the codes of a dispute are called, on paper and in the register."""

from datetime import datetime

from app.core import clock
from app.disputes.models import DisputeKind

KINDS = {
    "wage_arrears": "欠薪",
    "injury": "工伤",
    "fraud": "虚假招聘",
    "fee": "违规收费",
    "discrimination": "就业歧视",
    "no_show": "爽约争议",
    "other": "其他",
}
STATES = {
    "opened": "已提交",
    "accepted": "已受理",
    "mediating": "调解中",
    "escalated": "已升级",
    "resolved": "已办结",
    "withdrawn": "已撤回",
}
OUTCOMES = {
    "for_worker": "支持劳动者",
    "for_employer": "支持用工主体",
    "agreed": "双方和解",
    "unfounded": "查无实据",
    "referred": "转有权部门",
}
EMPLOYER_KINDS = {"enterprise": "企业", "sole_trader": "个体工商户", "individual": "个人雇主"}
REQUESTS = {
    DisputeKind.WAGE_ARREARS: "请求责令被投诉单位支付拖欠的劳动报酬",
    DisputeKind.INJURY: "请求依法处理工作中受到的伤害",
    DisputeKind.FRAUD: "请求查处虚假招聘",
    DisputeKind.FEE: "请求查处违规收费并退还",
    DisputeKind.DISCRIMINATION: "请求查处就业歧视",
    DisputeKind.NO_SHOW: "请求查明是否到岗并更正记录",
    DisputeKind.OTHER: "请求依法处理",
}
CAME = {"check_in": "到岗", "check_out": "离岗", "running_late": "报告迟到", "turned_away": "到场被拒"}
HOW = {
    "geofence": "定位",
    "site_code": "现场码",
    "employer": "用工主体确认",
    "staff": "工作人员记录",
    "worker": "本人报告",
    "system": "系统",
}
OWED_FOR = {"wage": "工资", "late_cancellation": "临时取消补偿"}
PAY_STATES = {
    "due": "待支付",
    "reported": "已报付,待确认",
    "settled": "已结清",
    "contested": "有争议",
    "overdue": "逾期未付",
    "cancelled": "不再应付",
}
METHODS = {"cash": "现金", "bank": "银行转账", "wechat": "微信", "alipay": "支付宝"}
REPORT_STATES = {
    "reported": "待劳动者确认",
    "confirmed": "劳动者已确认",
    "uncontested": "七日未提异议",
    "contested": "劳动者有异议",
    "decided": "已裁定",
}
CLAIMS = {"no_show": "用工主体称劳动者爽约", "turned_away": "劳动者称到场被拒"}
CLAIM_STATES = {
    "proposed": "待答复",
    "stands": "成立",
    "contested": "有争议",
    "overturned": "不成立",
    "withdrawn": "已撤回",
}
AUTHORS = {"station": "办理机构", "complainant": "投诉人", "respondent": "被投诉人", "both": "双方"}


def shown(instant: datetime | None) -> str:
    """Return an instant as people in Linfen write it."""
    return instant.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M") if instant else ""
