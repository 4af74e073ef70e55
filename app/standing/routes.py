"""Ratings, standing and appeals: the mobile app's door."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from app.attachments.problems import AttachmentUnknown
from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid
from app.employers.queries import acting_for, seen_by
from app.engagements.models import Side
from app.engagements.problems import EngagementStateConflict
from app.identity.asking import AsAccount, AsAnyone, Once
from app.standing import appeals, facts, queries, rating, reviewing, views
from app.standing.models import Appeal, Review
from app.standing.problems import (
    AppealedAlready,
    AppealTooLate,
    NothingToAppeal,
    ReviewedAlready,
    ReviewTooLate,
)
from app.standing.schemas import (
    AppealAnswer,
    AppealGiven,
    AppealPage,
    ApplicantRating,
    EngagementReviews,
    PublicReviewPage,
    RatingView,
    ReviewGiven,
    ReviewView,
    StandingView,
)
from app.workers.asking import AsWorker
from app.workers.problems import NoProfile

router = APIRouter(prefix="/v1/engagements", tags=["评价"], route_class=Transacted)
of_me = APIRouter(prefix="/v1/me", tags=["评价"], route_class=Transacted)
of_employers = APIRouter(prefix="/v1/employers", tags=["评价"], route_class=Transacted)
of_applications = APIRouter(prefix="/v1/applications", tags=["评价"], route_class=Transacted)


@router.post(
    "/{engagement_id}/review",
    summary="评价对方",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(EngagementStateConflict, ReviewedAlready, ReviewTooLate, Invalid),
)
async def review_engagement(
    session: Session, account: AsAccount, engagement_id: UUID, given: ReviewGiven
) -> ReviewView:
    """工时确认后七天内,双方各可评价一次;双方都评价后,或七天期满,对方才可见。"""
    return views.review(await reviewing.review(session, account.id, engagement_id, given), own=True)


@router.get("/{engagement_id}/reviews", summary="这次用工的评价")
async def list_engagement_reviews(
    session: Session, account: AsAccount, engagement_id: UUID
) -> EngagementReviews:
    """自己一方的随时可见;对方的在双方都评价后,或七天期满后可见。"""
    found = await reviewing.shown_to(session, account.id, engagement_id)
    return EngagementReviews(items=[views.review(review, own=own) for review, own in found])


@router.post(
    "/{engagement_id}/appeal",
    summary="申诉",
    status_code=HTTPStatus.CREATED,
    dependencies=[Once],
    responses=answers(
        NothingToAppeal,
        AppealedAlready,
        AppealTooLate,
        EngagementStateConflict,
        AttachmentUnknown,
        Invalid,
    ),
)
async def appeal_engagement(
    session: Session, account: AsAccount, engagement_id: UUID, given: AppealGiven
) -> AppealAnswer:
    """对信用扣分不服的,三十天内可申诉,工作人员五个工作日内办结,支持的全部撤销,逾期未办的先不扣分。

    对方刚提出爽约或到场被拒、尚在答复期内的,申诉即作为答复。
    """
    made = await appeals.appeal(session, account.id, engagement_id, given)
    if isinstance(made, Appeal):
        return AppealAnswer(answered="appeal", engagement_id=engagement_id, appeal=views.appeal(made))
    return AppealAnswer(answered="claim", engagement_id=engagement_id, claim_id=made.id)


@of_me.get("/appeals", summary="我的申诉", responses=answers(Invalid))
async def list_my_appeals(
    session: Session, account: AsAccount, limit: Limit = 20, cursor: Cursor = None
) -> AppealPage:
    """最新的在前。"""
    statement = queries.appeals_of(account.id)
    found, following = await newest(session, statement, Appeal.id, limit, cursor, f"appeals/{account.id}")
    return AppealPage(items=[views.appeal(one) for one in found], next_cursor=following)


@of_me.get("/worker/standing", summary="我的信用分", responses=answers(NoProfile))
async def read_my_standing(session: Session, worker: AsWorker) -> StandingView:
    """由最近 50 次用工算出,逐项列明扣分原因、还需几次恢复、可否申诉。"""
    return await _standing(session, Side.WORKER, worker.id)


@of_employers.get("/{employer_id}/standing", summary="用工主体的信用分")
async def read_employer_standing(session: Session, account: AsAccount, employer_id: UUID) -> StandingView:
    """仅成员可见,算法与劳动者一致。"""
    employer = await acting_for(session, account, employer_id)
    return await _standing(session, Side.EMPLOYER, employer.id)


@of_employers.get("/{employer_id}/rating", summary="用工主体的评分")
async def read_employer_rating(session: Session, account: AsAnyone, employer_id: UUID) -> RatingView:
    """劳动者对它最近 50 次评价的平均;无需登录。"""
    employer = await seen_by(session, account, employer_id)
    found = await queries.last_ratings(session, Side.EMPLOYER, [employer.id])
    return rating.summary(found[employer.id])


@of_employers.get("/{employer_id}/reviews", summary="劳动者对用工主体的评价", responses=answers(Invalid))
async def list_employer_reviews(
    session: Session, account: AsAnyone, employer_id: UUID, limit: Limit = 20, cursor: Cursor = None
) -> PublicReviewPage:
    """最新的在前;不显示评价人,无需登录。"""
    employer = await seen_by(session, account, employer_id)
    statement = queries.said_of_employer(employer.id)
    found, following = await newest(
        session, statement, Review.id, limit, cursor, f"employer-reviews/{employer.id}"
    )
    return PublicReviewPage(items=[views.public_review(one) for one in found], next_cursor=following)


@of_applications.get("/{application_id}/rating", summary="报名者收到的评价")
async def read_applicant_rating(
    session: Session, account: AsAccount, application_id: UUID
) -> ApplicantRating:
    """劳动者的评分只有本人,以及收到其报名的用工主体可见。"""
    worker_id = await queries.applicant_of(session, account.id, application_id)
    found = await queries.last_ratings(session, Side.WORKER, [worker_id])
    return ApplicantRating(worker_id=worker_id, rating=rating.summary(found[worker_id]))


async def _standing(session: Session, side: Side, owner_id: UUID) -> StandingView:
    known = await facts.standings(session, side, [owner_id])
    ratings = await queries.last_ratings(session, side, [owner_id])
    return views.standing(known[owner_id], ratings[owner_id], side)
