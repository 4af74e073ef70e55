"""What was done at a fair, in the ledger: under the fair's own division, whatever it was done to."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.fairs.audience import Mark, Question
from app.fairs.models import Booth, Fair

Facts = dict[str, Any] | None
_KINDS = {Fair: "fair", Booth: "fair_booth", Mark: "fair_mark", Question: "fair_question"}


async def note(
    session: AsyncSession,
    by: Actor,
    fair: Fair,
    deed: str,
    to: Booth | Mark | Question | None = None,
    *,
    before: Facts = None,
    after: Facts = None,
    reason: str | None = None,
) -> None:
    """Write a deed ("fair.mark"); `to`: what it was done to, where that is not the fair itself."""
    await session.flush()
    one = to or fair
    await record(
        session,
        by,
        deed,
        object_kind=_KINDS[type(one)],
        object_id=one.id,
        division=fair.division,
        before=before,
        after=after,
        reason=reason,
    )
