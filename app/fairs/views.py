"""Fairs put into the shapes that everybody sees."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.keyring import keys
from app.employers.views import card as employer_card
from app.fairs import playing, queries
from app.fairs.queries import Carded, Shown
from app.fairs.schemas import (
    BoothView,
    FairCard,
    FairJobFound,
    FairJobPage,
    FairJobView,
    FairPage,
    FairView,
)
from app.geo.points import Datum, Wgs84
from app.jobs.models import Job, Listing
from app.jobs.schemas import Pay
from app.jobs.search_schemas import JobCard

_AS_THEY_ARE = (
    "id",
    "title",
    "state",
    "mode",
    "starts_at",
    "ends_at",
    "division",
    "key_group",
    "trade",
    "host_name",
    "venue",
)
_IN_WHOLE = ("text", "room", "organiser", "agency_name", "licence_no", "cancelled_because", "peak_viewers")


def card(one: Carded) -> FairCard:
    """Return what a list says of a fair."""
    fair = one.fair
    return FairCard(
        **{name: getattr(fair, name) for name in _AS_THEY_ARE},
        cover=f"/v1/fairs/{fair.id}/cover" if fair.cover_key else None,
        station=one.station,
        employers=one.employers,
        jobs=one.jobs,
        reserved=one.reserved,
    )


def page(found: Sequence[Carded], following: str | None) -> FairPage:
    return FairPage(items=[card(one) for one in found], next_cursor=following)


async def whole(session: AsyncSession, fair_id: UUID, account_id: UUID | None) -> FairView:
    """Return one fair, in a number of statements that does not grow with it."""
    one, stream = await queries.carded(session, fair_id, account_id)
    booths = (await session.execute(queries.booths_of(fair_id))).all()
    shown = await queries.jobs_of(session, fair_id)
    of_booths: dict[UUID, list[FairJobView]] = {booth.id: [] for booth, _ in booths}
    for job in shown:
        of_booths.setdefault(job.booth.id, []).append(_job(job))
    return FairView(
        **dict(card(one)),
        **{name: getattr(one.fair, name) for name in _IN_WHOLE},
        reservations=await queries.reservations_of(session, fair_id),
        booths=[
            BoothView(
                **{name: getattr(booth, name) for name in ("id", "order", "label", "starts_at", "ends_at")},
                employer=employer_card(employer),
                jobs=of_booths[booth.id],
            )
            for booth, employer in booths
        ],
        play=playing.play(one.fair, stream),
        replay=await playing.replay(session, one.fair, stream, shown),
    )


async def jobs_near(
    session: AsyncSession, fair_id: UUID, near: Wgs84 | None, datum: Datum, limit: int, cursor: str | None
) -> FairJobPage:
    """Return a fair's jobs, those that still hire first, the nearest before the rest."""
    one, stream = await queries.carded(session, fair_id, None)
    ranked = sorted(
        enumerate(await queries.jobs_of(session, fair_id, near)), key=lambda job: _rank(job[0], job[1])
    )
    scope = f"fair-jobs/{fair_id}/{near}"
    if cursor:
        last = tuple(keys().cursors.read(cursor, scope))
        ranked = [job for job in ranked if _rank(*job) > last]
    chosen = ranked[:limit]
    following = keys().cursors.sign(list(_rank(*chosen[-1])), scope) if len(ranked) > limit else None
    replay = await playing.replay(session, one.fair, stream, [job for _, job in chosen])
    urls = {mark.mark_id: mark.url for mark in replay.marks} if replay else {}
    items = [_found(job, datum, urls.get(job.mark.id) if job.mark else None) for _, job in chosen]
    return FairJobPage(items=items, next_cursor=following)


def _rank(place: int, one: Shown) -> tuple[bool, float, int]:
    return one.listing is None, round(one.distance_m or 0.0, 1), place


def _job(one: Shown) -> FairJobView:
    return FairJobView(
        job_id=one.job.id,
        title=one.job.title or "",
        trade=one.job.trade,
        pay=_pay(one.job),
        open=one.listing is not None,
        planned_at=one.at.planned_at,
        shown_at_s=one.mark.at_s if one.mark else None,
        mark_id=one.mark.id if one.mark else None,
    )


def _found(one: Shown, datum: Datum, replay_url: str | None) -> FairJobFound:
    return FairJobFound(
        job_id=one.job.id,
        title=one.job.title or "",
        open=one.listing is not None,
        job=job_card(one.listing, datum) if one.listing else None,
        distance_m=None if one.distance_m is None else round(one.distance_m),
        booth_id=one.booth.id,
        employer=employer_card(one.employer),
        planned_at=one.at.planned_at,
        shown_at_s=one.mark.at_s if one.mark else None,
        mark_id=one.mark.id if one.mark else None,
        replay_url=replay_url,
    )


def job_card(listing: Listing, datum: Datum) -> JobCard:
    """Return what search says of a job, whose bytes the listing keeps."""
    return JobCard.model_validate_json(listing.card + getattr(listing, f"place_{datum.value}") + "}")


def _pay(job: Job) -> Pay | None:
    if job.pay_fen is None or job.pay_per is None:
        return None
    return Pay(amount_fen=job.pay_fen, per=job.pay_per, expected_minutes=job.expected_minutes)
