"""Staff sign in with a password and a one-time code, each code once."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.passwords import freshly_hashed, matches, weakness
from app.access.problems import PasswordWeak, PasswordWrong, SignInRefused, TemporaryPasswordExpired
from app.audit.actions import Actor, record
from app.audit.models import ActorKind
from app.core import clock
from app.core.keyring import keys
from app.core.problems import Fault
from app.core.types import new_id
from app.stations.models import Staff, StaffSession, Station

AUDIENCE = "admin"
ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(minutes=30)
FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
STEP_S = 30


@dataclass(frozen=True)
class StaffSignedIn:
    staff: Staff
    station: Station
    access_token: str


async def sign_in(
    session: AsyncSession, username: str, password: str, totp: str, address: str | None
) -> StaffSignedIn:
    """Start a session, or refuse; the fifth failure in a row locks for 15 minutes.

    A temporary password that was not used in time opens nothing any more.

    The slow hash is checked before the row is locked; whoever comes after a lock-out is refused
    whatever was checked.
    """
    known = await session.scalar(select(Staff).where(Staff.username == username))
    right = await matches(known.password_hash if known else None, password)
    if known is None:
        raise SignInRefused
    await session.refresh(known, with_for_update=True)
    now = clock.now()
    if known.dismissed_at or (known.locked_until and known.locked_until > now):
        raise SignInRefused
    step = _step_of(known, totp)
    station = await session.get_one(Station, known.station_id)
    actor = Actor(ActorKind.STAFF, known.id, known.name, address)
    if not right or step is None:
        await _failed(session, actor, known, station)
        raise SignInRefused
    known.failures, known.locked_until, known.totp_last_step = 0, None, step
    if known.password_until and known.password_until <= now:
        raise TemporaryPasswordExpired
    started = StaffSession(id=new_id(), staff_id=known.id, seen_at=now)
    session.add(started)
    await session.flush()
    await record(
        session, actor, "staff.sign_in", object_kind="staff", object_id=known.id, division=station.division
    )
    token = keys().tokens.issue(str(known.id), AUDIENCE, ABSOLUTE, sid=str(started.id))
    return StaffSignedIn(known, station, token)


async def sign_out(session: AsyncSession, staff_id: UUID, *, but: UUID | None = None) -> None:
    """End every session of this member of staff, or all but one."""
    statement = update(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
    if but is not None:
        statement = statement.where(StaffSession.id != but)
    await session.execute(statement.values(ended_at=clock.now()))


async def change_password(
    session: AsyncSession, actor: Actor, staff: Staff, signed_in: UUID, old: str, new: str
) -> None:
    """Change one's own password, which ends one's other sessions.

    Refuses a weak one, and a wrong old one: the fifth failure locks and ends every session.
    """
    if why := weakness(new, staff.username) or _same(old, new):
        raise PasswordWeak(*why, faults=[Fault("/new", PasswordWeak.code, *why)])
    right, fresh = await matches(staff.password_hash, old), await freshly_hashed(new)
    checked = staff.password_hash
    await session.refresh(staff, with_for_update={"key_share": True})
    station = await session.get_one(Station, staff.station_id)
    if not right or staff.password_hash != checked:
        await _failed(session, actor, staff, station)
        if staff.locked_until and staff.locked_until > clock.now():
            await sign_out(session, staff.id)
        raise PasswordWrong
    staff.password_hash, staff.must_change_password, staff.failures = fresh, False, 0
    staff.password_until = None
    await sign_out(session, staff.id, but=signed_in)
    await record(
        session,
        actor,
        "staff.change_password",
        object_kind="staff",
        object_id=staff.id,
        division=station.division,
    )


def _same(old: str, new: str) -> tuple[str, str] | None:
    return ("新密码不能与原密码相同", "The new password is the old one") if old == new else None


async def _failed(session: AsyncSession, actor: Actor, staff: Staff, station: Station) -> None:
    """Count a failure; the fifth in a row locks."""
    staff.failures += 1
    if staff.failures >= FAILURES:
        staff.locked_until, staff.failures = clock.now() + LOCKED_FOR, 0
        await record(
            session,
            actor,
            "staff.locked",
            object_kind="staff",
            object_id=staff.id,
            division=station.division,
        )
    await session.flush()


def _step_of(staff: Staff, totp: str) -> int | None:
    """Return the time step that the code belongs to, if it is right and later than the last one used.

    RFC 6238: one step of 30 s either way for clocks that differ; pyotp alone takes a code twice.
    """
    code = pyotp.TOTP(staff.totp_secret)
    present = int(clock.now().timestamp()) // STEP_S
    for step in (present - 1, present, present + 1):
        if step > staff.totp_last_step and pyotp.utils.strings_equal(code.generate_otp(step), totp):
            return step
    return None
