"""Full names: sealed at rest, shown by their first character."""

from app.core.keyring import blind_index

# One of 65,536: enough to find a name, too few to tell which pair of characters it was.
PAIR_BYTES = 2


def pairs_of(name: str) -> list[int]:
    """Return keyed marks of each two characters that stand together, by which a part of a name is found.

    Sealed names can't be searched; these tell no name (docs/decisions/0013-names-found-by-parts.md).
    """
    plain = plainly(name)
    marks = {blind_index(plain[at : at + 2], "name-pair") for at in range(len(plain) - 1)}
    return sorted({int.from_bytes(mark[:PAIR_BYTES]) for mark in marks})


def plainly(name: str) -> str:
    """Return a name without what people write or leave out: blanks, the middle dot, capitals."""
    return "".join(one for one in name.casefold() if not one.isspace() and one not in "·・.•")


def masked_name(name: str) -> str:
    """Show the first character of a name: 李**."""
    return name[:1] + "*" * max(1, len(name) - 1)
