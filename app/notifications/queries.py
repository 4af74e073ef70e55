"""What an inbox holds, and what stations must look at."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core.keyring import keys
from app.notifications.models import Alert, Inbox, Notification
from app.stations.models import Station


def inbox(account_id: UUID) -> Select[Notification]:
    """Return an account's messages (index account_id, id)."""
    return select(Notification).where(Notification.account_id == account_id)


async def unread(session: AsyncSession, account_id: UUID) -> int:
    """Count the unread messages (index ix_notifications_unread)."""
    count = select(func.count()).where(Notification.account_id == account_id, Notification.read_at.is_(None))
    return await session.scalar(count) or 0


async def last_number(session: AsyncSession, account_id: UUID) -> int:
    """Return the number of the newest message, 0 if there is none yet (primary key)."""
    return await session.scalar(select(Inbox.last_number).where(Inbox.account_id == account_id)) or 0


async def after(session: AsyncSession, account_id: UUID, number: int, limit: int) -> Sequence[Notification]:
    """Return the messages after a number, in order (index account_id, number)."""
    found = await session.scalars(
        select(Notification)
        .where(Notification.account_id == account_id, Notification.number > number)
        .order_by(Notification.number)
        .limit(limit)
    )
    return found.all()


def _in_reach_of(officer: Officer) -> Select[Alert, Station]:
    return (
        select(Alert, Station)
        .join(Station, Station.id == Alert.station_id)
        .where(officer.reaches(Station.division))
    )


async def alerts(
    session: AsyncSession, officer: Officer, *, unseen: bool | None, limit: int, cursor: str | None
) -> tuple[Sequence[Any], str | None]:
    """Return a page of alerts with their stations and the next cursor: the own station's first, newest first.

    Indexes station_id, id and ix_alerts_unseen, for each station within reach.
    """
    scope = f"alerts/{officer.station.id}/{unseen}"
    own = case((Alert.station_id == officer.station.id, 1), else_=0)
    statement = _in_reach_of(officer)
    if unseen is not None:
        statement = statement.where(Alert.seen_at.is_(None) if unseen else Alert.seen_at.is_not(None))
    if cursor:
        is_own, last = keys().cursors.read(cursor, scope)
        statement = statement.where(or_(own < is_own, and_(own == is_own, Alert.id < UUID(last))))
    found = (await session.execute(statement.order_by(own.desc(), Alert.id.desc()).limit(limit + 1))).all()
    rows = found[:limit]
    following = None
    if len(found) > limit:
        last = rows[-1][0]
        following = keys().cursors.sign([int(last.station_id == officer.station.id), last.id], scope)
    return rows, following
