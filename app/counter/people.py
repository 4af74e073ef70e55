"""Finding people, how to reach them, and the phone that somebody without one gets."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core import limits
from app.core.problems import Conflict, refuse_field
from app.counter import queries
from app.counter.actions import BY_OFFICER
from app.counter.models import Reached
from app.counter.problems import HasAPhone, PhoneTaken
from app.identity import codes
from app.identity.codes import Wording
from app.identity.documents import document
from app.identity.models import Account
from app.identity.names import plainly
from app.stations.models import Station
from app.workers.models import Worker

_TO_TAKE_THE_PHONE = (
    "【临汾零工市场】验证码 {code}:告知{station}工作人员{officer},即把本手机号登记到您的零工市场账号,"
    "5 分钟内有效。不是您本人要办的,请勿告诉任何人。"
)


class Contact(NamedTuple):
    """How somebody is reached: the own phone, or the station and what it knows."""

    phone: str | None
    note: str | None
    station: Station | None


async def search(
    session: AsyncSession, officer: Officer, phone: str | None, id_number: str | None, name: str | None
) -> tuple[Sequence[Any], bool]:
    """Find workers within reach by one of phone (E.164), ID number, or a part of the real name.

    Returns them, and whether there may be more. By what was searched is in the ledger, not for what.
    """
    more, by = False, "phone"
    if phone is not None:
        found = await queries.by_phone(session, officer, phone)
    elif id_number is not None:
        by, found = "id_number", await queries.by_id_number(session, officer, document(id_number).number)
    else:
        by, part = "name", name or ""
        if len(plainly(part)) < 2:  # noqa: PLR2004 - a pair of characters is the least that is marked
            raise refuse_field("/name", "too_short", "至少相连的两个字", "Two characters at least")
        found, more = await queries.by_name(session, officer, part)
    await record(
        session,
        officer.actor,
        "worker.search",
        object_kind="worker",
        object_id=found[0][0].id if len(found) == 1 else None,
        division=officer.station.division,
        after={"by": by, "found": len(found)},
    )
    return found, more


async def read_contact(session: AsyncSession, officer: Officer, worker_id: UUID, reason: str) -> Contact:
    """Return how to reach a worker; who asked and why goes to the ledger."""
    worker, account = await queries.person(session, officer, worker_id)
    through = await queries.through_station(session, account.id)
    await _note(session, officer, worker, "worker.contact", reason)
    if account.phone or through is None:
        return Contact(account.phone, None, None)
    return Contact(None, through[0].contact, through[1])


async def send_phone_code(session: AsyncSession, officer: Officer, worker_id: UUID, phone: str) -> None:
    """Send a code to the phone (E.164) that somebody without one got; refuses who has one.

    The answer does not tell whether the phone is somebody's already: only who holds it learns.
    """
    await _without_phone(session, officer, worker_id)
    await limits.take(session, BY_OFFICER, str(officer.staff.id))
    names = {"station": officer.station.name, "officer": officer.staff.name}
    wording = Wording("phone_code", _TO_TAKE_THE_PHONE, names)
    await codes.send_code(session, phone, None, _purpose(worker_id), wording)


async def take_phone(
    session: AsyncSession, officer: Officer, worker_id: UUID, phone: str, code: str
) -> tuple[Worker, Account]:
    """Make the phone the person's, from now on reached by it and not through the station.

    Refuses without an assistance to which the person agreed, a wrong code, and a phone that has an
    account (the unique index has the last word).
    """
    worker, account = await _without_phone(session, officer, worker_id)
    if not await queries.helping(session, officer, worker_id):
        raise Conflict("请先以签字的同意书开始代办", "Begin an assistance with a signed sheet first")
    await codes.use_code(session, phone, code, None, _purpose(worker_id))
    await session.refresh(account, with_for_update=True)
    if account.phone_index is not None:
        raise HasAPhone
    if await queries.has_account(session, phone):
        raise PhoneTaken
    account.take_phone(phone)
    await session.execute(delete(Reached).where(Reached.id == account.id))
    await session.flush()
    await _note(session, officer, worker, "worker.phone", None)
    return worker, account


async def _without_phone(session: AsyncSession, officer: Officer, worker_id: UUID) -> tuple[Worker, Account]:
    worker, account = await queries.person(session, officer, worker_id)
    if account.phone_index is not None:
        raise HasAPhone
    return worker, account


def _purpose(worker_id: UUID) -> str:
    return f"phone-of/{worker_id}"


async def _note(
    session: AsyncSession, officer: Officer, worker: Worker, action: str, reason: str | None
) -> None:
    await record(
        session,
        officer.actor,
        action,
        object_kind="worker",
        object_id=worker.id,
        division=worker.division or queries.CITY,
        reason=reason,
    )
