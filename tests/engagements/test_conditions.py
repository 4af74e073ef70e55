"""The difference between two sets of conditions, put into terms, makes one the other."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.engagements import conditions
from app.engagements.agreement import hash_of

START = datetime(2026, 12, 1, tzinfo=UTC)
texts = st.one_of(st.none(), st.text(max_size=20))


@st.composite
def said(draw: st.DrawFn) -> conditions.Conditions:
    starts = START + timedelta(minutes=draw(st.integers(0, 10_000)))
    ends = starts + timedelta(minutes=draw(st.integers(15, 1440)))
    per = draw(st.sampled_from(["hour", "day", "piece", "job"]))
    expected = draw(st.integers(1, 60_000)) if per in ("piece", "job") else None
    where = draw(st.sampled_from(["141002001", "141081003"]))
    return {
        "starts_at": conditions.instant(starts),
        "ends_at": conditions.instant(ends),
        "title": draw(texts),
        "description": draw(texts),
        "requirements": draw(texts),
        "insurance": draw(st.sampled_from(["employer", "market", "none"])),
        "place": {"lng": 111.5, "lat": 36.0, "datum": "wgs84", "address": where},
        "division": where,
        "pay": {"amount_fen": draw(st.integers(1, 10**8)), "per": per, "expected_minutes": expected},
        "pay_settlement": draw(st.sampled_from(["daily", "weekly", "monthly", "on_completion"])),
    }


def terms(agreed: conditions.Conditions) -> dict[str, Any]:
    return {
        "version": 1,
        "job": {"certificates": []}
        | {name: agreed[name] for name in ("title", "description", "requirements", "place", "division")},
        "shift": {"starts_at": agreed["starts_at"], "ends_at": agreed["ends_at"]},
        "pay": agreed["pay"] | {"hourly_fen": 0, "settlement": agreed["pay_settlement"]},
        "insurance": agreed["insurance"],
    }


@given(said(), said())
def test_applying_the_difference_makes_the_terms_say_what_was_wanted(
    agreed: conditions.Conditions, wanted: conditions.Conditions
) -> None:
    body = terms(agreed)
    kept = json.dumps(body)
    differs = conditions.difference(agreed, wanted, wanted)
    if differs is None:
        assert agreed == wanted
        return
    before, after = differs
    made = conditions.applied(body, after)
    assert conditions.of_terms(made) == wanted
    assert json.dumps(body) == kept, "the earlier version stays as it was"
    assert conditions.of_terms(conditions.applied(made, before)) == agreed
    assert hash_of(made) != hash_of(body)


@given(said(), said(), st.sets(st.sampled_from(["pay", "description", "insurance", "title"])))
def test_nothing_changes_that_was_not_asked_for(
    agreed: conditions.Conditions, wanted: conditions.Conditions, names: set[str]
) -> None:
    differs = conditions.difference(agreed, wanted, names)
    assert set(differs[1] if differs else ()) == {name for name in names if agreed[name] != wanted[name]}
