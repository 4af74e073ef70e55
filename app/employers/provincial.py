"""Employers that the province vouches for: one row a legal person, for which nobody here acts."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.keyring import blind_index
from app.core.types import new_id
from app.employers.actions import reach_by, stand_at
from app.employers.events import EmployerDescribed
from app.employers.models import Ban, Employer, EmployerKind, EmployerState
from app.employers.problems import LegalPersonBanned
from app.employers.schemas import Contact
from app.geo.places import PlaceGiven

# Who is called where the province names nobody: the public line of the human-resources authorities.
HOTLINE = Contact.model_construct(name="人社服务热线", phone="12333")
# Each other name has all of its postings read anew: two spellings in one batch are not to do so by the line.
RENAMED_EVERY = timedelta(hours=1)
_SOLE_TRADERS = "92"  # GB 32100: registered by the market authority as 个体工商户


async def vouched_for(
    session: AsyncSession,
    name: str,
    uscc: str,
    contact: Contact | None,
    place: PlaceGiven,
    until: datetime,
) -> Employer:
    """Return the employer of a provincial vacancy, verified until then at least; made at the first one.

    `place`: that of its vacancy, for its own is not told. Refuses a banned legal person, and one that
    staff have stopped. It is trusted: its vacancies are judged by rules, and held where they fail.
    """
    legal_index = blind_index(uscc, "legal-person")
    # As in registering and banning: whoever changes what is known of a legal person is alone.
    await session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(legal_index[:8], signed=True))))
    if await session.get(Ban, legal_index):
        raise LegalPersonBanned
    employer = await session.scalar(
        # uq_employers_of_province
        select(Employer)
        .where(Employer.legal_index == legal_index, Employer.source == "province")
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if employer is None:
        employer = await _made(session, name, uscc, legal_index, place)
        reach_by(employer, contact or HOTLINE)
        session.add(employer)
    employer.must_be_verified()
    employer.trusted = True  # whatever staff ticked when they verified it again
    if contact:
        reach_by(employer, contact)
    if employer.verified_until is None or employer.verified_until < until:
        employer.verified_until = until
    if renamed := employer.name != name and _may_be_renamed(employer):
        employer.name, employer.verified_at = name, clock.now()
    await session.flush()
    if renamed:
        await emit(session, EmployerDescribed(employer.id))
    return employer


def _may_be_renamed(employer: Employer) -> bool:
    """Tell whether its name may change by now: the first time at once, then every hour."""
    last = employer.verified_at or employer.created_at
    return last <= employer.created_at or last <= clock.now() - RENAMED_EVERY


async def _made(
    session: AsyncSession, name: str, uscc: str, legal_index: bytes, place: PlaceGiven
) -> Employer:
    now = clock.now()
    employer = Employer(
        id=new_id(),
        kind=EmployerKind.SOLE_TRADER if uscc.startswith(_SOLE_TRADERS) else EmployerKind.ENTERPRISE,
        name=name,
        uscc=uscc,
        legal_index=legal_index,
        state=EmployerState.VERIFIED,
        trusted=True,
        source="province",
        version=1,
        waiting_since=now,
        verified_at=now,
        created_at=now,
    )
    await stand_at(session, employer, place)
    return employer
