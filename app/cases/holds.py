"""Taking a case in hand, giving it back, and deciding it: no two of the staff at once.

Every way here begins by writing the hold's row, and the row's lock lasts as long as the transaction: who
claims waits for who decides, and finds the case decided. So a hold comes first in the order of locks,
before anything of the case itself.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, case, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.cases.models import CaseKind, Hold
from app.cases.problems import CaseHeld, CaseNotHeld
from app.core import clock
from app.stations.models import Staff

# As long as a sign-in lasts without being used: who has gone away holds up nobody for longer.
LASTS = timedelta(minutes=30)
KEPT = timedelta(days=1)


def live(kind: CaseKind, now: datetime) -> Select[UUID, UUID, str, datetime]:
    """Return the cases of a kind that are held now, by whom, until when (primary key).

    What somebody held who was dismissed since is free.
    """
    return (
        select(Hold.case_id, Hold.staff_id, Staff.name, Hold.until)
        .join(Staff, Staff.id == Hold.staff_id)
        .where(Hold.kind == kind, Hold.until > now, Staff.dismissed_at.is_(None))
    )


async def claim(session: AsyncSession, officer: Officer, kind: CaseKind, case_id: UUID) -> Hold:
    """Take a case for half an hour, or again for half an hour; refuses what another holds.

    Of several at once exactly one gets it: the primary key decides.
    """
    now, me = clock.now(), officer.staff.id
    still_mine = and_(Hold.staff_id == me, Hold.until > now)
    dismissed = select(Staff.id).where(Staff.dismissed_at.is_not(None))
    taking = insert(Hold).values(
        kind=kind, case_id=case_id, staff_id=me, station_id=officer.station.id, since=now, until=now + LASTS
    )
    new = taking.excluded
    statement = taking.on_conflict_do_update(
        index_elements=[Hold.kind, Hold.case_id],
        set_={
            "staff_id": new.staff_id,
            "station_id": new.station_id,
            "since": case((still_mine, Hold.since), else_=new.since),
            "until": new.until,
        },
        where=or_(Hold.staff_id == me, Hold.until <= now, Hold.staff_id.in_(dismissed)),
    ).returning(Hold)
    while True:
        hold = await session.scalar(statement, execution_options={"populate_existing": True})
        if hold is not None:
            return hold
        await _must_be_free(session, kind, case_id, now)  # else given back in between: once more


async def release(
    session: AsyncSession, officer: Officer, kind: CaseKind, case_id: UUID, *, anybodys: bool = False
) -> UUID:
    """Give a case back, one's own or `anybodys`; return who held it. Refuses what is not held."""
    own, now = Hold.staff_id == officer.staff.id, clock.now()
    holder: UUID | None = await session.scalar(
        delete(Hold)
        .where(Hold.kind == kind, Hold.case_id == case_id, Hold.until > now, own | anybodys)
        .returning(Hold.staff_id)
    )
    if holder is None:
        await _must_be_free(session, kind, case_id, now)
        raise CaseNotHeld
    return holder


async def act_on(
    session: AsyncSession, officer: Officer, kind: CaseKind, case_id: UUID, *, ends: bool = True
) -> None:
    """Begin to decide a case: refuses what another holds, and lets nobody take it until the commit.

    Whoever had it has it no more, unless the act is a step that does not end the work (`ends`).
    """
    mine = live(kind, clock.now()).where(Hold.case_id == case_id, Hold.staff_id == officer.staff.id)
    keeps = not ends and (await session.execute(mine)).one_or_none() is not None
    await claim(session, officer, kind, case_id)
    if not keeps:
        await session.execute(delete(Hold).where(Hold.kind == kind, Hold.case_id == case_id))


async def forget_lapsed(session: AsyncSession) -> None:
    """Delete the holds that ran out a day ago (index ix_case_holds_until)."""
    await session.execute(delete(Hold).where(Hold.until < clock.now() - KEPT))


async def _must_be_free(session: AsyncSession, kind: CaseKind, case_id: UUID, now: datetime) -> None:
    held = (await session.execute(live(kind, now).where(Hold.case_id == case_id))).one_or_none()
    if held is not None:
        _, staff_id, name, until = held
        raise CaseHeld(held_by={"id": str(staff_id), "name": name, "until": until.isoformat()})
