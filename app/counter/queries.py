"""Who is helped by whom, whom staff may find, and who is reached through a station."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock, wall
from app.core.keyring import blind_index, unseal
from app.core.problems import NotFound
from app.counter.models import Assistance, AssistanceState, Errand, Reached
from app.identity.models import Account, AccountState
from app.identity.names import pairs_of, plainly
from app.stations.models import Role, Staff, Station
from app.workers.models import KeyGroup, Worker

ThroughWhat = Literal["phone", "station"]
# Names are opened to be compared: so many at most, what is more common is to be asked for more exactly.
OPENED_AT_MOST = 500
FOUND_AT_MOST = 50
CITY = "1410"

Helped = Row[Assistance, str, str, str | None]


async def acting_for(
    session: AsyncSession, officer: Officer, assistance_id: UUID
) -> tuple[Assistance, Account]:
    """Return the assistance that this officer began, active, and whom it is for; else 404.

    From then on it is the person who reads.
    """
    row = (
        await session.execute(
            select(Assistance, Account, wall.account_asks(Account.id))
            .join(Account, Account.id == Assistance.account_id)
            .where(
                Assistance.id == assistance_id,
                Assistance.staff_id == officer.staff.id,
                officer.reaches(Assistance.division),
                _in(AssistanceState.ACTIVE),
                Account.state == AccountState.ACTIVE,
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def own(session: AsyncSession, officer: Officer, assistance_id: UUID) -> Assistance:
    """Return an assistance that this officer began, locked; else 404."""
    assistance = await session.scalar(
        select(Assistance)
        .where(
            Assistance.id == assistance_id,
            Assistance.staff_id == officer.staff.id,
            officer.reaches(Assistance.division),
        )
        .with_for_update()
    )
    if assistance is None:
        raise NotFound
    return assistance


def in_reach(officer: Officer, state: AssistanceState | None) -> Select[Assistance, str, str, str | None]:
    """Return assistances with officer, station and the person's shown name (index division, id)."""
    statement = (
        select(Assistance, Staff.name, Station.name, Worker.name_shown)
        .join(Staff, Staff.id == Assistance.staff_id)
        .join(Station, Station.id == Assistance.station_id)
        .outerjoin(Worker, Worker.id == Assistance.account_id)
        .where(officer.reaches(Assistance.division))
    )
    return statement.where(_in(state)) if state else statement


