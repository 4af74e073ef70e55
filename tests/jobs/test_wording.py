"""What a posting may not say is found and named; what it may say is left alone."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.jobs.phrases import RULES, Kind
from app.jobs.wording import find

PHRASES = Path(__file__).parent / "wording"
LAWFUL = (PHRASES / "lawful.txt").read_text("utf-8").splitlines()
UNLAWFUL = [
    (kind, each) for kind in Kind for each in (PHRASES / f"{kind}.txt").read_text("utf-8").splitlines()
]
HIDDEN = [
    ("限 男", Kind.sex),
    ("限-男", Kind.sex),
    ("【限·男】", Kind.sex),
    ("只 要 女", Kind.sex),
    ("4 5 岁 以 下", Kind.age),
    ("１８～４０岁", Kind.age),
    ("四 十 五 歲 以 下", Kind.age),
    ("信*教*勿*扰", Kind.religion),
    ("漢 族 優 先", Kind.ethnicity),
    ("外/地/人/勿/扰", Kind.hukou),
    ("身 高 １７０ 以上", Kind.health),
    ("乙 肝", Kind.health),
    ("押 金", Kind.fee),
    ("押-金", Kind.fee),
    ("押，金", Kind.fee),
    ("(押)金", Kind.fee),
    ("押\u200b金", Kind.fee),
    ("押\n金", Kind.fee),
    ("保.证.金", Kind.fee),
    ("押💰金", Kind.fee),
    ("報 名 費", Kind.fee),
]


def kinds(text: str) -> set[Kind]:
    return {finding.kind for finding in find({"/description": text})}


@pytest.mark.parametrize(("kind", "phrase"), UNLAWFUL)
def test_what_the_law_forbids_is_found(kind: Kind, phrase: str) -> None:
    assert kind in kinds(phrase)
    assert kind in kinds(f"饭店招人，{phrase}，包吃住，工资日结。")


@pytest.mark.parametrize("phrase", LAWFUL)
def test_what_is_lawful_is_left_alone(phrase: str) -> None:
    assert kinds(phrase) == set()
    assert kinds(f"饭店招人，{phrase}，包吃住，工资日结。") == set()


@pytest.mark.parametrize(("phrase", "kind"), HIDDEN)
def test_what_is_hidden_is_found_and_named_as_it_stands(phrase: str, kind: Kind) -> None:
    findings = [each for each in find({"/title": f"急招！{phrase}。"}) if each.kind == kind]

    assert len(findings) == 1
    assert findings[0].words.strip("【】(") == phrase.strip("【】(")


@pytest.mark.parametrize(
    ("posting", "expected"),
    [
        ("招女服务员2名，18-35岁，形象好气质佳，身高160以上。", "sex age health"),
        (
            "电子厂普工，男女不限，18至45周岁，汉族优先，无乙肝，入职自费体检80元。",
            "age ethnicity health fee",
        ),
        ("家政保洁阿姨，45—55岁，本地户口优先。", "age hukou"),
        ("招前台一名（女，未婚），年龄二十五岁以内，五官端正。", "sex age health"),
        ("保姆，女，50岁左右，不信教，无慢性病。", "sex age religion health"),
        ("临时工，身份证需押在公司，做满一个月退还，压一周工资。", "fee"),
        ("餐厅传菜员，限男性，年龄不超过40，少数民族勿扰。", "sex age ethnicity"),
        ("工地力工，要年轻力壮的小伙，55以上勿扰。", "sex age"),
        ("打字员在家兼职，先交会员费199元，日赚300。", "fee"),
        ("60岁以上的不要，有高血压不要", "age health"),
    ],
)
def test_a_whole_posting_gives_up_each_of_its_kinds(posting: str, expected: str) -> None:
    assert kinds(posting) == set(expected.split())


def test_each_finding_says_where_what_and_what_to_do() -> None:
    findings = find(
        {"/title": "招女服务员", "/description": "包吃住", "/requirements/text": "45岁以下；押 金200元"}
    )

    assert [(each.pointer, each.kind, each.words) for each in findings] == [
        ("/title", Kind.sex, "招女"),
        ("/requirements/text", Kind.age, "45岁以下"),
        ("/requirements/text", Kind.fee, "押 金200元"),
    ]
    assert all("第" in each.advice for each in findings)


def test_a_lawful_phrase_does_not_cover_for_the_next_one() -> None:
    assert kinds("男女不限，男性优先") == {Kind.sex}
    assert kinds("年满18周岁，45岁以下") == {Kind.age}
    assert kinds("不收押金，服装费200元") == {Kind.fee}
    assert kinds("有健康证，无乙肝") == {Kind.health}


def test_the_same_words_are_named_once_in_a_text() -> None:
    assert len(find({"/description": "押金。押金。押金。"})) == 1


@given(st.dictionaries(st.sampled_from(["/title", "/description"]), st.text(max_size=200)))
def test_the_words_named_stand_in_the_text(texts: dict[str, str]) -> None:
    assert all(finding.words in texts[finding.pointer] for finding in find(texts))


pieces = st.sampled_from(
    [
        *"男女岁年不无押金费收、，:-0189限招满老人身高五",
        "押金",
        "不收",
        "18-",
        "周岁",
        "优先",
        "以上",
        "培训费",
        "残疾",
    ]
)


@given(st.lists(pieces, min_size=1, max_size=40).map("".join))
def test_the_words_named_hold_for_any_pile_of_phrases(text: str) -> None:
    for finding in find({"/title": text}):
        assert finding.words
        assert finding.words in text


@settings(deadline=None, max_examples=50)
@given(st.lists(pieces, min_size=1, max_size=12).map("".join))
def test_no_text_takes_more_than_its_length(text: str) -> None:
    long = text * (20_000 // len(text))
    start = time.perf_counter()
    find({"/description": long})

    assert time.perf_counter() - start < 2


def test_every_rule_has_an_article_of_law() -> None:
    assert {rule.kind for rule in RULES} == set(Kind)
    assert all("法第" in rule.advice for rule in RULES)
