"""What viewers ask and what they are answered: nothing is seen by everybody before staff let it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock, limits
from app.core.events import emit
from app.core.problems import Fault, NotFound
from app.core.types import new_id
from app.fairs import contacts
from app.fairs.audience import Question, QuestionState, ToldKind
from app.fairs.events import QuestionAnswered
from app.fairs.feed import SEEN, tell
from app.fairs.models import Fair, FairJob, FairState
from app.fairs.noting import note
from app.fairs.problems import ContactInWords, JobNotAtFair, WordsForbidden
from app.fairs.queries import one_seen_by_all
from app.identity.models import Account
from app.jobs import wording
from app.jobs.wording import Finding

BY_ACCOUNT = limits.Rate("fair_questions", 5, timedelta(minutes=10))


async def ask(
    session: AsyncSession, account: Account, fair_id: UUID, text: str, job_id: UUID | None
) -> Question:
    """Take a question in; it waits for the moderator. Refuses ways round the market, and who asks too much.

    Words that a posting may not use are not refused: 「女的要吗」 is a fair question, and only its answer can
    be wrong. The moderator sees them named.
    """
    fair = await one_seen_by_all(session, fair_id)
    fair.must_be(FairState.BOOKABLE, FairState.LIVE)
    if job_id and await session.get(FairJob, (fair_id, job_id)) is None:
        raise JobNotAtFair.at("/job_id")
    if contacts.stand_in(text):
        raise ContactInWords.at("/text")
    await limits.take(session, BY_ACCOUNT, str(account.id))
    now = clock.now()
    question = Question(
        id=new_id(),
        fair_id=fair_id,
        job_id=job_id,
        account_id=account.id,
        state=QuestionState.ASKED,
        asked_at=now,
        changed_at=now,
    )
    question.text = text
    session.add(question)
    await session.flush()
    return question


def of(fair_id: UUID, state: QuestionState | None) -> Select[Question]:
    """Return a fair's questions (index fair_id, id)."""
    statement = select(Question).where(Question.fair_id == fair_id)
    return statement.where(Question.state == state) if state else statement


def with_askers(fair_id: UUID, state: QuestionState | None) -> Select[*tuple[Question, Account]]:
    """Return a fair's questions for its moderators; None where the asker's account is not theirs to see."""
    return of(fair_id, state).add_columns(Account).outerjoin(Account, Account.id == Question.account_id)


def findings(question: Question) -> list[Finding]:
    """Name the words that a posting may not use, for the moderator."""
    return wording.find({"/text": question.text or ""})


async def show(
    session: AsyncSession, officer: Officer, fair: Fair, question_id: UUID
) -> tuple[Question, Account]:
    """Let everybody see a question that is not answered yet."""
    question = await _locked(session, fair, question_id)
    question.must_be(QuestionState.ASKED, QuestionState.HIDDEN)
    if question.text is None:  # its asker has left
        raise NotFound
    await _turn(session, officer, fair, question, "show", QuestionState.SHOWN)
    await tell(session, fair, ToldKind.QUESTION, question.id)
    return question, await _asker(session, question)


async def answer(
    session: AsyncSession, officer: Officer, fair: Fair, question_id: UUID, words: str
) -> tuple[Question, Account]:
    """Answer a question, or put its answer right; both are seen from then on.

    Refuses an answer that a posting could not say, with the words named.
    """
    if contacts.stand_in(words):
        raise ContactInWords.at("/answer")
    if found := wording.find({"/answer": words}):
        raise WordsForbidden(
            faults=[
                Fault("/answer", one.kind.value, f"「{one.words}」:{one.advice}", f"“{one.words}”")
                for one in found
            ]
        )
    question = await _locked(session, fair, question_id)
    question.must_be(QuestionState.ASKED, QuestionState.SHOWN, QuestionState.ANSWERED)
    first = question.state is not QuestionState.ANSWERED
    await _turn(session, officer, fair, question, "answer", QuestionState.ANSWERED, words)
    await tell(session, fair, ToldKind.QUESTION, question.id)
    if first:
        await emit(session, QuestionAnswered(question_id=question.id))
    return question, await _asker(session, question)


async def hide(
    session: AsyncSession, officer: Officer, fair: Fair, question_id: UUID
) -> tuple[Question, Account]:
    """Take a question and its answer away, or never show it."""
    question = await _locked(session, fair, question_id)
    question.must_be(QuestionState.ASKED, *SEEN)
    seen = question.state in SEEN
    await _turn(session, officer, fair, question, "hide", QuestionState.HIDDEN)
    if seen:
        await tell(session, fair, ToldKind.HIDDEN, question.id)
    return question, await _asker(session, question)


async def _asker(session: AsyncSession, question: Question) -> Account:
    return await session.get_one(Account, question.account_id)


async def _locked(session: AsyncSession, fair: Fair, question_id: UUID) -> Question:
    fair.must_be(FairState.BOOKABLE, FairState.LIVE, FairState.ENDED)
    statement = of(fair.id, None).where(Question.id == question_id)
    question = await session.scalar(statement.with_for_update(key_share=True))
    if question is None:
        raise NotFound
    return question


async def _turn(
    session: AsyncSession,
    officer: Officer,
    fair: Fair,
    question: Question,
    verb: str,
    state: QuestionState,
    words: str | None = None,
) -> None:
    before = _told(question)
    question.state, question.answer = state, words
    question.staff_id, question.changed_at = officer.staff.id, clock.now()
    deed, after = f"fair.{verb}_question", _told(question)
    await note(session, officer.actor, fair, deed, question, before=before, after=after)


def _told(question: Question) -> dict[str, Any]:
    return {"state": question.state.value, "answer": question.answer}
