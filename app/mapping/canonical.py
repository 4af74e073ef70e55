"""The one way to write a record down, so that both sides come to the same hash.

RFC 8785 (JSON Canonicalization Scheme) for what we use of JSON: keys in order, no blanks, text unescaped in
UTF-8 but for the quotation mark, the backslash and control characters; whole numbers; and coordinates of at
most six decimals, which `degrees` brings into the form that RFC 8785 gives them.
"""

import hashlib
import json
from typing import Any

DECIMALS = 6  # 0.1 m


def canonical(data: dict[str, Any]) -> str:
    """Return the canonical text. Refuses NaN and infinity, which are no JSON."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> bytes:
    """Return the SHA-256 of a canonical text."""
    return hashlib.sha256(text.encode()).digest()


def degrees(value: float) -> float | int:
    """Return a coordinate as it is written: 111.0 is 111, as in RFC 8785, and what is 1 m from 0 is 0.

    So no number is left that Python and ECMAScript write differently (1e-05 and 0.00001).
    """
    rounded = round(value, DECIMALS)
    if abs(rounded) < 10**-4:
        return 0
    return int(rounded) if rounded.is_integer() else rounded
