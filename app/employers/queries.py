"""Which employers there are, for whom an account acts, and what staff may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.access.asking import Officer
from app.core import wall
from app.core.problems import NotFound
from app.employers.models import Document, Employer, EmployerState, Member, MemberRole
from app.identity.models import Account


async def acting_for(
    session: AsyncSession, account: Account, employer_id: UUID, *roles: MemberRole
) -> Employer:
    """Return an employer that the account acts for, in one of the roles if any are named; else 404."""
    statement = (
        select(Employer)
        .join(Member, Member.employer_id == Employer.id)
        .where(Employer.id == employer_id, Member.account_id == account.id)
    )
    if roles:
        statement = statement.where(Member.role.in_(roles))
    employer = await session.scalar(statement)
    if employer is None:
        raise NotFound
    return employer


def in_reach_of(officer: Officer, state: EmployerState | None) -> Select[Employer]:
    """Return the employers within reach (index state, division, id)."""
    statement = select(Employer).where(officer.reaches(Employer.division))
    return statement.where(Employer.state == state) if state else statement


def members_of(employer_id: UUID) -> Select[Member, Account]:
    return (
        select(Member, Account)
        .join(Account, Account.id == Member.account_id)
        .where(Member.employer_id == employer_id)
        .order_by(Member.since, Member.account_id)
    )


def accounts_of(employer_id: UUID) -> Select[UUID]:
    """Return the accounts that act for an employer."""
    return select(Member.account_id).where(Member.employer_id == employer_id)


def employers_of(account_id: UUID) -> Select[Employer, Member]:
    return (
        select(Employer, Member)
        .join(Member, Member.employer_id == Employer.id)
        .where(Member.account_id == account_id)
        .order_by(Employer.id)
    )


async def documents_count(session: AsyncSession, employer_id: UUID) -> int:
    count = select(func.count()).where(Document.employer_id == employer_id)
    return await session.scalar(count) or 0


def documents_of(employer_id: UUID) -> Select[Document]:
    """Return an employer's documents, the newest first (index employer_id)."""
    return select(Document).where(Document.employer_id == employer_id).order_by(Document.id.desc())


async def seen_by(session: AsyncSession, account: Account | None, employer_id: UUID) -> Employer:
    """Return an employer that was verified once, or one that the account acts for; else 404."""
    may: ColumnElement[bool] = Employer.verified_at.is_not(None)
    if account:
        mine = select(Member.employer_id).where(Member.account_id == account.id)
        may |= Employer.id.in_(mine)
    employer = await session.scalar(select(Employer).where(Employer.id == employer_id, may))
    if employer is None:
        raise NotFound
    return employer


async def role_of(session: AsyncSession, account: Account | None, employer_id: UUID) -> MemberRole | None:
    """Return the account's role for the employer, if it acts for it."""
    if account is None:
        return None
    member = await session.get(Member, (employer_id, account.id))
    return member.role if member else None


async def one_in_reach(session: AsyncSession, officer: Officer, employer_id: UUID) -> Employer | None:
    return await session.scalar(in_reach_of(officer, None).where(Employer.id == employer_id))


@dataclass(frozen=True)
class Counts:
    """What stands beside an employer in the queue."""

    documents: int
    same_legal_person: int


async def counts_for(session: AsyncSession, employers: Sequence[Employer]) -> dict[UUID, Counts]:
    """Return the counts for a page of employers in one statement."""
    other = aliased(Employer)
    documents = select(func.count()).where(Document.employer_id == Employer.id).scalar_subquery()
    same = (
        select(func.count())
        .where(other.legal_index == Employer.legal_index, other.id != Employer.id)
        .scalar_subquery()
    )
    counts = select(Employer.id, documents, same).where(Employer.id.in_([e.id for e in employers]))
    # Past the wall: the same legal person may stand in another county, and only how often is told.
    async with wall.lifted(session):
        rows = await session.execute(counts)
    return {employer_id: Counts(pictures, others) for employer_id, pictures, others in rows}
