"""What people without a phone are to be told: the station calls on them, and says how."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core import clock
from app.core.problems import NotFound
from app.core.types import new_id
from app.counter.models import Errand, Reached
from app.counter.problems import ErrandDone
from app.stations.models import Station


@dataclass(frozen=True)
class Words:
    """What is to be told of: `key` names it, so that it is told once; `due_at`: when it is too late."""

    kind: str
    key: str
    text: str
    due_at: datetime | None


async def leave(session: AsyncSession, account_id: UUID, words: Words) -> None:
    """Leave an errand to the station through which a person is reached, unless it was left before.

    Its text is what the inbox has, in the clear as there: whom to call in their turn stands in the
    engagement alone.
    """
    station_id = await session.scalar(select(Reached.station_id).where(Reached.id == account_id))
    if station_id is None:
        return
    await session.execute(
        insert(Errand)
        .values(
            id=new_id(),
            account_id=account_id,
            station_id=station_id,
            kind=words.kind,
            key=words.key,
            text=words.text,
            due_at=words.due_at,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["account_id", "kind", "key"])
    )


async def do(session: AsyncSession, officer: Officer, errand_id: UUID, how: str) -> Errand:
    """Note that the person was told, and how. Refuses what another has done already."""
    row = (
        await session.execute(
            select(Errand, Station.division)
            .join(Station, Station.id == Errand.station_id)
            .where(Errand.id == errand_id, officer.reaches(Station.division))
            .with_for_update(of=Errand)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    errand, division = row
    if errand.done_at:
        raise ErrandDone
    errand.done_at, errand.done_by, errand.how = clock.now(), officer.staff.id, how
    await session.flush()
    await record(
        session,
        officer.actor,
        "errand.done",
        object_kind="account",
        object_id=errand.account_id,
        division=division,
        after={"errand_id": str(errand.id), "kind": errand.kind},
    )
    return errand
