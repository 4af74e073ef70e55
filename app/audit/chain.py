"""The ledger's chain, reckoned anew: what a link and a day's seal must be, and what is wrong where not."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.audit.models import SealedDay
from app.core.keyring import keys

BEGINNING = bytes(32)


class Why(StrEnum):
    """How the chain is broken."""

    ALTERED = "altered"
    MISSING = "missing"
    SWAPPED = "swapped"
    INSERTED = "inserted"
    SEAL_BROKEN = "seal_broken"
    SEAL_MISSING = "seal_missing"
    CUT_OFF = "cut_off"


class Broken(NamedTuple):
    """A place that is not what it was; `number` is None for an entry outside the chain."""

    why: Why
    number: int | None
    entry_id: UUID | None = None
    day: date | None = None


class Linked(NamedTuple):
    """A link as it is kept, and what its entry says; `said` is None where the entry is gone."""

    number: int
    entry_id: UUID
    day: date
    hash: bytes
    said: str | None


def hash_of(previous: bytes, day: date, said: str) -> bytes:
    """Return a link's hash, over the link before, the day and the entry (as the trigger does)."""
    return hashlib.sha256(previous + f"{day}{said}".encode()).digest()


def seal_of(day: SealedDay, previous: bytes) -> bytes:
    """Return what a day's seal must be; `previous` is the seal of the sealed day before."""
    at: datetime = day.sealed_at.astimezone(UTC)
    said = f"{day.day}|{day.first_number}|{day.last_number}|{day.last_hash.hex()}|{at.isoformat()}"
    return hmac.digest(keys().ledger, previous + said.encode(), "sha256")


def first_broken(links: Sequence[Linked], after: Linked | None, before: bytes) -> Broken | None:
    """Return the first of some links, in the order of their numbers, that does not fit the one before.

    `after` is the link that they follow, if any, and `before` the hash that that one follows.
    """
    number, previous = (after.number, after.hash) if after else (0, BEGINNING)
    for link in links:
        number += 1
        if link.number != number:
            return Broken(Why.MISSING, number)
        if link.said is None:
            return Broken(Why.MISSING, number, link.entry_id, link.day)
        if hash_of(previous, link.day, link.said) != link.hash:
            if after and hash_of(before, link.day, link.said) == link.hash:
                # It fits the last but one: what stands between was put there.
                return Broken(Why.INSERTED, after.number, after.entry_id, after.day)
            why = Why.SWAPPED if _is_anothers(link, links, previous) else Why.ALTERED
            return Broken(why, number, link.entry_id, link.day)
        before, previous, after = previous, link.hash, link
    return None


def _is_anothers(link: Linked, links: Sequence[Linked], previous: bytes) -> bool:
    """Say whether the link fits what another entry near by says, under that one's id or its own."""
    for other in links:
        if other.said is None or other is link:
            continue
        own = other.said.replace(str(other.entry_id), str(link.entry_id))
        if link.hash in (hash_of(previous, link.day, said) for said in (other.said, own)):
            return True
    return False


def first_broken_seal(days: Sequence[tuple[SealedDay, bytes | None]], head: int) -> Broken | None:
    """Return the first day whose seal does not fit the day, the day before or the chain.

    Beside each day stands the hash that its last link has now.
    """
    previous, number = BEGINNING, 0
    for day, hash_now in days:
        if day.first_number != number + 1 or not hmac.compare_digest(day.seal, seal_of(day, previous)):
            return Broken(Why.SEAL_BROKEN, number + 1, None, day.day)
        if day.last_number > head:
            return Broken(Why.CUT_OFF, head + 1, None, day.day)
        if hash_now != day.last_hash:
            return Broken(Why.SEAL_BROKEN, day.first_number, None, day.day)
        previous, number = day.seal, day.last_number
    return None


def the_more_telling(link: Broken | None, seal: Broken | None, days: Sequence[SealedDay]) -> Broken | None:
    """Return which comes first; a link within the day of a broken seal says more than the seal."""
    if link is None or seal is None or link.number is None or seal.number is None:
        return link or seal
    ends = [day.last_number for day in days if day.first_number == seal.number]
    return link if link.number <= max([seal.number, *ends]) else seal
