"""How long a case may wait where neither law nor its own package says: one pure table, with its reasons."""

from app.cases.models import CaseKind

# No law counts these days. 优化营商环境条例 36 (限时办结) asks that a term be set and kept, and
# 人社部发〔2022〕38号 wants hiring by the day to be quick (快招). The figures are the city's own promise
# within these, in working days after the day on which the case began to wait.
WORKING_DAYS = {
    # What a posting offers is gone in days: a worker who could have had it has lost a day's pay.
    CaseKind.JOBS: 1,
    # Nothing can be posted before; documents may have to be asked for once.
    CaseKind.EMPLOYERS: 3,
    # Only the jobs that need the certificate are closed meanwhile.
    CaseKind.CERTIFICATES: 3,
    # The person works already; the check needs the document, in person or from papers.
    CaseKind.REAL_NAMES: 5,
    # 保障农民工工资支付条例 37 to 40: arrears come first; as long as an arrears case has to be resolved.
    CaseKind.OVERDUE_PAY: 5,
}
