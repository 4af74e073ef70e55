"""Announcing: draft, change, publish, withdraw; each of them in the ledger."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core import clock
from app.core.problems import must_be_fresh, refuse_field
from app.core.types import new_id
from app.geo.models import Division
from app.notices.models import Notice, NoticeState
from app.notices.problems import NoticeOver
from app.notices.schemas import NoticeChanges, NoticeDraft

_NOTED = ("kind", "title", "text", "division", "state", "pinned", "publish_at", "until")


async def draft(session: AsyncSession, officer: Officer, given: NoticeDraft) -> Notice:
    """Draft a notice; refuses a division that the station does not serve."""
    division = given.division or officer.station.division
    within = select(Division.code).where(Division.code == division, officer.reaches(Division.code))
    if await session.scalar(within) is None:
        zh, en = "该区划不在本机构所辖范围内", "Your station does not serve this division"
        raise refuse_field("/division", "division_out_of_reach", zh, en)
    notice = Notice(
        id=new_id(),
        **given.model_dump(exclude={"division"}),
        division=division,
        station_id=officer.station.id,
        state=NoticeState.DRAFT,
        version=1,
        created_at=clock.now(),
    )
    _must_not_be_over(notice)
    session.add(notice)
    await _record(session, officer, notice, "draft", None)
    return notice


async def change(
    session: AsyncSession, officer: Officer, notice: Notice, changes: NoticeChanges, version: int | None
) -> Notice:
    """Change a draft, or correct what is published; refuses what is withdrawn, and a stale version."""
    notice.must_be(NoticeState.DRAFT, NoticeState.PUBLISHED)
    must_be_fresh(version, notice.version)
    before = _told(notice)
    given = changes.model_fields_set
    for name in ("kind", "title", "text", "pinned"):
        if name in given and (value := getattr(changes, name)) is not None:
            setattr(notice, name, value)
    if "publish_at" in given and notice.state is NoticeState.DRAFT:
        notice.publish_at = changes.publish_at
    if "until" in given:
        notice.until = changes.until
    _must_not_be_over(notice)
    notice.version += 1
    await _record(session, officer, notice, "change", before)
    return notice


async def publish(session: AsyncSession, officer: Officer, notice: Notice) -> Notice:
    """Put a draft on show, at its time if that is to come, else now."""
    notice.must_be(NoticeState.DRAFT)
    before = _told(notice)
    notice.publish_at = max(notice.publish_at or clock.now(), clock.now())
    notice.state = NoticeState.PUBLISHED
    _must_not_be_over(notice)
    notice.version += 1
    await _record(session, officer, notice, "publish", before)
    return notice


async def withdraw(session: AsyncSession, officer: Officer, notice: Notice, reason: str) -> Notice:
    """Take a notice away from show, or a draft out of the way."""
    notice.must_be(NoticeState.DRAFT, NoticeState.PUBLISHED)
    before = _told(notice)
    notice.state, notice.withdrawn_because = NoticeState.WITHDRAWN, reason
    notice.version += 1
    await _record(session, officer, notice, "withdraw", before, reason)
    return notice


def _must_not_be_over(notice: Notice) -> None:
    if notice.until and notice.until <= max(notice.publish_at or clock.now(), clock.now()):
        raise NoticeOver


def _told(notice: Notice) -> dict[str, Any]:
    told = {name: getattr(notice, name) for name in _NOTED}
    return {name: value if isinstance(value, bool | None) else str(value) for name, value in told.items()}


async def _record(
    session: AsyncSession,
    officer: Officer,
    notice: Notice,
    verb: str,
    before: dict[str, Any] | None,
    reason: str | None = None,
) -> None:
    await session.flush()
    await record(
        session,
        officer.actor,
        f"notice.{verb}",
        object_kind="notice",
        object_id=notice.id,
        division=notice.division,
        before=before,
        after=_told(notice),
        reason=reason,
    )
