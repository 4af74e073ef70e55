"""Comparing a client's copy with what it should have, and what the last comparisons came to."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.feed import digests
from app.feed.models import Comparison, Kind
from app.feed.positions import Position
from app.feed.problems import CursorExpired
from app.feed.queries import is_known

KEPT = 200  # differing groups of a comparison, for staff to see
Claimed = Mapping[tuple[str, date], tuple[int, bytes]]

# The days that were told apart, as they are now: along ix_province_records_groups.
_NOW = text("""
SELECT g.division, g.day,
       (SELECT sha256(string_agg(convert_to(entity_id || ' ' || encode(hash, 'hex') || E'\\n', 'UTF8'), ''
                                 ORDER BY entity_id)) FROM province_records r
         WHERE r.kind = :kind AND r.division = g.division AND r.day = g.day) AS hash
  FROM unnest(CAST(:divisions AS text[]), CAST(:days AS date[])) AS g (division, day)
""")


@dataclass(frozen=True)
class Differing:
    """A day of a county: what we have of it, and what they say that they have."""

    division: str
    day: date
    count: int
    hash: bytes
    claimed_count: int
    claimed_hash: bytes


class Compared(NamedTuple):
    position: Position
    groups: int
    moving: int
    differing: Sequence[Differing]


async def compare(
    session: AsyncSession, client_id: str, kind: Kind, at: Position, claimed: Claimed
) -> Compared:
    """Tell which days differ, and keep what was found as the client's last comparison of the type.

    What changed after the position is not judged: a copy may have it already, or not yet. Refuses (410) a
    position that is not in this history.
    """
    if not await is_known(session, at):
        raise CursorExpired
    ours = await digests.side(session, kind, at)
    nothing = (0, digests.EMPTY)
    both = sorted(ours.days.keys() | claimed.keys())
    unlike = [key for key in both if ours.days.get(key, nothing) != claimed.get(key, nothing)]
    differing = [
        Differing(*key, *ours.days.get(key, nothing), *claimed.get(key, nothing))
        for key in unlike
        if key not in ours.moved
    ]
    found = Compared(ours.position, len(both), len(unlike) - len(differing), differing)
    await _keep(session, client_id, kind, at, found)
    return found


async def _keep(session: AsyncSession, client_id: str, kind: Kind, at: Position, found: Compared) -> None:
    values = {
        "at": clock.now(),
        "position": at.id,
        "behind": found.position.id - at.id,
        "groups": found.groups,
        "differing": len(found.differing),
        "moving": found.moving,
        "shown": [_shown(one) for one in found.differing[:KEPT]],
    }
    await session.execute(
        insert(Comparison)
        .values(client_id=client_id, kind=kind, **values)
        .on_conflict_do_update(index_elements=[Comparison.client_id, Comparison.kind], set_=values)
    )


def _shown(one: Differing) -> dict[str, Any]:
    return asdict(one) | {
        "day": one.day.isoformat(),
        "hash": one.hash.hex(),
        "claimed_hash": one.claimed_hash.hex(),
    }


async def last_comparisons(session: AsyncSession) -> list[dict[str, Any]]:
    """Return each client's last comparison of each type, and which of its differences are there still."""
    kept = await session.scalars(select(Comparison).order_by(Comparison.client_id, Comparison.kind))
    return [
        {
            "client_id": one.client_id,
            "type": one.kind,
            "at": one.at,
            "behind": one.behind,
            "compared": one.groups,
            "differing": one.differing,
            "moving": one.moving,
            "groups": await _still(session, one),
        }
        for one in kept
    ]


async def _still(session: AsyncSession, one: Comparison) -> list[dict[str, Any]]:
    if not one.shown:
        return []
    days = [date.fromisoformat(group["day"]) for group in one.shown]
    values = {"kind": one.kind, "divisions": [group["division"] for group in one.shown], "days": days}
    now = {(row.division, row.day): row.hash for row in await session.execute(_NOW, values)}
    return [
        group
        | {
            "differs_still": (now[group["division"], day] or digests.EMPTY).hex() != group["claimed_hash"],
        }
        for group, day in zip(one.shown, days, strict=True)
    ]
