"""What is refused about referrals."""

from app.core.problems import Conflict


class ReferredAlready(Conflict):
    code = "referred_already"
    title = "已有推荐该劳动者到该班次的记录在办"
    title_en = "The worker has been referred to this shift already"
    constraint = "uq_referrals_live"


class ReferralStateConflict(Conflict):
    code = "referral_state"
    title = "推荐的当前状态不允许此操作"
    title_en = "The referral's state does not allow this"


class ReferralQuotaReached(Conflict):
    code = "referral_quota_reached"
    title = "本月推荐名额已用完"
    title_en = "This month's referrals are used up"
