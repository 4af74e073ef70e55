"""Numbers that pass every check and belong to nobody: made for the demo city and the tests."""

from datetime import date

from app.identity.id_numbers import check_character

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def valid_id_number(division: str, birth_date: date, sequence: int) -> str:
    """Make a resident's number of a six-digit division; sequence 0 to 999, odd for men (GB 11643)."""
    body = f"{division}{birth_date:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def valid_uscc(division: str, sequence: int, organisation: str = "1") -> str:
    """Make a unified social credit code (GB 32100); organisation 1 a company, 2 a sole trader.

    Sequence below 10⁸; the organisation's own nine characters are right too (GB 11714).
    """
    own = f"{sequence:08d}"
    total = sum(int(digit) * weight for digit, weight in zip(own, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    body = f"9{organisation}{division}{own}{'0123456789X'[-total % 11]}"
    weighed = sum(_USCC_ALPHABET.index(character) * 3**place for place, character in enumerate(body))
    return body + _USCC_ALPHABET[-weighed % 31]
