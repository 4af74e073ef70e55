"""Whom an engagement concerns: its worker, the employer's members, and what may be told of it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.employers.actions import contact_of
from app.employers.models import Employer
from app.employers.queries import accounts_of
from app.engagements.models import Engagement
from app.jobs.models import Job
from app.notifications.actions import Letter, tell_all
from app.notifications.kinds import Both, Span, Value, Values


async def tell_worker(
    session: AsyncSession,
    engagement: Engagement,
    kind: str,
    key: object = None,
    by: datetime | None = None,
    **values: Value,
) -> None:
    """Tell the worker; the job, the time, the place and whom to call can be named in the wording."""
    await tell_all(session, await to_worker(session, engagement, kind, key, by, **values))


async def tell_employer(
    session: AsyncSession,
    engagement: Engagement,
    kind: str,
    key: object = None,
    by: datetime | None = None,
    **values: Value,
) -> None:
    """Tell all who act for the employer."""
    await tell_all(session, await to_employer(session, engagement, kind, key, by, **values))


async def tell_both(
    session: AsyncSession,
    engagement: Engagement,
    kinds: tuple[str, str],
    key: object = None,
    by: datetime | None = None,
    **values: Value,
) -> None:
    """Tell the worker in the first kind's words and the employer in the second's."""
    letters = await to_worker(session, engagement, kinds[0], key, by, **values)
    letters += await to_employer(session, engagement, kinds[1], key, by, **values)
    await tell_all(session, letters)


async def to_worker(
    session: AsyncSession,
    engagement: Engagement,
    kind: str,
    key: object = None,
    by: datetime | None = None,
    **values: Value,
) -> list[Letter]:
    known = await about(session, engagement)
    employer = await session.get_one(Employer, engagement.employer_id)
    known["contact"] = contact_of(employer).phone.removeprefix("+86")
    return _letters([engagement.worker_id], engagement, kind, key, by, known | values)


async def to_employer(
    session: AsyncSession,
    engagement: Engagement,
    kind: str,
    key: object = None,
    by: datetime | None = None,
    **values: Value,
) -> list[Letter]:
    people = (await session.scalars(accounts_of(engagement.employer_id))).all()
    return _letters(people, engagement, kind, key, by, await about(session, engagement) | values)


async def about(session: AsyncSession, engagement: Engagement) -> dict[str, Value]:
    """Return what each wording may name of an engagement: {job}, {when}, {where}."""
    job = await session.get_one(Job, engagement.job_id)
    place = (job.places or {}).get("gcj02", {})
    return {
        "job": job.title or "",
        "when": Span(engagement.starts_at, engagement.ends_at),
        "where": place.get("address") or Both("地点见应用", "the place is in the app"),
    }


async def tell_members(
    session: AsyncSession, employer_id: UUID, kind: str, key: str, values: Values, **ids: UUID
) -> None:
    """Tell all who act for an employer of what concerns no engagement."""
    await tell_all(session, await to_members(session, employer_id, kind, key, values, **ids))


async def to_members(
    session: AsyncSession, employer_id: UUID, kind: str, key: str, values: Values, **ids: UUID
) -> list[Letter]:
    data = {name: str(value) for name, value in ids.items()} | {"employer_id": str(employer_id)}
    people = (await session.scalars(accounts_of(employer_id))).all()
    return [Letter(one, kind, key, values, data) for one in people]


def _letters(
    people: Iterable[UUID],
    engagement: Engagement,
    kind: str,
    key: object,
    by: datetime | None,
    values: Values,
) -> list[Letter]:
    data = {
        "engagement_id": str(engagement.id),
        "job_id": str(engagement.job_id),
        "employer_id": str(engagement.employer_id),
    }
    return [Letter(one, kind, str(key or engagement.id), values, data, by) for one in people]
