"""The words of a printed agreement."""

WEEKDAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
KINDS = {"enterprise": "企业", "sole_trader": "个体工商户", "individual": "个人雇主"}
PER = {"hour": "每小时", "day": "每天", "piece": "每件", "job": "整单"}
SETTLED = {
    "daily": "日结:收工当天付清",
    "weekly": "周结:当周周日前付清",
    "monthly": "月结:当月月底前付清",
    "on_completion": "完工结:最后一个班次当天付清",
}
INSURED_BY = {
    "employer": "工伤、意外保险由用工主体提供",
    "market": "工伤、意外保险由零工市场提供",
    "none": "不提供商业保险;依法应由用工主体承担的责任不因此免除",
}
CHANGED = {
    "starts_at": "时间",
    "ends_at": "时间",
    "title": "岗位名称",
    "description": "工作内容",
    "requirements": "其他条件",
    "insurance": "保险",
    "place": "地点",
    "division": "地点",
    "pay": "报酬",
    "pay_settlement": "结算方式",
}
# 38号: free for both sides; 保障农民工工资支付条例: paid in full, on the day agreed.
RIGHTS = [
    "零工市场不收任何费用。押金、保证金、培训费、服装费、介绍费一律拒交,并可举报。",
    "工资按约定的日期足额支付,由市场提醒到付清为止;逾期未付的,工作地点的就业服务站会主动跟进。",
    "时间、地点、报酬、工作内容的变更须双方同意;岗位变更劳动者不同意的可以退出,不影响信用。",
    "欠薪、受伤、受骗或受歧视,可在应用内或到就业服务站反映,也可拨打 12333。受伤请先就医并当天报告。",
]
