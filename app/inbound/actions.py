"""What the province does with single vacancies: report a version, close it."""

import hashlib

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.keyring import seal
from app.core.problems import must_be_fresh, refuse_field
from app.inbound.models import Vacancy
from app.inbound.problems import StaleVersion, VersionConflict
from app.inbound.schemas import ProvincialJob, content_of
from app.inbound.settling import contact_aad, settle
from app.inbound.storing import Arrival, Status, store


async def put(
    session: AsyncSession, client_id: str, source_id: str, job: ProvincialJob, seen: int | None
) -> tuple[Vacancy, Status]:
    """Keep a version of a vacancy and settle it at once.

    `seen`: the version that it is to replace. Refuses an older version than the one here, and other
    content under the same; the same again changes nothing.
    """
    version = await _version(session, source_id, job.version, seen)
    return await _take(session, client_id, arrival(source_id, version, job))


async def close(
    session: AsyncSession, client_id: str, source_id: str, version: int | None, seen: int | None
) -> tuple[Vacancy, Status]:
    """Close a vacancy for good up to a version: only a newer one opens it again."""
    given = await _version(session, source_id, version, seen)
    return await _take(session, client_id, Arrival(source_id, given))


def arrival(source_id: str, version: int, job: ProvincialJob) -> Arrival:
    """Return a version as it is kept: the content apart from whom to call, which is sealed."""
    body = content_of(job)
    contact = job.employer.contact.model_dump_json() if job.employer.contact else None
    return Arrival(
        source_id,
        version,
        body,
        hashlib.sha256(f"{body}\n{contact}".encode()).digest(),
        seal(contact, contact_aad(source_id)) if contact else None,
        job.trade,
        job.division,
    )


async def _version(session: AsyncSession, source_id: str, given: int | None, seen: int | None) -> int:
    """Return the version that comes; without a number of its own it is the one after what was seen."""
    if given is None and seen is None:
        raise refuse_field(
            "/version",
            "version_required",
            "须写明版本号,或以 If-Match 指明所替换的版本",
            "State the version, or the one that it replaces by If-Match",
        )
    if seen is None:
        return given or 0
    there = await session.scalar(
        select(Vacancy.version).where(Vacancy.source_id == source_id).with_for_update()
    )
    if given is None or given != there:  # the same again is judged by its content
        must_be_fresh(seen, there or 0)
    return given if given is not None else seen + 1


async def _take(session: AsyncSession, client_id: str, one: Arrival) -> tuple[Vacancy, Status]:
    (status,) = await store(session, client_id, [one])
    vacancy = await session.get_one(Vacancy, one.source_id, populate_existing=True)
    if status is Status.STALE:
        raise StaleVersion(version=vacancy.version)
    if status is Status.CONFLICT:
        raise VersionConflict(version=vacancy.version)
    if status is not Status.UNCHANGED:
        await settle(session, vacancy)
    return vacancy, status
