"""What a person asked at fairs, and how it is erased when the account closes."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import at_once
from app.fairs.audience import Question, QuestionState, ToldKind
from app.fairs.feed import SEEN, tell
from app.fairs.models import Fair
from app.identity.events import AccountClosing
from app.identity.holdings import holds


@holds("fair_questions")
async def _asked(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    """Gather what was asked (index account_id)."""
    found = await session.scalars(
        select(Question).where(Question.account_id == account_id).order_by(Question.id)
    )
    return [
        {
            "fair_id": one.fair_id,
            "job_id": one.job_id,
            "text": one.text,
            "answer": one.answer,
            "state": one.state,
            "asked_at": one.asked_at,
        }
        for one in found
    ]


@at_once(AccountClosing)
async def erase(session: AsyncSession, event: AccountClosing) -> None:
    """Erase the words, and take what was seen away from before everybody; answers go with their questions."""
    mine = select(Question).where(Question.account_id == event.account_id)
    fairs = {one.fair_id for one in await session.scalars(mine)}
    locked = select(Fair).where(Fair.id.in_(fairs)).order_by(Fair.id).with_for_update(key_share=True)
    by_id = {fair.id: fair for fair in await session.scalars(locked)}
    questions = mine.order_by(Question.id).with_for_update(key_share=True)
    for one in (await session.scalars(questions.execution_options(populate_existing=True))).all():
        seen = one.state in SEEN
        one.text, one.answer, one.state, one.changed_at = None, None, QuestionState.HIDDEN, clock.now()
        await session.flush()
        if seen:
            await tell(session, by_id[one.fair_id], ToldKind.HIDDEN, one.id)
