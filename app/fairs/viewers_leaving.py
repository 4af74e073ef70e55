"""Which fairs a person watched, and how that is cut loose when the account closes."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.fairs.audience import Opened, Viewer
from app.fairs.models import Fair
from app.identity.events import AccountClosing
from app.identity.holdings import holds


@holds("fairs_viewed")
async def _viewed(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    """Gather what was watched and opened in two statements (index account_id; primary key)."""
    fairs = await session.execute(
        select(Viewer, Fair.title)
        .join(Fair, Fair.id == Viewer.fair_id)
        .where(Viewer.account_id == account_id)
        .order_by(Viewer.fair_id)
    )
    opened = await session.execute(
        select(Opened.fair_id, Opened.job_id)
        .join(Viewer, (Viewer.fair_id == Opened.fair_id) & (Viewer.viewer == Opened.viewer))
        .where(Viewer.account_id == account_id)
        .order_by(Opened.fair_id, Opened.at)
    )
    jobs: dict[UUID, list[UUID]] = {}
    for fair_id, job_id in opened:
        jobs.setdefault(fair_id, []).append(job_id)
    return [
        {
            "fair_id": seen.fair_id,
            "title": title,
            "live_at": seen.live_at,
            "replay_at": seen.replay_at,
            "jobs_opened": jobs.get(seen.fair_id, []),
        }
        for seen, title in fairs
    ]


@at_once(AccountClosing)
async def cut_loose(session: AsyncSession, event: AccountClosing) -> None:
    """Keep what was counted, as somebody's of whom nothing is known (index account_id)."""
    mine = await session.execute(
        select(Viewer.fair_id, Viewer.viewer)
        .where(Viewer.account_id == event.account_id)
        .order_by(Viewer.fair_id)
    )
    for fair_id, viewer in mine.all():
        changed = {"fair": fair_id, "was": viewer, "now": uuid4()}
        await session.execute(_OPENED_BY_NOBODY, changed)
        await session.execute(_SEEN_BY_NOBODY, changed)


_OPENED_BY_NOBODY = (
    update(Opened)
    .where(Opened.fair_id == bindparam("fair"), Opened.viewer == bindparam("was"))
    .values(viewer=bindparam("now"))
    .execution_options(synchronize_session=False)
)
_SEEN_BY_NOBODY = (
    update(Viewer)
    .where(Viewer.fair_id == bindparam("fair"), Viewer.viewer == bindparam("was"))
    .values(viewer=bindparam("now"), account_id=None)
    .execution_options(synchronize_session=False)
)
