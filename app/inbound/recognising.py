"""Whether a provincial vacancy is one of the city's own, come back."""

from difflib import SequenceMatcher
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.keyring import blind_index
from app.employers.models import Employer
from app.inbound.models import Vacancy
from app.jobs.models import Job, Shift
from app.jobs.words import folded
from app.mapping.postings import Posting

ALIKE = 0.6  # of 1; a title is shortened or dressed up on its way, but stays recognisable


async def own(
    session: AsyncSession, vacancy: Vacancy, posting: Posting, trade: str, county: str
) -> UUID | None:
    """Return the city's posting that the vacancy is, if it is one.

    The province may say so by our id. Else what the two have in common: the legal person, the trade, the
    county, a shift that begins when the vacancy's first does, and titles alike. What was recognised
    once stays so while it names the same legal person and trade: the province may mend its times later.
    """
    of_the_city = select(Job.id, Job.title, Job.trade, Employer.legal_index).join(Employer)
    of_the_city = of_the_city.where(Job.source == "city", Job.published_at.is_not(None))
    if posting.city_job_id:
        named: UUID | None = await session.scalar(of_the_city.where(Job.id == posting.city_job_id))
        if named:
            return named
    legal_index = blind_index(posting.uscc, "legal-person")
    if vacancy.own_job_id:
        before = (await session.execute(of_the_city.where(Job.id == vacancy.own_job_id))).one_or_none()
        if before and (before.trade, before.legal_index) == (trade, legal_index):
            return vacancy.own_job_id
    first = posting.begins_at
    at_once = exists().where(Shift.job_id == Job.id, Shift.starts_at == first)
    found = await session.execute(
        # indexes legal_index of employers, employer_id of jobs, job_id and starts_at of shifts
        of_the_city.where(
            Employer.legal_index == legal_index, Job.trade == trade, Job.county_code == county, at_once
        ).order_by(Job.id)
    )
    return next((job_id for job_id, title, *_ in found if alike(title or "", posting.title)), None)


def alike(one: str, other: str) -> bool:
    """Tell whether two titles may be those of one posting."""
    first, second = folded(one), folded(other)
    return first in second or second in first or SequenceMatcher(None, first, second).ratio() >= ALIKE
