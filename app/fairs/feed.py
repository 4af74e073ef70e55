"""The live feed of a fair: numbered lines, and what each of them says when it is read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import NotFound
from app.fairs.audience import Listening, Mark, Question, QuestionState, Told, ToldKind
from app.fairs.models import Fair, FairState
from app.fairs.queries import seen_by_all
from app.jobs.models import ClosedBecause, Job, Listing

CHANNEL = "fairs"  # of NOTIFY: the rooms listen there
OVER = frozenset({FairState.ENDED, FairState.CANCELLED})
SEEN = (QuestionState.SHOWN, QuestionState.ANSWERED)
MARKS, QUESTIONS = 50, 20  # in a snapshot, the latest


class Line(NamedTuple):
    """One line as listeners get it; `state` where it tells the fair's."""

    number: int
    about: UUID | None
    state: FairState | None
    body: bytes


class Snapshot(NamedTuple):
    """How a fair stands after so many lines."""

    number: int
    state: FairState
    body: bytes


async def tell(session: AsyncSession, fair: Fair, kind: ToldKind, about: UUID | None = None) -> None:
    """Write the next line; the caller holds the fair's lock, so that no number is given twice or left out."""
    fair.told += 1
    state = fair.state.value if kind is ToldKind.STATE else None
    session.add(Told(fair_id=fair.id, number=fair.told, kind=kind, state=state, about=about, at=clock.now()))
    await session.flush()
    await session.execute(select(func.pg_notify(CHANNEL, str(fair.id))))


async def lines_after(session: AsyncSession, fair_id: UUID, number: int, most: int) -> list[Line]:
    """Return what was told after a number, in one statement (primary key)."""
    # A mark's or a question's own fair is asked for too, so that a line never shows another one's.
    statement = (
        select(Told, Mark, Question, Listing.card, Listing.place_gcj02, Job.id, _title(), Job.state)
        .outerjoin(Mark, and_(Told.kind == ToldKind.SHOW, Mark.id == Told.about))
        .outerjoin(Question, and_(Told.kind == ToldKind.QUESTION, Question.id == Told.about))
        .outerjoin(Job, Job.id == Mark.job_id)
        .outerjoin(Listing, Listing.job_id == Mark.job_id)
        .where(Told.fair_id == fair_id, Told.number > number)
        .order_by(Told.number)
        .limit(most)
    )
    return [_line(*row) for row in await session.execute(statement)]


def hidden(number: int, about: UUID | None) -> Line:
    """Return the line that takes a mark or a question away."""
    return Line(number, about, None, _event("hidden", number, {"id": about}))


async def snapshot(session: AsyncSession, fair_id: UUID) -> Snapshot:
    """Return all that who comes now has to know, in four statements; 404 for a fair that is not public."""
    # The number before the rest: what is told in between comes twice, and nothing is left out.
    viewers = _listeners_of(fair_id).scalar_subquery()
    found = select(Fair.told, Fair.state, Fair.starts_at, Fair.ends_at, viewers).where(
        Fair.id == fair_id, seen_by_all()
    )
    fair = (await session.execute(found)).one_or_none()
    if fair is None:
        raise NotFound
    told, state, starts_at, ends_at, count = fair
    marks = (await session.execute(_marks(fair_id))).all()
    questions = await session.scalars(
        select(Question)
        .where(Question.fair_id == fair_id, Question.state == QuestionState.ANSWERED)
        .order_by(Question.id.desc())
        .limit(QUESTIONS)
    )
    shown = [_mark(*row) for row in reversed(marks)]
    about = {
        "state": state,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "viewers": count,
        "questions": [_question(one) for one in reversed(questions.all())],
    }
    body = to_json(about)[:-1] + b',"marks":[' + b",".join(shown) + b'],"show":'
    body += (shown[-1] if shown and state is FairState.LIVE else b"null") + b"}"
    return Snapshot(told, state, _framed("snapshot", told, body))


def said(kind: str, about: dict[str, Any]) -> bytes:
    """Return an event without a number, which nobody gets again."""
    return f"event: {kind}\ndata: ".encode() + to_json(about) + b"\n\n"


def _listeners_of(fair_id: UUID) -> Select[int]:
    return select(func.coalesce(func.sum(Listening.listeners), 0)).where(
        Listening.fair_id == fair_id, Listening.at > clock.now() - Listening.FRESH
    )


def _marks(fair_id: UUID) -> Select[*tuple[Any, ...]]:
    """Return the latest marks with what their jobs show (index fair_id, at)."""
    return (
        select(Mark, Listing.card, Listing.place_gcj02, Job.id, _title(), Job.state)
        .outerjoin(Job, Job.id == Mark.job_id)
        .outerjoin(Listing, Listing.job_id == Mark.job_id)
        .where(Mark.fair_id == fair_id)
        .order_by(Mark.at.desc(), Mark.id.desc())
        .limit(MARKS)
    )


def _title() -> ColumnElement[str | None]:
    """Return what a posting is called; what staff removed is not."""
    removed = Job.closed_because == ClosedBecause.REMOVED
    return case((removed, None), else_=Job.title)


def _line(told: Told, mark: Mark | None, question: Question | None, *job: Any) -> Line:
    if told.state is not None:
        body = _event("state", told.number, {"state": told.state, "at": told.at})
        return Line(told.number, None, FairState(told.state), body)
    if mark is not None:
        return Line(told.number, told.about, None, _framed("show", told.number, _mark(mark, *job)))
    if question is not None and question.state in SEEN:
        return Line(told.number, told.about, None, _event("question", told.number, _question(question)))
    return hidden(told.number, told.about)


def _mark(
    mark: Mark, card: str | None, place: str | None, id_: UUID | None, title: str | None, state: Any
) -> bytes:
    """Return a mark with its job: the card that a search shows, or what a posting was called that is over."""
    if card is not None and place is not None:
        job = f"{card}{place}}}".encode()
    else:
        job = to_json({"id": id_ or mark.job_id, "title": title, "state": state})
    about = to_json({"mark_id": mark.id, "at": mark.at, "at_s": mark.at_s})
    return about[:-1] + b',"job":' + job + b"}"


def _question(question: Question) -> dict[str, UUID | str | datetime | None]:
    return {
        "id": question.id,
        "text": question.text,
        "answer": question.answer,
        "job_id": question.job_id,
        "at": question.asked_at,
    }


def _event(kind: str, number: int, about: dict[str, Any]) -> bytes:
    return _framed(kind, number, to_json(about))


def _framed(kind: str, number: int, body: bytes) -> bytes:
    return f"event: {kind}\nid: {number}\ndata: ".encode() + body + b"\n\n"


def ends(lines: Sequence[Line], state: FairState) -> FairState:
    """Return the state after the lines, `state` before them."""
    return next((line.state for line in reversed(lines) if line.state), state)
