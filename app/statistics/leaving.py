"""What the statistics hold about a person, and how it is cut loose when the account closes."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once
from app.identity.events import AccountClosing
from app.identity.holdings import holds
from app.statistics.models import Fact


@holds("statistics")
async def _facts(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    facts = await session.scalars(select(Fact).where(Fact.person_id == account_id).order_by(Fact.id))
    return [
        {"kind": f.kind, "day": f.day, "division": f.division, "trade": f.trade, "key_groups": f.key_groups}
        for f in facts
    ]


@at_once(AccountClosing)
async def cut_loose(session: AsyncSession, event: AccountClosing) -> None:
    """Keep what was counted, as somebody's of whom nothing is known (index person_id)."""
    await session.execute(
        update(Fact)
        .where(Fact.person_id == event.account_id)
        .values(subject_id=None, person_id=uuid4())
        .execution_options(synchronize_session=False)
    )
