"""Whoever types a piece of what a posting says finds the posting."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.jobs.words import folded, indexed, query

han = st.text("零工搬运装卸临汾尧都区护理员打灰力工地安", min_size=1, max_size=40)
anything = st.text(max_size=60)


def found(q: str, text: str) -> bool:
    asked = query(q)
    runs_are_there = all(pattern.strip("%") in folded(text) for pattern in asked.patterns)
    return set(asked.lexemes) <= set(indexed(text).split()) and runs_are_there


@given(han, st.data())
def test_any_piece_of_a_chinese_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(1, 8))

    assert found(text[start : start + length], text)


@given(han, han)
def test_what_the_text_does_not_hold_does_not_find_it(q: str, text: str) -> None:
    assert found(q, text) == (q in text)


@given(anything, anything)
def test_any_text_finds_itself_wherever_it_stands(text: str, before: str) -> None:
    assert found(text, text)
    assert found(text, f"{before} {text}")


@pytest.mark.parametrize(
    ("q", "text"),
    [
        ("工", "招搬运工"),
        ("叉车N1", "叉车司机，持Ｎ１证优先；会开叉车"),
        ("１２小时", "每班 12 小时"),
        ("ERP 文员", "文员（会用erp）"),
        ("养老 尧都", "尧都区养老院招护理员"),
        ("护理员", "养老院护理员"),
    ],
)
def test_people_find_it_as_they_type_it(q: str, text: str) -> None:
    assert found(q, text)


@pytest.mark.parametrize(
    ("q", "text"),
    [
        ("钢筋工", "钢筋、工具"),
        ("工地工", "地工工地"),
        ("搬家", "搬货到家"),
        ("电焊 夜班", "电焊工"),
        ("N2", "叉车N1"),
    ],
)
def test_it_is_not_found_by_what_it_does_not_say(q: str, text: str) -> None:
    assert not found(q, text)


def test_lexemes_are_characters_pairs_and_words() -> None:
    assert indexed("招电焊工 2名, ERP").split() == [
        "招",
        "电",
        "焊",
        "工",
        "招电",
        "电焊",
        "焊工",
        "2",
        "名",
        "erp",
    ]
    assert query("电焊工").lexemes == ("电焊", "焊工")
    assert query("电焊工").patterns == ("%电焊工%",)
    assert query("电焊").tsquery == "'电焊'"
    assert query("工 N1").tsquery == "'工' & 'n1'"


@given(st.text("%_\\'\"&|!()<>:*,. \x00，。？～-", max_size=20))
def test_punctuation_asks_for_nothing(q: str) -> None:
    assert query(q) == ((), ())


@given(anything)
def test_a_query_cannot_smuggle_operators_or_wildcards(q: str) -> None:
    asked = query(q)

    forbidden = re.compile(r"""[\s'"\\%_&|!()<>:*\x00]""")
    assert not any(forbidden.search(lexeme) for lexeme in asked.lexemes)
    assert not any(forbidden.search(pattern[1:-1]) for pattern in asked.patterns)


def test_no_word_is_too_long_for_the_database() -> None:
    assert max(len(word) for word in indexed("a" * 5000 + " 工").split()) <= 64
    assert found("a" * 5000, "a" * 5000)
