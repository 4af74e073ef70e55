"""An employer who is suspended or banned loses its booths at fairs that are not over.

One whose verification ran out keeps them: nobody sees them until it is verified again.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import afterwards
from app.employers.events import EmployerStopped
from app.employers.models import Employer, EmployerState
from app.fairs.booth_steps import lock_booth, lock_fair
from app.fairs.booths import end_for_stopped
from app.fairs.models import HELD, Booth

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
