"""Which word each side can say of the other, and in Chinese."""

from app.engagements.models import Side
from app.standing.schemas import Tag

NAMES = {
    Tag.PUNCTUAL: "准时",
    Tag.SKILLED: "手艺好",
    Tag.CAREFUL: "细心",
    Tag.HARD_WORKING: "肯干",
    Tag.COOPERATIVE: "好配合",
    Tag.AS_POSTED: "与发布一致",
    Tag.PAID_ON_TIME: "按时付酬",
    Tag.SAFE: "注意安全",
    Tag.RESPECTFUL: "尊重人",
    Tag.RESTED: "保障休息",
}
OF_WORKERS = frozenset({Tag.PUNCTUAL, Tag.SKILLED, Tag.CAREFUL, Tag.HARD_WORKING, Tag.COOPERATIVE})
# By who says it.
SAID_BY = {Side.EMPLOYER: OF_WORKERS, Side.WORKER: frozenset(Tag) - OF_WORKERS}
