"""Which notices there are, for the public and for staff."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock
from app.core.keyring import keys
from app.core.problems import NotFound
from app.notices.models import Notice, NoticeKind, NoticeState


async def shown(
    session: AsyncSession, division: str | None, kind: NoticeKind | None, limit: int, cursor: str | None
) -> tuple[list[Notice], str | None]:
    """Return a page of what is on show, pinned first, then the newest (index published).

    In a division that is what concerns it: its own notices and those of the divisions above.
    """
    scope = f"notices/{division}/{kind}"
    statement = select(Notice).where(_on_show())
    if division:
        statement = statement.where(Notice.division.in_({division[:n] for n in (4, 6, 9)}))
    if kind:
        statement = statement.where(Notice.kind == kind)
    order = tuple_(Notice.pinned, Notice.publish_at, Notice.id)
    if cursor:
        pinned, at, id_ = keys().cursors.read(cursor, scope)
        statement = statement.where(order < tuple_(pinned, datetime.fromisoformat(at), UUID(id_)))
    statement = statement.order_by(Notice.pinned.desc(), Notice.publish_at.desc(), Notice.id.desc())
    found = list(await session.scalars(statement.limit(limit + 1)))
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    last = page[-1]
    return page, keys().cursors.sign([last.pinned, last.publish_at, last.id], scope)


async def one_on_show(session: AsyncSession, notice_id: UUID) -> Notice:
    notice = await session.scalar(select(Notice).where(Notice.id == notice_id, _on_show()))
    if notice is None:
        raise NotFound
    return notice


def in_reach_of(officer: Officer, state: NoticeState | None, kind: NoticeKind | None) -> Select[Notice]:
    """Return the notices within reach (index division, id)."""
    statement = select(Notice).where(officer.reaches(Notice.division))
    if state:
        statement = statement.where(Notice.state == state)
    return statement.where(Notice.kind == kind) if kind else statement


async def one_in_reach(
    session: AsyncSession, officer: Officer, notice_id: UUID, *, locked: bool = False
) -> Notice:
    statement = in_reach_of(officer, None, None).where(Notice.id == notice_id)
    notice = await session.scalar(statement.with_for_update() if locked else statement)
    if notice is None:
        raise NotFound
    return notice


def _on_show() -> ColumnElement[bool]:
    now = clock.now()
    return and_(
        Notice.state == NoticeState.PUBLISHED,
        Notice.publish_at <= now,
        or_(Notice.until.is_(None), Notice.until > now),
    )
