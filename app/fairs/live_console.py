"""Running a fair: the stream, start and end, marks, questions."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.access.asking import AsHelper, AsManager, AsReader, OnceForStaff
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, oldest
from app.core.problems import Invalid
from app.fairs import life, marks, questions, staging
from app.fairs.audience import Mark, Question, QuestionState
from app.fairs.live_schemas import (
    Answer,
    FairTurn,
    MarkCase,
    MarkDraft,
    MarkPage,
    MarkShift,
    PushAddress,
    QuestionCase,
    QuestionPage,
    ReplayLink,
    StreamCase,
    StreamSetting,
)
from app.fairs.planning_queries import one_in_reach
from app.fairs.problems import (
    ContactInWords,
    FairStateConflict,
    FairWithoutStream,
    JobNotAtFair,
    MarkBeforeStream,
    OutsideRoomTaken,
    QuestionStateConflict,
    TimetableOver,
    WordsForbidden,
)
from app.streams.problems import LiveServerAbsent, OutsideRoomIncomplete, StreamOnAir, StreamWithoutKey

router = APIRouter(prefix="/admin/v1/fairs", tags=["招聘会"], route_class=Transacted)


@router.put(
    "/{fair_id}/stream",
    summary="设置直播",
    responses=answers(
        FairStateConflict, StreamOnAir, LiveServerAbsent, OutsideRoomIncomplete, OutsideRoomTaken
    ),
)
async def set_fair_stream(
    session: Session, officer: AsManager, fair_id: UUID, given: StreamSetting
) -> StreamCase:
    """自有服务器、云直播或站外直播间;改动后播放和推流地址随之更换,直播中不能改。"""
    fair = await life.in_hand(session, officer, fair_id)
    stage = await staging.put_up(session, officer, fair, given.kind, given.platform, given.room, given.link)
    return StreamCase.of(stage)


@router.post(
    "/{fair_id}/stream/key",
    summary="更换推流地址",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict, FairWithoutStream, StreamWithoutKey, StreamOnAir, LiveServerAbsent),
)
async def renew_fair_stream_key(session: Session, officer: AsManager, fair_id: UUID) -> PushAddress:
    """新地址只显示这一次,此前的随即失效;站外直播间没有推流地址。"""
    fair = await life.in_hand(session, officer, fair_id)
    address, until = await staging.hand_out(session, officer, fair)
    return PushAddress(push_address=address, expires_at=until)


@router.get("/{fair_id}/stream", summary="直播状态", responses=answers(FairWithoutStream))
async def read_fair_stream(session: Session, officer: AsReader, fair_id: UUID) -> StreamCase:
    """状态、各次推流和播放地址;推流地址不在其中。"""
    return StreamCase.of(await staging.stage_of(session, await one_in_reach(session, officer, fair_id)))


@router.put("/{fair_id}/stream/replay", summary="填写回放链接", responses=answers(FairWithoutStream))
async def link_fair_replay(
    session: Session, officer: AsManager, fair_id: UUID, given: ReplayLink
) -> StreamCase:
    """站外直播间和云直播的回放由平台提供,在此填写观看链接。"""
    fair = await life.in_hand(session, officer, fair_id)
    return StreamCase.of(await staging.link_replay(session, officer, fair, given.link))


@router.post(
    "/{fair_id}/start",
    summary="开始招聘会",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict),
)
async def start_fair(session: Session, officer: AsManager, fair_id: UUID) -> FairTurn:
    """现场招聘会、站外直播间和云直播由此开始;自有服务器的随推流自动开始。计划结束前误停的可再开始。"""
    fair = await life.in_hand(session, officer, fair_id)
    await life.start(session, officer, fair)
    return FairTurn.of(fair)


@router.post(
    "/{fair_id}/end",
    summary="结束招聘会",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict),
)
async def end_fair(session: Session, officer: AsManager, fair_id: UUID) -> FairTurn:
    """直播同时结束,推流地址失效。"""
    fair = await life.in_hand(session, officer, fair_id)
    await life.stop(session, officer, fair)
    return FairTurn.of(fair)


@router.get("/{fair_id}/marks", summary="讲解时点", responses=answers(Invalid))
async def list_marks(
    session: Session, officer: AsReader, fair_id: UUID, limit: Limit = 20, cursor: Cursor = None
) -> MarkPage:
    """各岗位从直播的哪一秒开始讲解。"""
    await one_in_reach(session, officer, fair_id)
    statement, scope = marks.of(fair_id), f"marks/{fair_id}"
    found, following = await oldest(session, statement, Mark.id, limit, cursor, scope)
    return MarkPage(items=[MarkCase.of(one) for one in found], next_cursor=following)


@router.post(
    "/{fair_id}/marks",
    summary="开始讲解岗位",
    status_code=HTTPStatus.CREATED,
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict, JobNotAtFair, TimetableOver),
)
async def mark_job(session: Session, officer: AsHelper, fair_id: UUID, given: MarkDraft) -> MarkCase:
    """记下直播的当前时刻并告知所有观众;正在讲解的岗位再次标记仍是原来的时点。"""
    fair = await life.in_hand(session, officer, fair_id)
    return MarkCase.of(await marks.show(session, officer, fair, given.job_id))


@router.patch("/{fair_id}/marks/{mark_id}", summary="校正讲解时点", responses=answers(MarkBeforeStream))
async def move_mark(
    session: Session, officer: AsHelper, fair_id: UUID, mark_id: UUID, given: MarkShift
) -> MarkCase:
    """标早了或标晚了的,前后挪动若干秒;回放随之跳到新的位置。"""
    fair = await life.in_hand(session, officer, fair_id)
    return MarkCase.of(await marks.move(session, officer, fair, mark_id, given.by_s))


@router.delete("/{fair_id}/marks/{mark_id}", summary="撤销讲解时点", status_code=HTTPStatus.NO_CONTENT)
async def remove_mark(session: Session, officer: AsHelper, fair_id: UUID, mark_id: UUID) -> None:
    """标错了岗位的撤销,观众端随即撤下;由此报名的仍算本场报名。"""
    fair = await life.in_hand(session, officer, fair_id)
    await marks.remove(session, officer, fair, mark_id)


@router.get("/{fair_id}/questions", summary="观众提问", responses=answers(Invalid))
async def list_questions(
    session: Session,
    officer: AsHelper,
    fair_id: UUID,
    state: Annotated[QuestionState | None, Query(description="只列此状态,asked 为待审")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> QuestionPage:
    """待审的和已处理的;招聘中不得使用的词句在 findings 中指出。"""
    await one_in_reach(session, officer, fair_id)
    statement, scope = questions.with_askers(fair_id, state), f"questions/{fair_id}/{state}"
    found, following = await oldest(session, statement, Question.id, limit, cursor, scope)
    return QuestionPage(items=[QuestionCase.of_asker(*one) for one in found], next_cursor=following)


@router.post(
    "/{fair_id}/questions/{question_id}/show",
    summary="提问上屏",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict, QuestionStateConflict),
)
async def show_question(
    session: Session, officer: AsHelper, fair_id: UUID, question_id: UUID
) -> QuestionCase:
    """所有观众可见,不显示提问人。"""
    fair = await life.in_hand(session, officer, fair_id)
    return QuestionCase.of_asker(*await questions.show(session, officer, fair, question_id))


@router.post(
    "/{fair_id}/questions/{question_id}/answer",
    summary="回答提问",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict, QuestionStateConflict, ContactInWords, WordsForbidden),
)
async def answer_question(
    session: Session, officer: AsHelper, fair_id: UUID, question_id: UUID, given: Answer
) -> QuestionCase:
    """问与答所有观众可见,并告知提问人;已回答的可更正。含招聘中不得使用的词句的回答不予发布。"""
    fair = await life.in_hand(session, officer, fair_id)
    return QuestionCase.of_asker(*await questions.answer(session, officer, fair, question_id, given.answer))


@router.post(
    "/{fair_id}/questions/{question_id}/hide",
    summary="不展示提问",
    dependencies=[OnceForStaff],
    responses=answers(FairStateConflict, QuestionStateConflict),
)
async def hide_question(
    session: Session, officer: AsHelper, fair_id: UUID, question_id: UUID
) -> QuestionCase:
    """已上屏的随即撤下,回答一并撤下。"""
    fair = await life.in_hand(session, officer, fair_id)
    return QuestionCase.of_asker(*await questions.hide(session, officer, fair, question_id))
