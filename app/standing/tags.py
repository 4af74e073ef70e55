"""Which word each side can say of the other, and in Chinese."""

from app.engagements.models import Side
from app.standing.schemas import ReviewTag

NAMES = {
    ReviewTag.PUNCTUAL: "准时",
    ReviewTag.SKILLED: "手艺好",
    ReviewTag.CAREFUL: "细心",
    ReviewTag.HARD_WORKING: "肯干",
    ReviewTag.COOPERATIVE: "好配合",
    ReviewTag.AS_POSTED: "与发布一致",
    ReviewTag.PAID_ON_TIME: "按时付酬",
    ReviewTag.SAFE: "注意安全",
    ReviewTag.RESPECTFUL: "尊重人",
    ReviewTag.RESTED: "保障休息",
}
OF_WORKERS = frozenset(
    {ReviewTag.PUNCTUAL, ReviewTag.SKILLED, ReviewTag.CAREFUL, ReviewTag.HARD_WORKING, ReviewTag.COOPERATIVE}
)
# By who says it.
SAID_BY = {Side.EMPLOYER: OF_WORKERS, Side.WORKER: frozenset(ReviewTag) - OF_WORKERS}
