"""Which small counts stay unsaid, so that no subtraction tells them either. Pure.

A count below five is hidden. Whoever knows the total can subtract what is shown from it; so what is hidden
must leave at least two possible values for each hidden count, also to somebody who knows these rules:

- Of several hidden small counts whose sum is neither nothing nor the most that they can be, each could be
  another: enough.
- Otherwise the smallest of the shown counts are hidden too, all that are equal. What is hidden then holds
  counts below five and one from five on, and each could have been the other's: the rules look at values
  alone, so the same counts in another order would have been hidden alike.
- Where nothing is left to hide, the total is.
"""

from collections.abc import Mapping
from typing import NamedTuple

LEAST = 5


class Shown(NamedTuple):
    """What is said; None is hidden."""

    total: int | None
    counts: dict[str, int | None]


def shown(total: int, counts: Mapping[str, int]) -> Shown:
    """Hide what is too small, and what would tell it; `total` holds the counts and maybe more."""
    hidden = {key for key, count in counts.items() if count < LEAST}
    if total < LEAST:
        return Shown(None, dict.fromkeys(counts))
    if hidden and not _ambiguous([counts[key] for key in hidden]):
        left = [count for count in counts.values() if count >= LEAST]
        if not left:
            return Shown(None, dict.fromkeys(counts))
        hidden |= {key for key, count in counts.items() if count == min(left)}
    return Shown(total, {key: None if key in hidden else count for key, count in counts.items()})


def _ambiguous(small: list[int]) -> bool:
    return len(small) > 1 and 0 < sum(small) < len(small) * (LEAST - 1)
