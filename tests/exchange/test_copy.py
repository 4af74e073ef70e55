"""The stub's copy: by version it ends alike, whatever the line does to the messages."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stubs.province.city import lines_of
from tests.stubs.province.copy import Copy, Incomplete

Json = dict[str, Any]
_changes = st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 9)), max_size=20)


def _items(changes: list[tuple[str, int | None]]) -> list[Json]:
    return [
        {"type": "job", "id": id_, "version": version, "data": None if value is None else {"n": value}}
        for version, (id_, value) in enumerate(changes, 1)
    ]


@given(_changes, st.randoms(use_true_random=False))
def test_doubled_and_out_of_order_ends_the_same(changes: list[tuple[str, int | None]], random: Any) -> None:
    items = _items(changes)
    truth: Json = {}
    for item in items:
        truth[item["id"]] = item["data"]
    truth = {id_: data for id_, data in truth.items() if data is not None}
    copy = Copy()

    shuffled = items + random.sample(items, len(items) // 2)
    random.shuffle(shuffled)
    for item in shuffled:
        copy.apply([item])

    assert copy.all("job") == truth


def test_a_snapshot_replaces_all_and_a_broken_one_nothing(tmp_path: Path) -> None:
    copy, file = Copy(), tmp_path / "snapshot"
    copy.apply([{"type": "job", "id": "old", "version": 900, "data": {}}], cursor="384-x")
    line = {"type": "job", "id": "new", "version": 3, "data": {"名": "新"}}
    whole = json.dumps(line) + "\n"

    file.write_bytes(gzip.compress(whole.encode()))
    with pytest.raises(Incomplete):
        copy.load(lines_of(file))
    assert (copy.all("job"), copy.cursor) == ({"old": {}}, "384-x")

    file.write_bytes(gzip.compress((whole + '{"cursor": "3-y", "count": 1}\n').encode()))
    copy.load(lines_of(file))
    assert (copy.all("job"), copy.cursor) == ({"new": {"名": "新"}}, "3-y")
