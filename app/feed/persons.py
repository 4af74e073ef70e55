"""A person who consented to it, sealed to the province's key; each reading is in the ledger beforehand."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import record
from app.core import clock, wall
from app.core.db import Database
from app.core.keyring import unseal
from app.core.problems import NotFound
from app.engagements.models import Application, Engagement
from app.feed.models import Kind, Record
from app.feed.problems import NoSealingKey
from app.feed.sealing import sealed_to
from app.identity.models import Account, Consent, Purpose
from app.sync.calling import Caller
from app.sync.models import KeyUse
from app.workers.models import Worker

_ABOUT: dict[Kind, type[Engagement | Application]] = {
    Kind.ENGAGEMENT: Engagement,
    Kind.APPLICATION: Application,
}


READING = "person.unseal"


class _Row(NamedTuple):
    worker: Worker
    account: Account
    division: str


async def person(session: AsyncSession, database: Database, caller: Caller, kind: Kind, id_: UUID) -> bytes:
    """Return name, ID number and phone of whom an engagement or an application is about, as a JWE.

    404 unless the province has that record and the person's consent stands now. Refuses a client without
    a key to seal to; the latest of its keys is taken.
    """
    keys = caller.client.keys_for(KeyUse.SEAL)
    if not keys:
        raise NoSealingKey
    row = await _consenting(session, kind, id_)
    async with database.transaction(beside=True) as noting:
        await record(
            noting,
            caller.actor,
            READING,
            object_kind="worker",
            object_id=row.worker.id,
            division=row.division,
            after={"type": kind.value, "id": str(id_), "kid": keys[0].get("kid")},
        )
    return sealed_to(keys[0], {"type": kind.value, "id": str(id_), **_opened(row)})


async def _consenting(session: AsyncSession, kind: Kind, id_: UUID) -> _Row:
    """Find who it is about by primary keys; past the wall, for this one person who agreed to it."""
    about = _ABOUT[kind]
    statement = (
        select(Worker, Account, Record.division)
        .join(about, about.worker_id == Worker.id)
        .join(Record, (Record.kind == kind) & (Record.entity_id == about.id))
        .join(Account, Account.id == Worker.id)
        .join(Consent, Consent.account_id == Worker.id)
        .where(
            about.id == id_,
            Consent.purpose == Purpose.PROVINCE,
            Consent.given,
            Worker.verified_at.is_not(None),
        )
    )
    async with wall.lifted(session):
        row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return _Row(*row)


def _opened(row: _Row) -> dict[str, str | None]:
    worker = row.worker
    name, number = worker.name_sealed, worker.id_number_sealed
    return {
        "worker_id": str(worker.id),
        "name": unseal(name, f"workers/name/{worker.id}") if name else None,
        "id_number": unseal(number, f"workers/id_number/{worker.id}") if number else None,
        "phone": row.account.phone,
        "sealed_at": clock.now().isoformat(),
    }
