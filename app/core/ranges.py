"""The Range header (RFC 9110, 14.1.2), as far as players and those who fetch a file again use it."""

import re

from app.core.problems import RangeOutside

_ONE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def asked(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the bytes asked for as (from, up to); None for all of them.

    What is no range of ours, or several at once, is answered with everything, as the standard lets us;
    refuses what begins behind the end.
    """
    found = _ONE.fullmatch(header.strip()) if header else None
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if not first:  # the last so many
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= size:
        raise RangeOutside(size)
    return start, end
