"""Looking through the ledger's chain, in slices: memory and statements stay small however long it is.

Rows alone are asked of the database; hashes and seals are reckoned here, with a key that it does not hold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit import chain
from app.audit.chain import Broken, Linked, Why
from app.audit.models import Head, Link, SealedDay
from app.core import clock

SLICE = 5_000
# The round seals within minutes. What is not sealed by then was forgotten, or its seal taken away.
SEALED_WITHIN = timedelta(hours=1)

# As the trigger says it (migration 0012): by name, so that a column more changes no hash.
_LINKS = text(
    """SELECT l.number, l.entry_id, l.day, l.hash, CASE WHEN e.id IS NOT NULL THEN jsonb_build_object(
         'id', e.id, 'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
         'actor_kind', e.actor_kind, 'actor_id', e.actor_id, 'actor_name', e.actor_name,
         'action', e.action, 'object_kind', e.object_kind, 'object_id', e.object_id,
         'division', e.division, 'before', e.before, 'after', e.after, 'reason', e.reason,
         'address', e.address)::text END AS said
       FROM ledger_links l LEFT JOIN ledger e ON e.id = l.entry_id
       WHERE l.number > :after AND l.number <= :until ORDER BY l.number"""
)
# One slice of the ledger by its ids: how many there are, the last of them, the first outside the chain.
_OUTSIDE = text(
    """SELECT count(*), (array_agg(s.id ORDER BY s.id DESC))[1],
         (array_agg(s.id ORDER BY s.id) FILTER (WHERE l.entry_id IS NULL))[1]
       FROM (SELECT id FROM ledger WHERE (CAST(:after AS uuid) IS NULL OR id > :after)
               AND (CAST(:until AS uuid) IS NULL OR id <= :until) ORDER BY id LIMIT :slice) s
       LEFT JOIN ledger_links l ON l.entry_id = s.id"""
)
_DAYS = (
    select(SealedDay, Link.hash)
    .join(Link, Link.number == SealedDay.last_number, isouter=True)
    .order_by(SealedDay.day)
)


class Noted(NamedTuple):
    """A number and its hash, as they were written down elsewhere."""

    number: int
    hash: bytes


@dataclass(frozen=True)
class Verified:
    """What was looked through: so many links, up to a number and its hash, and what is broken first."""

    checked: int
    until_number: int
    until_hash: bytes
    complete: bool
    first_broken: Broken | None
    sealed_late: Sequence[date]


async def verify(
    session: AsyncSession,
    *,
    from_: date | None = None,
    until: date | None = None,
    after: int | None = None,
    most: int | None = None,
    noted: Noted | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Verified:
    """Look through the links of some days, or after a number; at most so many, and all seals each time.

    The first link is held against the one before it as it stands: only from the beginning is all of it
    held. What commits meanwhile comes after the end that was read first, and is left to the next time.
    """
    there = await session.scalar(select(func.max(Link.number))) or 0
    number = begin = await _before(session, from_) if after is None else min(after, there)
    last = there if until is None else await _before(session, until + timedelta(days=1))
    end = last if most is None else min(last, begin + most)
    link, before, found = await _link(session, begin), chain.BEGINNING, None
    while number < end and found is None:
        step = min(end, number + SLICE)
        links = [Linked(*row) for row in await session.execute(_LINKS, {"after": number, "until": step})]
        found = chain.first_broken(links, link, before) or _short(links, number, step)
        if found is None:
            before = [link.hash if link else chain.BEGINNING, *(one.hash for one in links[-2:-1])][-1]
            number, link = step, links[-1]
            progress(number - begin, end - begin)
    days = [(day, hash_now) for day, hash_now in await session.execute(_DAYS)]
    seal = chain.first_broken_seal(days, there)
    broken = chain.the_more_telling(found, seal, [day for day, _ in days])
    broken = broken or await _unlike_head(session, there)
    broken = broken or await _unsealed(session, days[-1][0].last_number if days else 0)
    broken = broken or await _outside(session, begin, number, there)
    broken = broken or await _unlike(session, noted)
    late = [day.day for day, _ in days if day.sealed_at > _due(day.day)]
    reached = link.hash if link else chain.BEGINNING
    return Verified(number - begin, number, reached, number >= last, broken, late)


def _due(day: date) -> datetime:
    return clock.start_of(day + timedelta(days=1)) + SEALED_WITHIN


async def _before(session: AsyncSession, day: date | None) -> int:
    """Return the last number before a day (index day, number)."""
    if day is None:
        return 0
    return await session.scalar(select(func.max(Link.number)).where(Link.day < day)) or 0


async def _link(session: AsyncSession, number: int) -> Linked | None:
    row = (await session.execute(_LINKS, {"after": number - 1, "until": number})).one_or_none()
    return Linked(*row) if row else None


def _short(links: Sequence[Linked], number: int, step: int) -> Broken | None:
    """Say that a slice ends too soon."""
    reached = links[-1].number if links else number
    return None if reached == step else Broken(Why.MISSING, reached + 1)


async def _unlike_head(session: AsyncSession, there: int) -> Broken | None:
    """Hold the chain against its head, which says where it stood before the last transaction."""
    head = await session.get(Head, 1)
    if head is None:
        # Without a head there is nothing in the chain, or it was taken away.
        return Broken(Why.CUT_OFF, there) if there else None
    if head.number > there:
        return Broken(Why.CUT_OFF, there + 1)
    return await _unlike(session, Noted(head.number, head.hash))


async def _unsealed(session: AsyncSession, last_sealed: int) -> Broken | None:
    """Find a day that is long over and has no seal."""
    link = await session.get(Link, last_sealed + 1)
    if link and _due(link.day) < clock.now():
        return Broken(Why.SEAL_MISSING, link.number, link.entry_id, link.day)
    return None


async def _outside(session: AsyncSession, begin: int, end: int, there: int) -> Broken | None:
    """Find an entry that is in no link, from the entry of one number to that of another."""
    ids = {
        number: await session.scalar(select(Link.entry_id).where(Link.number == number))
        for number in (begin, end)
    }
    after, until = ids[begin], None if end == there else ids[end]
    while True:
        given = {"after": after, "until": until, "slice": SLICE}
        count, after, outside = (await session.execute(_OUTSIDE, given)).one()
        if outside:
            return Broken(Why.INSERTED, None, outside)
        if count < SLICE:
            return None


async def _unlike(session: AsyncSession, noted: Noted | None) -> Broken | None:
    """Hold the chain against a number and its hash that were written down elsewhere."""
    if noted is None or noted.number == 0:
        return None
    link = await session.get(Link, noted.number)
    if link is None:
        return Broken(Why.CUT_OFF, noted.number)
    return None if link.hash == noted.hash else Broken(Why.ALTERED, link.number, link.entry_id, link.day)
