"""Words to search by: Chinese by characters and pairs of them, everything else by whole words.

Chinese is written without spaces, and no dictionary knows 力工 or 打灰. So each run of Chinese characters
is indexed as all its characters and all its neighbouring pairs: a query of one character or more finds
every text that holds it, whatever the words are. Three characters and more match by their pairs, which may
stand in different places of the text, so their exact run is checked again with LIKE on the folded text.
"""

import re
import unicodedata
from typing import NamedTuple

_HAN = "\u3007\u3400-\u9fff\U00020000-\U0003ffff"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|[^\W_{_HAN}]+")
_LONGEST_WORD = 64  # PostgreSQL refuses lexemes over 2 KiB; nobody searches by so long a word.


class Query(NamedTuple):
    """What a text must have to be found; without lexemes the query asks for nothing."""

    lexemes: tuple[str, ...]
    patterns: tuple[str, ...]

    @property
    def tsquery(self) -> str:
        """The lexemes as text to cast to tsquery, all of them required; lexemes hold no quote."""
        return " & ".join(f"'{lexeme}'" for lexeme in self.lexemes)


def folded(text: str) -> str:
    """One form for full-width and half-width, upper and lower case (NFKC, casefold)."""
    return unicodedata.normalize("NFKC", text).casefold()


def indexed(text: str) -> str:
    """List a text's lexemes, each once: for `array_to_tsvector(string_to_array(..., ' '))`."""
    lexemes: dict[str, None] = {}
    for run, is_han in _runs(text):
        if is_han:
            lexemes.update(dict.fromkeys(run))
            lexemes.update(dict.fromkeys(_pairs(run)))
        else:
            lexemes[run[:_LONGEST_WORD]] = None
    return " ".join(lexemes)


def query(q: str) -> Query:
    """Say what to look for; `patterns` are for LIKE on the folded text and hold no wildcard of the caller's.

    An empty q, or one of punctuation alone, gives no lexemes: the caller decides what that means.
    """
    lexemes: dict[str, None] = {}
    patterns: dict[str, None] = {}
    for run, is_han in _runs(q):
        if not is_han:
            lexemes[run[:_LONGEST_WORD]] = None
        elif len(run) == 1:
            lexemes[run] = None
        else:
            lexemes.update(dict.fromkeys(_pairs(run)))
            if len(run) > 2:  # noqa: PLR2004 - a pair is exact already
                patterns[f"%{run}%"] = None
    return Query(tuple(lexemes), tuple(patterns))


def _runs(text: str) -> list[tuple[str, bool]]:
    return [(found[0], found["han"] is not None) for found in _RUN.finditer(folded(text))]


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]
