"""Staff verify employers, stop them, and ban legal persons; verification runs out after six months."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import SYSTEM, Actor, record
from app.core import clock, work
from app.core.db import Database
from app.core.events import emit
from app.employers.actions import contact_of
from app.employers.events import EmployerReturned, EmployerStopped, EmployerVerified
from app.employers.models import Ban, Employer, EmployerState
from app.employers.problems import EmployerStateConflict, LegalPersonBanned
from app.employers.schemas import Contact

# 网络招聘服务管理规定: employers' information is checked again every six months.
GOOD_FOR = timedelta(days=183)


async def verify(session: AsyncSession, actor: Actor, employer: Employer, *, trusted: bool) -> Employer:
    """Verify for six months; refuses a banned legal person."""
    await _lock_legal_person(session, employer)
    if await session.get(Ban, employer.legal_index) or employer.state is EmployerState.BANNED:
        raise LegalPersonBanned
    before = employer.state
    employer.state, employer.reason, employer.trusted = EmployerState.VERIFIED, None, trusted
    employer.verified_at = clock.now()
    employer.verified_until = clock.now() + GOOD_FOR
    await _decided(session, actor, employer, "verify", before, None)
    await emit(session, EmployerVerified(employer.id))
    return employer


async def reject(session: AsyncSession, actor: Actor, employer: Employer, reason: str) -> Employer:
    """Send back what waits for verification, with what to mend."""
    await session.refresh(employer, with_for_update={"key_share": True})
    if employer.state is not EmployerState.PENDING:
        raise EmployerStateConflict(state=employer.state.value)
    employer.state, employer.reason = EmployerState.REJECTED, reason
    await _decided(session, actor, employer, "reject", EmployerState.PENDING, reason)
    await emit(session, EmployerReturned(employer.id))
    return employer


async def suspend(session: AsyncSession, actor: Actor, employer: Employer, reason: str) -> Employer:
    """Hide an employer's postings until it is verified again."""
    await session.refresh(employer, with_for_update={"key_share": True})
    if employer.state in (EmployerState.BANNED, EmployerState.SUSPENDED):
        raise EmployerStateConflict(state=employer.state.value)
    before, employer.state, employer.reason = employer.state, EmployerState.SUSPENDED, reason
    await _decided(session, actor, employer, "suspend", before, reason)
    await emit(session, EmployerStopped(employer.id))
    return employer


async def ban(session: AsyncSession, actor: Actor, employer: Employer, reason: str) -> Employer:
    """Ban the legal person: every employer that any account registered for it, and any to come."""
    await _lock_legal_person(session, employer)
    await session.execute(
        insert(Ban)
        .values(legal_index=employer.legal_index, reason=reason, since=clock.now())
        .on_conflict_do_nothing()
    )
    same = await session.scalars(
        select(Employer)
        .where(Employer.legal_index == employer.legal_index, Employer.state != EmployerState.BANNED)
        .order_by(Employer.id)
        .with_for_update(key_share=True)
    )
    for one in same.all():
        before, one.state, one.reason = one.state, EmployerState.BANNED, reason
        await _decided(session, actor, one, "ban", before, reason)
        await emit(session, EmployerStopped(one.id))
    return employer


async def unseal_contact(session: AsyncSession, actor: Actor, employer: Employer, reason: str) -> Contact:
    """Return whom to call, and write the reading into the ledger (rule 10)."""
    await record(
        session,
        actor,
        "employer.contact",
        object_kind="employer",
        object_id=employer.id,
        division=employer.division,
        reason=reason,
    )
    return contact_of(employer)


@work.at_times("* * * * *")
async def let_verifications_run_out(database: Database) -> None:
    """Set employers whose six months are over back to waiting."""
    async with database.transaction() as session:
        over = await session.scalars(
            # index ix_employers_verified_until
            select(Employer)
            .where(
                Employer.state == EmployerState.VERIFIED,
                Employer.verified_until <= clock.now(),
                Employer.source == "city",  # the province vouches for its own
            )
            .order_by(Employer.id)
            .limit(200)
            .with_for_update(key_share=True, skip_locked=True)
        )
        for employer in over.all():
            employer.wait("核验满六个月,待复核")
            await _decided(session, SYSTEM, employer, "lapse", EmployerState.VERIFIED, employer.reason)
            await emit(session, EmployerStopped(employer.id))


async def _lock_legal_person(session: AsyncSession, employer: Employer) -> None:
    key = int.from_bytes(employer.legal_index[:8], signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(key)))
    await session.refresh(employer, with_for_update={"key_share": True})


async def _decided(
    session: AsyncSession,
    actor: Actor,
    employer: Employer,
    verb: str,
    before: EmployerState,
    reason: str | None,
) -> None:
    employer.version += 1
    await session.flush()
    await record(
        session,
        actor,
        f"employer.{verb}",
        object_kind="employer",
        object_id=employer.id,
        division=employer.division,
        before={"state": before.value},
        after={"state": employer.state.value},
        reason=reason,
    )
