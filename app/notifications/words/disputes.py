"""What people read about disputes: never what was complained of in whose words."""

from app.notifications.kinds import Kind, Whom

DISPUTES: dict[str, Kind] = {
    "dispute_opened": Kind(
        Whom.PARTY,
        "反映的问题已收到",
        "您反映的问题已收到",
        "您反映的{kind}问题已由{station}收到,{due} 前受理。{phone}可在应用中补充材料、查看进度。",
        "We have your complaint",
        "{station} has your complaint ({kind}) and takes it up by {due}. {phone}Add evidence and follow it in"
        " the app.",
        sms=True,
    ),
    "dispute_against": Kind(
        Whom.PARTY,
        "对方反映了与己有关的问题",
        "有一件争议与您有关",
        "“{job}”{when}:对方就{kind}向{station}反映了情况。请在应用中查看,可说明情况、提交材料。",
        "A dispute concerns you",
        "“{job}”, {when}: the other side turned to {station} ({kind}). Give your account in the app.",
        sms=True,
    ),
    "dispute_accepted": Kind(
        Whom.PARTY,
        "争议被受理",
        "争议已受理",
        "{station}已受理{kind}一事,{due} 前办结。{phone}可在应用中查看进度。",
        "The dispute is taken up",
        "{station} has taken up the dispute ({kind}) and ends it by {due}. {phone}Follow it in the app.",
        sms=True,
    ),
    "dispute_mediated": Kind(
        Whom.PARTY,
        "调解有了记录",
        "调解记录已出",
        "{kind}一事有了新的调解记录,请在应用中查看。",
        "There is a record of the mediation",
        "There is a new record of the mediation ({kind}); see the app.",
    ),
    "dispute_escalated": Kind(
        Whom.PARTY,
        "争议转上级处理",
        "争议已转上级处理",
        "{kind}一事已转{station}处理,{due} 前受理,您不必再跑。{phone}",
        "The dispute moved up",
        "The dispute ({kind}) is now with {station}, which takes it up by {due}. {phone}",
        sms=True,
    ),
    "dispute_message": Kind(
        Whom.PARTY,
        "服务站就争议留言",
        "服务站给您留言了",
        "{station}就{kind}一事给您留言,请在应用中查看并回复。",
        "The station wrote to you",
        "{station} wrote to you about the dispute ({kind}); please read and answer in the app.",
        sms=True,
    ),
    "dispute_resolved": Kind(
        Whom.PARTY,
        "争议办结",
        "争议已办结",
        "{kind}一事已办结,结果见应用。反映人可在 30 日内为这次服务打分,差评会有人答复。",
        "The dispute is closed",
        "The dispute ({kind}) is closed; the outcome is in the app. Who complained can rate the service"
        " within 30 days.",
        sms=True,
        must="处理结果关系本人权益",
    ),
    "dispute_withdrawn": Kind(
        Whom.PARTY,
        "对方撤回争议",
        "对方已撤回",
        "{kind}一事,对方已撤回,无需您再处理。",
        "Withdrawn",
        "The other side withdrew the dispute ({kind}); there is nothing more for you to do.",
    ),
    "rating_answered": Kind(
        Whom.PARTY,
        "差评得到答复",
        "您的评价有了答复",
        "您对{kind}一事办理的评价,服务站已答复,请在应用中查看。",
        "Your rating was answered",
        "The station answered your rating of how the dispute ({kind}) was handled; see the app.",
    ),
}
