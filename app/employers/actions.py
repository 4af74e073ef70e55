"""What employers do: register, change, hand in documents, let others act for them."""

import json
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import emit
from app.core.keyring import blind_index, seal, unseal
from app.core.problems import NotFound, must_be_fresh
from app.core.types import new_id
from app.core.uploads import store_picture
from app.employers.events import EmployerDescribed, EmployerStopped
from app.employers.models import (
    Ban,
    Document,
    Employer,
    EmployerKind,
    EmployerState,
    Member,
    MemberRole,
)
from app.employers.problems import LastOwner, LegalPersonBanned, MemberAlready, RegisteredAlready
from app.employers.schemas import Contact, EmployerChanges, EmployerDraft
from app.geo.places import PlaceGiven, stored
from app.geo.problems import OutsideTheCity
from app.geo.queries import locate
from app.identity.actions import account_of
from app.identity.documents import document
from app.identity.models import Account
from app.identity.names import masked_name
from app.stations.queries import responsible_for


async def register(session: AsyncSession, account: Account, draft: EmployerDraft) -> Employer:
    """Register a legal person; it waits for verification and the account owns it.

    Refuses a place outside the city, a banned legal person, and one that the account has already.
    """
    identifier = draft.uscc or document(draft.id_number or "").number
    legal_index = blind_index(identifier, "legal-person")
    # Two registrations of one legal person, or a ban in between, wait for each other here.
    await session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(legal_index[:8], signed=True))))
    if await session.get(Ban, legal_index):
        raise LegalPersonBanned
    mine = select(Employer.id).join(Member, Member.employer_id == Employer.id)
    if await session.scalar(
        mine.where(Member.account_id == account.id, Employer.legal_index == legal_index).limit(1)
    ):
        raise RegisteredAlready
    employer = Employer(
        id=new_id(),
        kind=draft.kind,
        name=draft.name,
        uscc=draft.uscc,
        legal_index=legal_index,
        state=EmployerState.PENDING,
        trusted=False,
        version=1,
        waiting_since=clock.now(),
        created_at=clock.now(),
    )
    if draft.kind is EmployerKind.INDIVIDUAL:
        employer.name = masked_name(draft.name)
        employer.name_sealed = seal(draft.name, f"employers/name/{employer.id}")
        employer.id_number_sealed = seal(identifier, f"employers/id_number/{employer.id}")
    reach_by(employer, draft.contact)
    await stand_at(session, employer, draft.place)
    session.add(employer)
    await session.flush()
    session.add(Member(employer_id=employer.id, account_id=account.id, role=MemberRole.OWNER))
    await session.flush()
    return employer


async def change(
    session: AsyncSession, employer: Employer, changes: EmployerChanges, version: int | None
) -> Employer:
    """Change what is known of an employer; a new name must be verified anew. Refuses a stale version."""
    await session.refresh(employer, with_for_update={"key_share": True})
    must_be_fresh(version, employer.version)
    if changes.contact:
        reach_by(employer, changes.contact)
    if changes.place:
        await stand_at(session, employer, changes.place)
    if changes.name and changes.name != _full_name(employer):
        if employer.kind is EmployerKind.INDIVIDUAL:
            employer.name_sealed = seal(changes.name, f"employers/name/{employer.id}")
        employer.name = masked_name(changes.name) if employer.name_sealed else changes.name
        if employer.is_verified:
            employer.wait()
            employer.verified_until = None
            await session.flush()
            await emit(session, EmployerStopped(employer.id))
        await emit(session, EmployerDescribed(employer.id))
    if employer.state is EmployerState.REJECTED:
        employer.wait()
    employer.version += 1
    await session.flush()
    return employer


async def add_document(session: AsyncSession, employer: Employer, kind: str, upload: bytes) -> Document:
    """Keep a picture of a licence; a rejected employer waits for verification again."""
    document = Document(
        id=new_id(),
        employer_id=employer.id,
        kind=kind,
        picture_key=await store_picture("documents", upload),
        created_at=clock.now(),
    )
    session.add(document)
    if employer.state is EmployerState.REJECTED:
        employer.wait()
    await session.flush()
    return document


async def add_member(session: AsyncSession, employer: Employer, phone: str, role: MemberRole) -> Member:
    """Let another account act for the employer; the account is made if the phone is new."""
    account = await account_of(session, phone)
    if await session.get(Member, (employer.id, account.id)):
        raise MemberAlready
    member = Member(employer_id=employer.id, account_id=account.id, role=role, since=clock.now())
    session.add(member)
    await session.flush()
    return member


async def remove_member(session: AsyncSession, employer: Employer, account_id: UUID) -> None:
    """Take an account's authority away; refuses to remove the last owner."""
    await session.refresh(employer, with_for_update={"key_share": True})
    member = await session.get(Member, (employer.id, account_id))
    if member is None:
        raise NotFound
    owners = await session.scalar(
        select(func.count()).where(Member.employer_id == employer.id, Member.role == MemberRole.OWNER)
    )
    if member.role is MemberRole.OWNER and owners == 1:
        raise LastOwner
    await session.execute(
        delete(Member).where(Member.employer_id == employer.id, Member.account_id == account_id)
    )


def contact_of(employer: Employer) -> Contact:
    """Return whom to call."""
    opened = unseal(employer.contact_sealed, f"employers/contact/{employer.id}")
    # Judged when it was sealed; the province's may be a hotline, which no account has (provincial.py).
    return Contact.model_construct(**json.loads(opened))


def _full_name(employer: Employer) -> str:
    if employer.name_sealed:
        return unseal(employer.name_sealed, f"employers/name/{employer.id}")
    return employer.name


def reach_by(employer: Employer, contact: Contact) -> None:
    """Seal whom to call."""
    content = json.dumps(contact.model_dump(), ensure_ascii=False)
    employer.contact_sealed = seal(content, f"employers/contact/{employer.id}")


async def stand_at(session: AsyncSession, employer: Employer, place: PlaceGiven) -> None:
    """Set the seat, and with it who is responsible; refuses a place outside the city."""
    location = await locate(session, place.point)
    if location is None:
        raise OutsideTheCity.at("/place")
    employer.place, employer.address = stored(place.point), place.address
    employer.division, employer.county_code = location.township.code, location.county.code
    employer.station_id = await responsible_for(session, location.township.code)
