"""What is sealed opens only where it was sealed, and only whole."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attendance.models import Claim
from app.core import keyring
from app.core.sealed import SealBroken, Sealer
from app.core.settings import Settings
from app.core.types import new_id

OLD, NEW, INDEX = os.urandom(32), os.urandom(32), os.urandom(32)
PLACE = "workers/id_number/0199"
sealer = Sealer({"2025": OLD, "2026": NEW}, "2026", INDEX)


@given(st.text())
def test_what_was_sealed_opens_again(text: str) -> None:
    assert sealer.open(sealer.seal(text, PLACE), PLACE) == text


def test_the_same_text_is_sealed_differently_each_time_and_never_stands_in_the_seal() -> None:
    first, second = sealer.seal("142601199003072218", PLACE), sealer.seal("142601199003072218", PLACE)

    assert first != second
    assert b"142601199003072218" not in first


def test_every_flipped_bit_is_refused() -> None:
    blob = sealer.seal("142601199003072218", PLACE)

    for at in range(len(blob)):
        for bit in range(8):
            broken = bytearray(blob)
            broken[at] ^= 1 << bit
            with pytest.raises(SealBroken):
                sealer.open(bytes(broken), PLACE)


def test_every_cut_is_refused() -> None:
    blob = sealer.seal("王小明", PLACE)

    for length in range(len(blob)):
        with pytest.raises(SealBroken):
            sealer.open(blob[:length], PLACE)


@given(st.binary(max_size=80))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(SealBroken):
        sealer.open(noise, PLACE)


@pytest.mark.parametrize(
    "place", ["workers/id_number/0200", "workers/name/0199", "employers/id_number/0199", ""]
)
def test_a_value_moved_to_another_place_is_refused(place: str) -> None:
    blob = sealer.seal("142601199003072218", PLACE)

    with pytest.raises(SealBroken):
        sealer.open(blob, place)


def test_a_key_rotates_old_seals_open_and_new_ones_use_the_new_key() -> None:
    before = Sealer({"2025": OLD}, "2025", INDEX).seal("王小明", PLACE)
    after = sealer.seal("王小明", PLACE)

    assert sealer.open(before, PLACE) == sealer.open(after, PLACE) == "王小明"
    assert not sealer.is_current(before)
    assert sealer.is_current(after)
    with pytest.raises(SealBroken, match="key that is not here"):
        Sealer({"2025": OLD}, "2025", INDEX).open(after, PLACE)


def test_one_key_id_with_another_key_is_refused() -> None:
    with pytest.raises(SealBroken):
        Sealer({"2026": OLD}, "2026", INDEX).open(sealer.seal("王小明", PLACE), PLACE)


def test_the_index_finds_equals_within_one_purpose_only() -> None:
    rotated = Sealer({"2027": os.urandom(32)}, "2027", INDEX)
    other = Sealer({"2026": NEW}, "2026", os.urandom(32))

    assert sealer.index("142601199003072218", "id_number") == rotated.index("142601199003072218", "id_number")
    assert sealer.index("142601199003072218", "id_number") != sealer.index("14260119900307221X", "id_number")
    assert sealer.index("142601199003072218", "id_number") != sealer.index("142601199003072218", "phone")
    assert sealer.index("142601199003072218", "id_number") != other.index("142601199003072218", "id_number")


@pytest.mark.parametrize(
    ("keys", "current", "index_key"),
    [
        ({"a": OLD}, "b", INDEX),
        ({"a": OLD[:16]}, "a", INDEX),
        ({"a": OLD}, "a", b"short"),
        ({"a": OLD}, "a", OLD),
        ({"": OLD}, "", INDEX),
        ({"x" * 256: OLD}, "x" * 256, INDEX),
    ],
    ids=["no current key", "short key", "short index key", "index key seals", "no id", "long id"],
)
def test_keys_that_could_not_protect_are_refused_at_the_start(
    keys: dict[str, bytes], current: str, index_key: bytes
) -> None:
    with pytest.raises(ValueError):
        Sealer(keys, current, index_key)


def test_words_of_a_row_are_read_where_they_were_written_and_nowhere_else(settings: Settings) -> None:
    keyring.install(settings)
    claim, other = Claim(id=new_id(), text="发烧了"), Claim(id=new_id(), text=None)

    assert (claim.text, other.text, claim.answer) == ("发烧了", None, None)
    assert "发烧了".encode() not in (claim.text_sealed or b"")
    other.text_sealed = claim.text_sealed
    with pytest.raises(SealBroken):
        _ = other.text
    claim.answer_sealed = claim.text_sealed
    with pytest.raises(SealBroken):
        _ = claim.answer
    claim.text = None
    assert claim.text_sealed is None
    with pytest.raises(ValueError, match="id comes first"):
        Claim(text="发烧了")
