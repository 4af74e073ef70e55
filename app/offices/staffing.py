"""Appointing staff and changing what they may do: nobody grants what he lacks, one administrator stays."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.actions import sign_out
from app.access.asking import Officer
from app.access.passwords import freshly_hashed, temporary
from app.audit.actions import record
from app.core import clock
from app.core.events import emit
from app.core.problems import NotFound, Unauthenticated, must_be_fresh
from app.core.types import new_id
from app.offices.problems import (
    BeyondOwnAuthority,
    DismissedAlready,
    LastAdministrator,
    NotOnOneself,
    WorkplaceUnfit,
)
from app.offices.queries import member_run_by, run_by
from app.offices.staff_schemas import Appointment, StaffChanges
from app.stations.events import StaffDismissed, StaffMoved
from app.stations.models import Role, Staff, Station, StationKind

# Who watches the others, and who keeps what is the same for all: the city's to appoint.
CITYS = (Role.AUDITOR, Role.OPERATOR)
USED_WITHIN = timedelta(days=7)  # a temporary password


async def appoint(session: AsyncSession, officer: Officer, given: Appointment) -> tuple[Staff, str]:
    """Appoint somebody; return them with the password for the first sign-in."""
    password = temporary()
    fresh = await freshly_hashed(password)
    station = await _station_for(session, officer, given.station_id)
    await _lock(session, officer)
    _must_fit(given.role, station)
    must_grant(officer, given.role)
    member = Staff(
        id=new_id(),
        username=given.username,
        name=given.name,
        role=given.role,
        station_id=station.id,
        password_hash=fresh,
        totp_last_step=0,
        failures=0,
        must_change_password=True,
        password_until=clock.now() + USED_WITHIN,
        version=1,
        created_at=clock.now(),
    )
    member.totp_secret = pyotp.random_base32()
    session.add(member)
    await session.flush()
    await _written(session, officer, member, station, "appoint", after=_facts(member))
    return member, password


async def change(
    session: AsyncSession, officer: Officer, staff_id: UUID, changes: StaffChanges, version: int | None
) -> Staff:
    """Change name, role or station; whoever is moved or gets another role signs in again."""
    if changes.station_id:
        await _station_for(session, officer, changes.station_id)
    member = await _locked(session, officer, staff_id, version)
    before = _facts(member)
    role, station_id = changes.role or member.role, changes.station_id or member.station_id
    station = await session.get_one(Station, station_id)
    moves = (role, station_id) != (member.role, member.station_id)
    if moves:
        await _must_leave_an_administrator(session, member, role, station)
        _must_be_another(officer, member)
        _must_fit(role, station)
        must_grant(officer, role, member.role)
    member.name = changes.name or member.name
    member.role, member.station_id = role, station_id
    if moves:
        await sign_out(session, member.id)
    after = _facts(member) | ({"name_changed": True} if changes.name else {})
    await _written(session, officer, member, station, "change", before, after)
    if moves:
        await emit(session, StaffMoved(member.id))
    return member


async def reset(session: AsyncSession, officer: Officer, staff_id: UUID, reason: str) -> tuple[Staff, str]:
    """Give somebody a new password and a new second factor; every session of theirs ends."""
    password = temporary()
    fresh = await freshly_hashed(password)
    member = await _locked(session, officer, staff_id)
    _must_be_another(officer, member)
    must_grant(officer, member.role)
    member.password_hash, member.must_change_password = fresh, True
    member.password_until = clock.now() + USED_WITHIN
    member.totp_secret, member.totp_last_step = pyotp.random_base32(), 0
    member.failures, member.locked_until = 0, None
    await sign_out(session, member.id)
    station = await session.get_one(Station, member.station_id)
    await _written(session, officer, member, station, "reset", reason=reason)
    return member, password


async def unlock(session: AsyncSession, officer: Officer, staff_id: UUID, reason: str) -> Staff:
    """End a lock-out before its quarter of an hour is over."""
    member = await _locked(session, officer, staff_id)
    member.failures, member.locked_until = 0, None
    station = await session.get_one(Station, member.station_id)
    await _written(session, officer, member, station, "unlock", reason=reason)
    return member


async def dismiss(session: AsyncSession, officer: Officer, staff_id: UUID, reason: str) -> Staff:
    """Dismiss somebody: every request looks, so it holds from the next one on."""
    member = await _locked(session, officer, staff_id)
    await _must_leave_an_administrator(session, member, None, None)
    _must_be_another(officer, member)
    must_grant(officer, member.role)
    member.dismissed_at = clock.now()
    await sign_out(session, member.id)
    station = await session.get_one(Station, member.station_id)
    await _written(session, officer, member, station, "dismiss", before=_facts(member), reason=reason)
    await emit(session, StaffDismissed(member.id))
    return member


async def _station_for(session: AsyncSession, officer: Officer, station_id: UUID) -> Station:
    """Return an open station that the officer runs, kept from closing."""
    station = await session.scalar(
        select(Station)
        .where(Station.id == station_id, Station.closed_at.is_(None), run_by(officer))
        .with_for_update(read=True, key_share=True)
    )
    if station is None:
        raise WorkplaceUnfit.at("/station_id")
    return station


async def _locked(
    session: AsyncSession, officer: Officer, staff_id: UUID, version: int | None = None
) -> Staff:
    """Lock one of the staff that the officer runs, and count the version on; 404, dismissed, or stale."""
    await _lock(session, officer, staff_id)
    member, _ = await member_run_by(session, officer, staff_id)
    if member.dismissed_at is not None:
        raise DismissedAlready
    must_be_fresh(version, member.version)
    member.version += 1
    return member


async def _lock(session: AsyncSession, officer: Officer, staff_id: UUID | None = None) -> None:
    """Lock who acts, on whom, and every administrator of the city, in the order of their ids.

    So of two who dismiss or demote each other at once the second finds out that he has been; and nobody
    is the last administrator to two transactions.
    """
    ids = [officer.staff.id, *([staff_id] if staff_id else [])]
    await session.execute(
        select(Staff)
        .where(or_(Staff.id.in_(ids), _administrators()))
        .order_by(Staff.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    own = officer.staff
    if own.dismissed_at is not None:
        raise Unauthenticated
    if own.role is not Role.MANAGER or own.station_id != officer.station.id:
        raise NotFound


def _administrators() -> Any:
    centre = select(Station.id).where(Station.kind == StationKind.CENTRE).scalar_subquery()
    return and_(Staff.role == Role.MANAGER, Staff.station_id == centre, Staff.dismissed_at.is_(None))


async def _must_leave_an_administrator(
    session: AsyncSession, member: Staff, role: Role | None, station: Station | None
) -> None:
    """Refuse to take the city's last manager away; call it with the administrators locked."""
    stays = role is Role.MANAGER and station is not None and station.kind is StationKind.CENTRE
    others = set(await session.scalars(select(Staff.id).where(_administrators())))
    if not stays and others == {member.id}:
        raise LastAdministrator


def _must_be_another(officer: Officer, member: Staff) -> None:
    if member.id == officer.staff.id:
        raise NotOnOneself


def _must_fit(role: Role, station: Station) -> None:
    """Refuse an operator anywhere but at the centre."""
    if role is Role.OPERATOR and station.kind is not StationKind.CENTRE:
        raise WorkplaceUnfit.at("/station_id")


def must_grant(officer: Officer, *roles: Role) -> None:
    """Refuse to anybody but the city's managers to place who holds one of the city's roles."""
    if officer.station.kind is not StationKind.CENTRE and any(role in CITYS for role in roles):
        raise BeyondOwnAuthority


def _facts(member: Staff) -> dict[str, Any]:
    return {"role": member.role.value, "station_id": str(member.station_id)}


async def _written(
    session: AsyncSession,
    officer: Officer,
    member: Staff,
    station: Station,
    verb: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    await session.flush()
    await record(
        session,
        officer.actor,
        f"staff.{verb}",
        object_kind="staff",
        object_id=member.id,
        division=station.division,
        before=before,
        after=after,
        reason=reason,
    )
