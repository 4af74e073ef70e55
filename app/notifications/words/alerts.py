"""What stations read: which case, and never what was complained of or who."""

from typing import NamedTuple


class Wording(NamedTuple):
    """`when` stands in docs/notices.md; stations read Chinese alone."""

    to: str
    when: str
    title: str
    text: str


ALERTS: dict[str, Wording] = {
    "injury": Wording(
        "所在乡镇和县级机构", "工伤报告", "工伤报告,请立即处理", "有工伤报告,请在 {due} 前受理并联系当事人。"
    ),
    "dispute_opened": Wording(
        "首问机构", "新的争议", "新的争议待受理", "收到一件{kind}争议,请在 {due} 前受理。"
    ),
    "dispute_handed_over": Wording(
        "拟接手的机构",
        "争议移交",
        "有争议移交给本站",
        "一件{kind}争议移交给本站,请尽快接手;接手前仍由原机构负责。",
    ),
    "dispute_escalated": Wording(
        "上级机构", "争议升级", "争议升级到本站", "一件{kind}争议升级到本站,请在 {due} 前受理。"
    ),
    "deadline_missed": Wording("现负责机构", "争议超期", "争议超期", "一件{kind}争议超过办理期限,请督办。"),
    "dispute_message": Wording("负责机构", "当事人留言", "当事人有新留言", "一件{kind}争议有新留言,请查看。"),
    "bad_mark": Wording(
        "负责机构", "差评", "收到差评,须答复", "一件{kind}争议的办理被评为差评,请在 {until} 前答复。"
    ),
    "pay_overdue": Wording(
        "工作地机构",
        "工资逾期",
        "工资逾期",
        "“{job}”{when}有 {amount} 元工资逾期未付,已自动立案,请跟进。",
    ),
    "excuse_made": Wording(
        "工作地机构",
        "提交了不计入信用的理由",
        "有说明待核实",
        "“{job}”{when}有一份说明待核实,请在 {due} 前处理。",
    ),
    "appeal_made": Wording(
        "工作地机构", "申诉", "有申诉待处理", "“{job}”{when}有一件申诉,请在 {due} 前决定,逾期不计入信用。"
    ),
    "appeal_missed": Wording("县级机构", "申诉超期", "申诉超期", "“{job}”{when}有一件申诉超期未决,请督办。"),
    "wage_below": Wording(
        "岗位所在机构",
        "设定最低工资后有岗位低于标准",
        "岗位低于新的最低工资",
        "{day} 起最低小时工资为 {amount} 元,本站有 {jobs} 个岗位低于标准,请督促用工主体调整。",
    ),
    "booth_applied": Wording(
        "举办机构", "用工主体申请展位", "有展位申请待审核", "“{fair}”({when})有用工主体申请展位,请审核。"
    ),
    "booth_joined": Wording(
        "举办机构", "用工主体接受邀请", "有用工主体接受邀请", "“{fair}”({when})有受邀的用工主体接受了邀请。"
    ),
    "booth_given_up": Wording(
        "举办机构",
        "用工主体谢绝邀请、撤回申请或退出",
        "有用工主体不参加",
        "“{fair}”({when})有用工主体不参加了,请调整时间表。",
    ),
    "early_unfilled_rising": Wording(
        "县级机构",
        "临近开工仍缺人增多,每天至多一次",
        "预警:临近开工仍缺人增多",
        "三日内开工的班次还缺 {value} 人,超过阈值且明显多于七天前。",
    ),
    "early_wages_overdue": Wording(
        "县级机构",
        "在案逾期工资超过阈值,每天至多一次",
        "预警:工资逾期偏多",
        "在案逾期工资达到 {value} {unit},超过阈值,请组织排查。",
    ),
    "early_mass_cancellations": Wording(
        "县级机构",
        "用工主体七天内取消人次超过阈值,每天至多一次",
        "预警:用工主体大量取消",
        "有用工主体七天内取消 {value} 人次,超过阈值,请核实。",
    ),
    "early_disputes_rising": Wording(
        "县级机构",
        "七天内新争议超过阈值,每天至多一次",
        "预警:争议增多",
        "七天内新增争议 {value} 件,超过阈值且明显多于前七天。",
    ),
}
