"""What staff stop elsewhere ends at fairs, too.

An employer who is suspended or banned loses its booths at fairs that are not over; one whose verification ran
out keeps them, and nobody sees them until it is verified again. A posting that is removed leaves the screens.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import afterwards
from app.employers.events import EmployerStopped
from app.employers.models import Employer, EmployerState
from app.fairs.audience import Mark, ToldKind
from app.fairs.booth_steps import lock_booth, lock_fair
from app.fairs.booths import end_for_stopped
from app.fairs.feed import tell
from app.fairs.models import HELD, Booth, Fair, FairState
from app.jobs.events import JobClosed
from app.jobs.models import ClosedBecause

_BECAUSE = {EmployerState.SUSPENDED: "用工主体已被暂停", EmployerState.BANNED: "用工主体已被禁止发布用工信息"}


@afterwards(EmployerStopped)
async def end_booths(session: AsyncSession, stopped: EmployerStopped) -> None:
    """Afterwards, for fairs are locked before employers: who accepts meanwhile is seen here."""
    employer = await session.get_one(Employer, stopped.employer_id)
    reason = _BECAUSE.get(employer.state)
    if reason is None:
        return
    held = select(Booth).where(Booth.employer_id == employer.id, Booth.state.in_(HELD))
    for known in (await session.scalars(held.order_by(Booth.fair_id, Booth.id))).all():
        fair = await lock_fair(session, known.fair_id)
        await end_for_stopped(session, fair, await lock_booth(session, fair, known.id), reason)


@afterwards(JobClosed)
async def take_off_the_screens(session: AsyncSession, closed: JobClosed) -> None:
    """Tell who listens to take away a posting that staff removed: phones still show its card."""
    if closed.because != ClosedBecause.REMOVED:
        return
    shown = (
        select(Mark.id, Mark.fair_id)
        .join(Fair, Fair.id == Mark.fair_id)
        .where(Mark.job_id == closed.job_id, Fair.state == FairState.LIVE)  # ix_fairs_on
        .order_by(Mark.fair_id, Mark.at)
    )
    for mark_id, fair_id in (await session.execute(shown)).all():
        await tell(session, await lock_fair(session, fair_id), ToldKind.HIDDEN, mark_id)
