"""What a viewer's app tells of itself: that the player runs, that a job was opened."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.problems import Invalid, NotFound, TooMany
from app.core.types import Schema
from app.fairs import viewing
from app.fairs.asking import AsOnlooker

router = APIRouter(prefix="/v1/fairs", tags=["直播带岗"], route_class=Transacted)


class JobOpening(Schema):
    mark_id: UUID | None = Field(None, description="从哪个时点点开;不是从直播画面或回放点开的为 null")


@router.put(
    "/{fair_id}/view",
    status_code=HTTPStatus.NO_CONTENT,
    summary="开始观看",
    responses=answers(NotFound, TooMany),
)
async def note_view(session: Session, onlooker: AsOnlooker, fair_id: UUID) -> None:
    """播放器开始播放时调用;同一账号或设备一场只计一次,直播与回放分别计,可重复调用。"""
    await viewing.look(session, fair_id, onlooker)


@router.put(
    "/{fair_id}/jobs/{job_id}/open",
    status_code=HTTPStatus.NO_CONTENT,
    summary="从招聘会点开岗位",
    responses=answers(NotFound, Invalid, TooMany),
)
async def note_job_opening(
    session: Session, onlooker: AsOnlooker, fair_id: UUID, job_id: UUID, given: JobOpening | None = None
) -> None:
    """同一账号或设备一场一岗只计一次,可重复调用;点开岗位的同时计为观看。"""
    await viewing.open_job(session, fair_id, job_id, given.mark_id if given else None, onlooker)
