"""What many ratings say together. Pure."""

from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from app.standing.schemas import RatingView, ReviewTag, TagCount
from app.standing.tags import NAMES

ENOUGH = 3


def mean_of(stars: Sequence[int]) -> float | None:
    """Return the mean to one decimal, halves up; nothing below three ratings, which would say who."""
    if len(stars) < ENOUGH:
        return None
    mean = Decimal(sum(stars)) / len(stars)
    return float(mean.quantize(Decimal("0.1"), ROUND_HALF_UP))


def summary(ratings: Sequence[tuple[int, Sequence[str]]]) -> RatingView:
    """Return the mean and how often each word was said; the words, too, only once there are enough."""
    said = Counter(ReviewTag(tag) for _, tags in ratings for tag in tags)
    if len(ratings) < ENOUGH:
        said.clear()
    counts = [TagCount(code=tag, name=NAMES[tag], count=times) for tag, times in said.most_common()]
    return RatingView(stars=mean_of([stars for stars, _ in ratings]), count=len(ratings), tags=counts)
