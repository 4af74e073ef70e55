"""The canonical form is one, however the data came to be in order, and what it says can be read back."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.mapping.canonical import canonical, degrees, digest

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SAID = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, SAID, max_size=6), st.randoms())
def test_the_order_of_keys_is_not_to_be_seen(data: dict[str, Any], dice: Any) -> None:
    names = list(data)
    dice.shuffle(names)
    assert canonical({name: data[name] for name in names}) == canonical(data)


@given(st.dictionaries(TEXTS, SAID, max_size=6))
def test_what_is_written_is_read_back_and_written_the_same(data: dict[str, Any]) -> None:
    text = canonical(data)
    assert json.loads(text) == data
    assert canonical(json.loads(text)) == text
    assert digest(text) == digest(canonical(json.loads(text)))


@given(st.floats(-180, 180))
def test_coordinates_are_written_as_ecmascript_does(value: float) -> None:
    text = canonical({"lng": degrees(value)})
    number = text.removeprefix('{"lng":').removesuffix("}")
    assert "e" not in number
    assert not number.endswith(".0")
    assert number != "-0"
    assert len(number.partition(".")[2]) <= 6
    assert abs(float(number) - value) <= 10**-4
    assert canonical(json.loads(text)) == text


def test_the_form_itself() -> None:
    data = {"b": [1, 'é\n"中\x1f/\u2028'], "a": {"z": None, "y": True}}
    assert canonical(data) == '{"a":{"y":true,"z":null},"b":[1,"é\\n\\"中\\u001f/\u2028"]}'
    assert digest("{}").hex() == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
