"""Who looked at a fair and opened which job, each counted once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, limits
from app.core.keyring import blind_index
from app.core.problems import NotFound, refuse_field
from app.fairs.audience import Mark, Opened, Viewer
from app.fairs.models import Fair, FairState
from app.fairs.queries import seen_by_all, shown_there

# An account has a phone behind it. Who is nobody is bounded by the address, behind which a whole hall may
# stand: so counts can be pushed a little, and not at will.
BY_ACCOUNT = limits.Rate("fair_views", 300, timedelta(minutes=10))
BY_ADDRESS = limits.Rate("fair_views_from", 300, timedelta(minutes=10))


@dataclass(frozen=True)
class Onlooker:
    """Who looks: an account, a device's own random id, or neither; `address` None where limits are lifted."""

    account_id: UUID | None = None
    device: UUID | None = None
    address: str | None = None

    async def take_one(self, session: AsyncSession) -> None:
        """Count one thing that is noted, or refuse."""
        if self.account_id:
            await limits.take(session, BY_ACCOUNT, str(self.account_id))
        elif self.address:
            await limits.take(session, BY_ADDRESS, self.address)


def viewer_of(fair_id: UUID, onlooker: Onlooker) -> UUID | None:
    """Return by what a viewer is told apart at one fair, None for who can't be.

    A keyed hash: the rows alone name no account, one device is not followed from fair to fair, and no device
    can call itself somebody's account.
    """
    if onlooker.account_id:
        return _hashed(fair_id, f"account:{onlooker.account_id}")
    return _hashed(fair_id, f"device:{onlooker.device}") if onlooker.device else None


async def note_viewer(session: AsyncSession, fair: Fair, onlooker: Onlooker) -> UUID | None:
    """Note once who looks while the fair is on, and once afterwards; who looks before is not counted.

    Return the viewer where one was counted, now or before (primary key).
    """
    viewer = viewer_of(fair.id, onlooker)
    if viewer is None or fair.state not in (FairState.LIVE, FairState.ENDED):
        return None
    now, was = clock.now(), await _before_signing_in(session, fair.id, viewer, onlooker)
    live_at = was.live_at if was and was.live_at else now if fair.state is FairState.LIVE else None
    replay_at = was.replay_at if was and was.replay_at else now if fair.state is FairState.ENDED else None
    row = insert(Viewer).values(
        fair_id=fair.id,
        viewer=viewer,
        account_id=onlooker.account_id,
        live_at=live_at,
        replay_at=replay_at,
    )
    news = [of.is_(None) for of, at in ((Viewer.live_at, live_at), (Viewer.replay_at, replay_at)) if at]
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[Viewer.fair_id, Viewer.viewer],
            set_={
                "live_at": func.coalesce(Viewer.live_at, row.excluded.live_at),
                "replay_at": func.coalesce(Viewer.replay_at, row.excluded.replay_at),
            },
            where=or_(*news),
        )
    )
    return viewer


async def _before_signing_in(
    session: AsyncSession, fair_id: UUID, viewer: UUID, onlooker: Onlooker
) -> Row[datetime | None, datetime | None] | None:
    """Take what was counted of the device before its owner signed in: one person is one viewer."""
    if not (onlooker.account_id and onlooker.device):
        return None
    device = _hashed(fair_id, f"device:{onlooker.device}")
    gone = delete(Viewer).where(Viewer.fair_id == fair_id, Viewer.viewer == device)
    was = (await session.execute(gone.returning(Viewer.live_at, Viewer.replay_at))).one_or_none()
    if was:
        await session.execute(_OPENED_BY_ANOTHER, {"fair_id": fair_id, "before": device, "now": viewer})
    return was


_OPENED_BY_ANOTHER = text(
    """WITH gone AS (DELETE FROM fair_opens WHERE fair_id = :fair_id AND viewer = :before RETURNING *)
       INSERT INTO fair_opens (fair_id, job_id, viewer, mark_id, at)
       SELECT fair_id, job_id, :now, mark_id, at FROM gone ON CONFLICT DO NOTHING"""
).bindparams(bindparam("fair_id", type_=Uuid), bindparam("before", type_=Uuid), bindparam("now", type_=Uuid))


def _hashed(fair_id: UUID, who: str) -> UUID:
    return UUID(bytes=blind_index(f"{fair_id}/{who}", "fair_viewer")[:16])


async def look(session: AsyncSession, fair_id: UUID, onlooker: Onlooker) -> None:
    """Note that the player runs; 404 for a fair that is not public."""
    fair = await _public(session, fair_id)
    await onlooker.take_one(session)
    await note_viewer(session, fair, onlooker)


async def open_job(
    session: AsyncSession, fair_id: UUID, job_id: UUID, mark_id: UUID | None, onlooker: Onlooker
) -> None:
    """Note that a job was opened from the fair: who opens one looks at the fair, so none is beyond the other.

    404 for a job that the fair does not show; refuses a mark that is not the job's at this fair.
    """
    fair = await _public(session, fair_id)
    if await session.scalar(shown_there(fair_id, job_id)) is None:
        raise NotFound
    if mark_id:
        # Held, so that it is not taken away before the row that refers to it is there.
        mark = await session.get(Mark, mark_id, with_for_update={"read": True, "key_share": True})
        if mark is None or (mark.fair_id, mark.job_id) != (fair_id, job_id):
            raise refuse_field(
                "/mark_id", "unknown_mark", "不是该岗位在本场的时点", "No mark of this job here"
            )
    await onlooker.take_one(session)
    if viewer := await note_viewer(session, fair, onlooker):
        row = insert(Opened).values(
            fair_id=fair_id, job_id=job_id, viewer=viewer, mark_id=mark_id, at=clock.now()
        )
        await session.execute(row.on_conflict_do_nothing())


async def _public(session: AsyncSession, fair_id: UUID) -> Fair:
    """Return a fair that everybody sees, held as what refers to it holds it: before any of its marks."""
    statement = select(Fair).where(Fair.id == fair_id, seen_by_all())
    fair = await session.scalar(statement.with_for_update(read=True, key_share=True))
    if fair is None:
        raise NotFound
    return fair
