"""What is held about who acts for employers, and what follows when the account closes."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import at_once, emit
from app.core.problems import Problem
from app.employers.events import EmployerLeft, EmployerStopped
from app.employers.models import Employer, EmployerState, Member, MemberRole
from app.employers.queries import employers_of
from app.identity.events import AccountClosing
from app.identity.holdings import holds

__all__ = ["OwnerStands"]


class OwnerStands(Problem):
    code = "owner_stands"
    title = "您是用工主体的唯一负责人,请先移交给其他成员"
    title_en = "You are the only owner of an employer with other members: hand it over first"


@holds("employers")
async def _employers(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(employers_of(account_id))
    return [
        {"id": e.id, "kind": e.kind, "name": e.name, "uscc": e.uscc, "role": m.role, "since": m.since}
        for e, m in rows
    ]


@at_once(AccountClosing)
async def leave(session: AsyncSession, event: AccountClosing) -> None:
    """Leave every employer; one that nobody acts for any more is suspended.

    Refuses while the account is the only owner beside other members.
    """
    for employer, member in (await session.execute(employers_of(event.account_id))).all():
        others = (
            await session.scalars(
                select(Member.role).where(
                    Member.employer_id == employer.id, Member.account_id != event.account_id
                )
            )
        ).all()
        if member.role is MemberRole.OWNER and others and MemberRole.OWNER not in others:
            raise OwnerStands
        if not others:
            await emit(session, EmployerLeft(employer.id))
            await _stop(session, employer)
    await session.execute(delete(Member).where(Member.account_id == event.account_id))


async def _stop(session: AsyncSession, employer: Employer) -> None:
    await session.refresh(employer, with_for_update={"key_share": True})
    if employer.state is not EmployerState.BANNED:
        employer.state, employer.reason = EmployerState.SUSPENDED, "负责人已注销账号"
        employer.version += 1
        await session.flush()
        await emit(session, EmployerStopped(employer.id))
