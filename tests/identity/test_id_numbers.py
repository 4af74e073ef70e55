"""Who has a document can write its number down; who mistypes it is told why."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from app.identity.id_numbers import Fault, IdKind, IdNumberInvalid, age_on, check_character, masked, read
from scripts.demo.numbers import valid_id_number, valid_uscc

TODAY = date(2026, 11, 23)
births = st.dates(date(1900, 1, 1), TODAY)
divisions = st.sampled_from(["141002", "141082", "110105", "440524", "650102", "710101"])
numbers = st.builds(valid_id_number, divisions, births, st.integers(0, 999))


def refusal(number: str) -> Fault:
    with pytest.raises(IdNumberInvalid) as caught:
        read(number, TODAY)
    return caught.value.reason


# The example of GB 11643, and the specimens that the issuing authorities published.
@pytest.mark.parametrize(
    ("number", "kind", "birth_date"),
    [
        ("11010519491231002X", IdKind.resident, date(1949, 12, 31)),
        ("810000199408230021", IdKind.hmt_residence_permit, date(1994, 8, 23)),
        ("830000199201300022", IdKind.hmt_residence_permit, date(1992, 1, 30)),
        ("911124198108030024", IdKind.foreigner, date(1981, 8, 3)),
        ("CAN110081080310", IdKind.foreigner, date(1981, 8, 3)),
    ],
)
def test_published_numbers_are_read(number: str, kind: IdKind, birth_date: date) -> None:
    seen = read(number, TODAY)

    assert (seen.number, seen.kind, seen.birth_date) == (number, kind, birth_date)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２ｘ",
        "110105-19491231-002X",
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert read(typed, TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", Fault.length),
        ("1101051949123100", Fault.length),
        ("11010519491231002XX", Fault.length),
        ("CAN11008108031", Fault.length),
        ("110105194912310O2X", Fault.characters),
        ("1101051949123100²¼", Fault.length),
        ("CAN1100810803X0", Fault.characters),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", Fault.characters),
        ("320311770706001", Fault.superseded),
        ("110105194912310021", Fault.checksum),
        ("CAN110081080311", Fault.checksum),
        (valid_id_number("990105", date(1990, 1, 1), 1), Fault.division),
        (valid_id_number("160105", date(1990, 1, 1), 1), Fault.division),
        (valid_id_number("110000", date(1990, 1, 1), 1), Fault.division),
        (valid_id_number("810105", date(1990, 1, 1), 1), Fault.division),
        ("440524188001010014", Fault.birth_date),
        (valid_id_number("141002", TODAY + timedelta(1), 1), Fault.birth_date),
        (valid_id_number("141002", date(2099, 1, 1), 1), Fault.birth_date),
        ("14100220230229001" + check_character("14100220230229001"), Fault.birth_date),
        ("14100220231301001" + check_character("14100220231301001"), Fault.birth_date),
    ],
)
def test_what_cannot_be_a_number_is_refused_with_the_reason(number: str, reason: Fault) -> None:
    assert refusal(number) == reason


@given(divisions, births, st.integers(0, 999))
def test_a_valid_number_gives_back_its_birth_date(division: str, birth: date, sequence: int) -> None:
    seen = read(valid_id_number(division, birth, sequence), TODAY)

    assert seen.birth_date == birth
    assert seen.kind == IdKind.resident


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, by: int) -> None:
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]

    assert refusal(wrong) == Fault.checksum


@given(numbers, st.integers(0, 15))
def test_two_neighbours_changed_round_are_always_found(number: str, place: int) -> None:
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    if wrong != number:
        assert refusal(wrong) == Fault.checksum


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_and_the_refusal_keeps_it_secret(text: str) -> None:
    try:
        read(text, TODAY)
    except IdNumberInvalid as refused:
        assert len(text) < 3 or text not in str(refused)  # noqa: PT017


def test_the_number_does_not_show_by_accident() -> None:
    assert "11010519491231002X" not in repr(read("11010519491231002X", TODAY))
    assert masked("11010519491231002X") == "110***********002X"
    assert masked("CAN110081080310") == "CAN********0310"


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2010, 11, 24), TODAY, 15),
        (date(2010, 11, 23), TODAY, 16),
        (date(2008, 2, 29), date(2024, 2, 28), 15),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (TODAY, TODAY, 0),
    ],
)
def test_age_is_reached_on_the_birthday_and_never_a_day_too_early(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


def test_two_digits_of_a_year_never_make_anyone_older() -> None:
    body = "CAN1100150101" + "0"
    check = sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(body)) % 10

    assert read(f"{body}{check}", TODAY).birth_date == date(2015, 1, 1)


@given(divisions, st.integers(0, 10**8 - 1), st.sampled_from("12"))
def test_the_made_credit_codes_are_valid(division: str, sequence: int, organisation: str) -> None:
    assert uscc.is_valid(valid_uscc(division, sequence, organisation))
