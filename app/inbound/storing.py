"""Keeping what the province sends: the newest version of each vacancy, whatever comes in which order."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock


class Status(StrEnum):
    STORED = "stored"
    UNCHANGED = "unchanged"
    STALE = "stale"
    CONFLICT = "conflict"
    CLOSED = "closed"
    INVALID = "invalid"


class Arrival(NamedTuple):
    """A version of a vacancy as it came; without a body it is closed."""

    source_id: str
    version: int
    body: str | None = None
    hash: bytes | None = None
    contact_sealed: bytes | None = None
    trade_code: str | None = None
    division_code: str | None = None


# Locked in one order; what is not there yet is judged again by the write (primary key).
_KNOWN = text(
    """SELECT source_id, version, hash FROM province_vacancies
       WHERE source_id = ANY(:ids) ORDER BY source_id FOR UPDATE"""
).bindparams(bindparam("ids", type_=ARRAY(Text)))
# The state says that it is to be worked on; what showed the version before is known by job_id.
_WRITE = text(
    """INSERT INTO province_vacancies (source_id, client_id, version, state, body, hash, contact_sealed,
         trade_code, division_code, faults, received_at)
       SELECT source_id, :client_id, version, 'received', CAST(body AS jsonb), hash, contact_sealed,
              trade_code, division_code, '[]', CAST(:now AS timestamptz)
       FROM unnest(CAST(:source_id AS text[]), CAST(:version AS bigint[]), CAST(:body AS text[]),
              CAST(:hash AS bytea[]), CAST(:contact_sealed AS bytea[]), CAST(:trade_code AS text[]),
              CAST(:division_code AS text[]))
         AS given (source_id, version, body, hash, contact_sealed, trade_code, division_code)
       ON CONFLICT (source_id) DO UPDATE SET
         client_id = excluded.client_id, version = excluded.version, state = 'received',
         body = excluded.body, hash = excluded.hash, contact_sealed = excluded.contact_sealed,
         trade_code = excluded.trade_code, division_code = excluded.division_code, faults = '[]',
         received_at = excluded.received_at
       WHERE province_vacancies.version < excluded.version
       RETURNING source_id"""
)


async def store(session: AsyncSession, client_id: str, arrivals: Sequence[Arrival]) -> list[Status]:
    """Keep the newest version of each vacancy, in two statements; return what became of each in turn.

    An older version never overwrites a newer one, nor does it undo a closing: what was closed keeps its
    version. Rows stay locked in the order of their ids until the transaction ends.
    """
    known: dict[str, tuple[int, bytes | None]] = {
        row.source_id: (row.version, row.hash)
        for row in await session.execute(_KNOWN, {"ids": sorted({one.source_id for one in arrivals})})
    }
    statuses: list[Status] = []
    newest: dict[str, Arrival] = {}
    for one in arrivals:
        statuses.append(_judged(known.get(one.source_id), one))
        if statuses[-1] in (Status.STORED, Status.CLOSED):
            known[one.source_id], newest[one.source_id] = (one.version, one.hash), one
    if not newest:
        return statuses
    given: dict[str, Any] = {"client_id": client_id, "now": clock.now()}
    columns = zip(*(newest[source_id] for source_id in sorted(newest)), strict=True)
    given |= dict(zip(Arrival._fields, map(list, columns), strict=True))
    missed = set(newest) - set(await session.scalars(_WRITE, given))
    if missed:
        # Somebody brought them between the two statements: now they are known, and locked.
        again = [n for n, one in enumerate(arrivals) if one.source_id in missed]
        judged = await store(session, client_id, [arrivals[n] for n in again])
        for n, status in zip(again, judged, strict=True):
            statuses[n] = status
    return statuses


def _judged(there: tuple[int, bytes | None] | None, one: Arrival) -> Status:
    if there is None or there[0] < one.version:
        return Status.STORED if one.body else Status.CLOSED
    if one.version < there[0]:
        return Status.STALE
    return Status.UNCHANGED if there[1] == one.hash else Status.CONFLICT