async def one_in_reach(session: AsyncSession, officer: Officer, assistance_id: UUID) -> Helped:
    found = (
        await session.execute(in_reach(officer, None).where(Assistance.id == assistance_id))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


async def sheet_of(session: AsyncSession, officer: Officer, assistance_id: UUID) -> tuple[Assistance, str]:
    """Return an assistance and the key of its sheet, for who began it and for managers; else 404."""
    (assistance, *_) = await one_in_reach(session, officer, assistance_id)
    may = assistance.staff_id == officer.staff.id or officer.staff.role is Role.MANAGER
    if assistance.sheet_key is None or not may:
        raise NotFound
    return assistance, assistance.sheet_key


def _in(state: AssistanceState) -> ColumnElement[bool]:
    lasts = and_(Assistance.ended_at.is_(None), Assistance.until > clock.now())
    match state:
        case AssistanceState.ENDED:
            return Assistance.ended_at.is_not(None)
        case AssistanceState.LAPSED:
            return and_(Assistance.ended_at.is_(None), Assistance.until <= clock.now())
        case AssistanceState.ACTIVE:
            return and_(lasts, Assistance.confirmed_at.is_not(None))
        case AssistanceState.AWAITING:
            return and_(lasts, Assistance.confirmed_at.is_(None))


def people(officer: Officer) -> Select[Worker, Account]:
    """Return workers within reach; who has no home in the city belongs to its centre.

    Indexes division, id of workers (a county) and the primary key (the city).
    """
    homeless = and_(Worker.division.is_(None), officer.reaches(literal(CITY)))
    return (
        select(Worker, Account)
        .join(Account, Account.id == Worker.id)
        .where(or_(officer.reaches(Worker.division), homeless), Account.state == AccountState.ACTIVE)
    )


def people_listed(
    officer: Officer, key_group: KeyGroup | None, verified: bool | None, without_phone: bool | None
) -> Select[Worker, Account]:
    statement = people(officer)
    if key_group is not None:
        statement = statement.where(Worker.key_groups.contains([key_group.value]))
    if verified is not None:
        at = Worker.verified_at
        statement = statement.where(at.is_not(None) if verified else at.is_(None))
    if without_phone is not None:
        phone = Account.phone_index
        statement = statement.where(phone.is_(None) if without_phone else phone.is_not(None))
    return statement


async def person(session: AsyncSession, officer: Officer, worker_id: UUID) -> tuple[Worker, Account]:
    """Return one worker within reach; else 404."""
    row = (await session.execute(people(officer).where(Worker.id == worker_id))).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def by_phone(session: AsyncSession, officer: Officer, phone: str) -> Sequence[Any]:
    """Return whoever has a phone in E.164 (index uq_accounts_phone_index)."""
    found = people(officer).where(Account.phone_index == blind_index(phone, "phone"))
    return (await session.execute(found)).all()


async def by_id_number(session: AsyncSession, officer: Officer, number: str) -> Sequence[Any]:
    """Return whoever has an ID number (index uq_workers_id_number_index)."""
    found = people(officer).where(Worker.id_number_index == blind_index(number, "id-number"))
    return (await session.execute(found)).all()


async def by_name(session: AsyncSession, officer: Officer, part: str) -> tuple[list[Any], bool]:
    """Return who has a part in the real name, and whether there may be more (index ix_workers_name_pairs).

    The marks name the candidates; the names themselves are opened to tell, and shown to nobody.
    """
    wanted = plainly(part)
    statement = people(officer).where(Worker.name_pairs.contains(pairs_of(part)))
    candidates = (await session.execute(statement.order_by(Worker.id.desc()).limit(OPENED_AT_MOST))).all()
    found = [row for row in candidates if wanted in plainly(_name(row[0]))]
    return found[:FOUND_AT_MOST], len(found) > FOUND_AT_MOST or len(candidates) == OPENED_AT_MOST


def _name(worker: Worker) -> str:
    return unseal(worker.name_sealed, f"workers/name/{worker.id}") if worker.name_sealed else ""


async def reach_of(session: AsyncSession, worker_ids: Iterable[UUID]) -> dict[UUID, ThroughWhat]:
    """Tell how each can be reached: by the own phone, or by the station that calls (primary key)."""
    rows = await session.execute(
        select(Account.id, Account.phone_index.is_not(None)).where(Account.id.in_(list(worker_ids)))
    )
    return {id_: "phone" if has_phone else "station" for id_, has_phone in rows}


async def through_station(session: AsyncSession, account_id: UUID) -> tuple[Reached, Station] | None:
    """Return the station that calls a person without a phone (primary key)."""
    row = (
        await session.execute(
            select(Reached, Station)
            .join(Station, Station.id == Reached.station_id)
            .where(Reached.id == account_id)
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


def errands(officer: Officer, *, done: bool) -> Select[Errand, str | None, str]:
    """Return what is to be told to people without a phone (index ix_errands_open, for each station)."""
    statement = _errands(officer)
    return statement.where(Errand.done_at.is_not(None) if done else Errand.done_at.is_(None))


def _errands(officer: Officer) -> Select[Errand, str | None, str]:
    return (
        select(Errand, Worker.name_shown, Station.name)
        .join(Station, Station.id == Errand.station_id)
        .outerjoin(Worker, Worker.id == Errand.account_id)
        .where(officer.reaches(Station.division))
    )


async def assistances_of(session: AsyncSession, account_id: UUID) -> Sequence[Any]:
    """Return when and where somebody was helped (index account_id)."""
    found = await session.execute(
        select(Assistance, Station.name)
        .join(Station, Station.id == Assistance.station_id)
        .where(Assistance.account_id == account_id)
        .order_by(Assistance.id)
    )
    return found.all()


async def station_helping(session: AsyncSession, account_id: UUID) -> Station | None:
    """Return a station where somebody is helped just now (index account_id)."""
    now = select(Assistance.station_id).where(
        Assistance.account_id == account_id, _in(AssistanceState.ACTIVE)
    )
    return await session.scalar(select(Station).where(Station.id.in_(now)).limit(1))


async def helping(session: AsyncSession, officer: Officer, account_id: UUID) -> bool:
    """Tell whether this officer acts for a person now (index account_id)."""
    found = select(func.count()).where(
        Assistance.account_id == account_id,
        Assistance.staff_id == officer.staff.id,
        _in(AssistanceState.ACTIVE),
    )
    return bool(await session.scalar(found))


async def has_account(session: AsyncSession, phone: str) -> bool:
    """Tell whether a phone in E.164 is somebody's (index uq_accounts_phone_index)."""
    found = select(func.count()).where(Account.phone_index == blind_index(phone, "phone"))
    return bool(await session.scalar(found))


async def one_errand(session: AsyncSession, officer: Officer, errand_id: UUID) -> Any:
    """Return an errand with whom it is for and the station, done or not; else 404."""
    row = (await session.execute(_errands(officer).where(Errand.id == errand_id))).one_or_none()
    if row is None:
        raise NotFound
    return row
