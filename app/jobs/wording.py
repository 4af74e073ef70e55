"""Discriminatory wording and fees in a posting, found with the words named (rule 7)."""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from app.jobs.phrases import RULES, Kind, Rule

# The traditional forms of the characters that the phrases are made of.
_SIMPLIFIED = str.maketrans(
    "歲齡優戶証證費訓報擾無殘體檢繳錢壓氣質須滿週內後間裝辦紹員會資險擔訂僅請談當農鎮業漢視聘貌買購給収収貸",
    "岁龄优户证证费训报扰无残体检缴钱压气质须满周内后间装办绍员会资险担订仅请谈当农镇业汉视聘貌买购给收收贷",
)
_ENDS_A_PHRASE = frozenset("\n\r,;!?()[]{}<>。【】「」『』《》〈〉〔〕…")
_DASHES = frozenset("-~‐‑‒–—―−〜∼")
_NUMERALS = frozenset("0123456789一二三四五六七八九十")


class Finding(NamedTuple):
    """Words that stand in the text at a JSON pointer, and what to do about them, in Chinese."""

    pointer: str
    kind: Kind
    words: str
    advice: str


def find(texts: Mapping[str, str]) -> list[Finding]:
    """Look through the texts of a posting, given by their JSON pointers ("/title").

    A finding holds the posting for review by staff and refuses nothing by itself, so what is in doubt is
    found. Spaces, signs, full-width and common traditional characters within a phrase do not hide it.
    """
    found: dict[Finding, None] = {}
    for pointer, text in texts.items():
        phrase, places = _folded(text)
        for rule in RULES:
            for start, end in _spans(rule, phrase):
                words = text[places[start] : places[end - 1] + 1]
                found[Finding(pointer, rule.kind, words, rule.advice)] = None
    return list(found)


def _spans(rule: Rule, phrase: str) -> Iterable[tuple[int, int]]:
    """Stretches of the folded text that break the rule, in order."""
    left = rule.lawful.sub(lambda lawful: "\0" * len(lawful[0]), phrase)
    for found in rule.found.finditer(left):
        start, end = found.span()
        while phrase[end - 1] == "\n":
            end -= 1
        while phrase[start] == "\n":
            start += 1
        yield start, end


def _folded(text: str) -> tuple[str, list[int]]:
    """Reduce a text to what the phrases are written in, with the place in the text of each character."""
    seen: list[tuple[str, int]] = []
    for place, original in enumerate(text):
        seen += [(character, place) for character in _plain(original)]
    kept: list[tuple[str, int]] = []
    for (character, place), (following, _) in pairwise([*seen, ("\n", 0)]):
        last = kept[-1][0] if kept else "\n"
        within_numbers = following in _NUMERALS and (last in _NUMERALS or last == "岁")
        if (character in ".-" and not within_numbers) or (character == last == "\n"):
            continue
        kept.append((character, place))
    return "".join(character for character, _ in kept), [place for _, place in kept]


@lru_cache(maxsize=8_192)
def _plain(original: str) -> str:
    """Reduce one character: signs within a phrase vanish, those that end one become a line's end."""
    plain = ""
    for character in unicodedata.normalize("NFKC", original).lower().translate(_SIMPLIFIED):
        if character.isalnum() or character in "、:.":
            plain += character
        elif character in _DASHES:
            plain += "-"
        elif character in _ENDS_A_PHRASE:
            plain += "\n"
    return plain
