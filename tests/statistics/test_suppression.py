"""What is hidden can't be reckoned from what is shown, not even by who knows the rules."""

from collections import defaultdict
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.suppression import LEAST, shown


@pytest.mark.parametrize(("counties", "most"), [(2, 14), (3, 9), (4, 7)])
def test_every_hidden_count_could_be_another(counties: int, most: int) -> None:
    """All tables of a size: those that look alike are what somebody outside must choose from."""
    alike = defaultdict(list)
    for counts in product(range(most + 1), repeat=counties):
        said = shown(sum(counts), {str(n): count for n, count in enumerate(counts)})
        alike[said.total, tuple(said.counts.values())].append(counts)
    for (_, seen), possible in alike.items():
        # At the upper edge what could be more is not among the tables that were looked at.
        if any(count == most for counts in possible for count in counts):
            continue
        for n, one in enumerate(seen):
            if one is None:
                assert len({counts[n] for counts in possible}) > 1, (seen, possible)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=17))
def test_no_small_count_is_shown_and_the_rest_is_true(counts: list[int]) -> None:
    said = shown(sum(counts), {str(n): count for n, count in enumerate(counts)})
    assert all(one is None or one >= LEAST for one in [said.total, *said.counts.values()])
    assert all(one in (None, counts[int(key)]) for key, one in said.counts.items())
    assert said.total in (None, sum(counts))


@given(st.lists(st.integers(0, 60), min_size=2, max_size=17))
def test_what_is_subtracted_from_the_total_is_never_one_count(counts: list[int]) -> None:
    said = shown(sum(counts), {str(n): count for n, count in enumerate(counts)})
    hidden = [int(key) for key, one in said.counts.items() if one is None]
    if said.total is None or not hidden:
        return
    left = said.total - sum(one for one in said.counts.values() if one is not None)
    assert len(hidden) > 1
    assert left > 0
    assert len({counts[n] for n in hidden}) > 1 or 0 < left < len(hidden) * (LEAST - 1)


@given(st.lists(st.integers(0, 12), min_size=2, max_size=5))
def test_the_rules_look_at_counts_and_not_at_names(counts: list[int]) -> None:
    """Else the order would tell which of two hidden counts is which."""
    for order in list(permutations(range(len(counts))))[:24]:
        plain = shown(sum(counts), {str(n): counts[n] for n in range(len(counts))}).counts
        other = shown(sum(counts), {str(n): counts[n] for n in order}).counts
        assert plain == other


def test_what_lies_in_no_county_is_in_the_total() -> None:
    said = shown(30, {"a": 9, "b": 8, "c": 7})
    assert said == (30, {"a": 9, "b": 8, "c": 7})
    assert shown(21, {"a": 9, "b": 8, "c": 4}) == (21, {"a": 9, "b": None, "c": None})
