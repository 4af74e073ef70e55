"""Who of the staff is asking, and how far their authority reaches: read from the database each time."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import ColumnElement, Text, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from app.access.actions import ABSOLUTE, AUDIENCE, IDLE
from app.access.problems import PasswordChangeRequired
from app.audit.actions import Actor
from app.audit.models import ActorKind
from app.core import clock, idempotency, wall
from app.core.db import Database, Session
from app.core.keyring import keys
from app.core.problems import NotFound, Unauthenticated
from app.core.tokens import TokenInvalid
from app.stations.models import Area, Role, Staff, StaffSession, Station

SEEN_EVERY = timedelta(minutes=1)
# Past the wall, which shows nobody a member of staff before it is known who asks.
_Behind = wall.behind("staff_behind", Staff)
_bearer = HTTPBearer(auto_error=False, scheme_name="staff", description="管理端访问令牌")


@dataclass(frozen=True)
class Officer:
    """A member of staff at work: who, for which station, from which address."""

    staff: Staff
    station: Station
    address: str | None
    served: tuple[str, ...]
    session_id: UUID

    def reaches(
        self, division: ColumnElement[str] | InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
    ) -> ColumnElement[bool]:
        """Return the predicate for rows in the divisions that the station serves, and below."""
        # ^@ is leakproof, as LIKE is not: so it may use an index behind the wall.
        return or_(false(), *(division.bool_op("^@")(code) for code in self.served))

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.STAFF, self.staff.id, self.staff.name, self.address)


async def _officer(
    request: Request,
    session: Session,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Officer:
    if credentials is None:
        raise Unauthenticated
    try:
        claims = keys().tokens.verify(credentials.credentials, AUDIENCE)
        session_id = UUID(str(claims["sid"]))
    except (TokenInvalid, KeyError, ValueError, TypeError) as error:
        raise Unauthenticated from error
    now = clock.now()
    # The townships assigned to the station (index station_id), in the same statement.
    townships_assigned = select(Area.township).where(Area.station_id == Station.id).scalar_subquery()
    assigned = func.array(townships_assigned, type_=ARRAY(Text))
    served_by_it = func.array_prepend(Station.division, assigned)
    row = (
        await session.execute(
            select(_Behind, Station, StaffSession.seen_at, assigned, wall.staff_ask(served_by_it))
            .join(Station, Station.id == _Behind.station_id)
            .join(StaffSession, StaffSession.staff_id == _Behind.id)
            .where(
                StaffSession.id == session_id,
                StaffSession.ended_at.is_(None),
                StaffSession.seen_at > now - IDLE,
                StaffSession.started_at > now - ABSOLUTE,
                _Behind.dismissed_at.is_(None),
            ),
            {"session_id": session_id},
        )
    ).one_or_none()
    if row is None:
        raise Unauthenticated
    staff, station, seen_at, townships, _ = row
    if seen_at < now - SEEN_EVERY:
        await _seen(request.app.state.database, session_id)
    served = (station.division, *townships)
    address = request.client.host if request.client else None
    return Officer(staff, station, address, served, session_id)


async def _seen(database: Database, session_id: UUID) -> None:
    """Note that the session is in use; apart, for a GET's own transaction is read only."""
    async with database.transaction(beside=True) as session:
        await session.execute(
            update(StaffSession).where(StaffSession.id == session_id).values(seen_at=clock.now())
        )


AsSignedIn = Annotated[Officer, Depends(_officer)]


async def _at_work(officer: AsSignedIn) -> Officer:
    """Let through who has a password that nobody else knows."""
    if officer.staff.must_change_password:
        raise PasswordChangeRequired
    return officer


AsStaff = Annotated[Officer, Depends(_at_work)]


def _in_role(*roles: Role) -> Callable[[Officer], Coroutine[Any, Any, Officer]]:
    async def check(officer: AsStaff) -> Officer:
        if officer.staff.role not in roles:
            raise NotFound
        return officer

    return check


# What each role may do (api.md, Roles): a door names one of these.
AsReader = Annotated[
    Officer, Depends(_in_role(Role.CLERK, Role.REVIEWER, Role.MEDIATOR, Role.MANAGER, Role.OPERATOR))
]
AsHelper = Annotated[Officer, Depends(_in_role(Role.CLERK, Role.REVIEWER, Role.MEDIATOR, Role.MANAGER))]
AsManager = Annotated[Officer, Depends(_in_role(Role.MANAGER))]
AsReviewer = Annotated[Officer, Depends(_in_role(Role.REVIEWER))]
AsMediator = Annotated[Officer, Depends(_in_role(Role.MEDIATOR))]
# Excuses and appeals: whoever verifies or mediates.
AsArbiter = Annotated[Officer, Depends(_in_role(Role.REVIEWER, Role.MEDIATOR))]
# Who has cases in hand, and who may take them out of others' hands.
AsDecider = Annotated[Officer, Depends(_in_role(Role.REVIEWER, Role.MEDIATOR, Role.MANAGER))]
# Imports: whoever verifies, or answers for the station.
AsImporter = Annotated[Officer, Depends(_in_role(Role.REVIEWER, Role.MANAGER))]
AsOperator = Annotated[Officer, Depends(_in_role(Role.OPERATOR))]
AsAuditor = Annotated[Officer, Depends(_in_role(Role.AUDITOR))]


async def _once(request: Request, session: Session, officer: AsStaff, key: idempotency.Key = None) -> None:
    # Who was moved or has another role is not given again what they might see before.
    me = officer.staff
    await idempotency.begin(session, request, f"staff:{me.id}/{me.role}/{me.station_id}", key)


OnceForStaff = Depends(_once)
