"""What is done at the counter: asking for consent, by code or on paper, and ending what it allowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.audit.actions import record
from app.core import clock, limits
from app.core.events import emit
from app.core.keyring import blind_index, unseal
from app.core.limits import Rate
from app.core.types import new_id
from app.core.uploads import store_picture
from app.counter import queries
from app.counter.events import DoneForPerson
from app.counter.models import Assistance, AssistanceState, Consent, Reached
from app.counter.problems import AssistanceStateConflict, HasAPhone, HasNoPhone, NameDiffers
from app.identity import codes
from app.identity.actions import CONSENT_ON_PAPER, account_of, consent
from app.identity.codes import Wording
from app.identity.documents import document
from app.identity.models import Account, AccountState, Purpose
from app.identity.names import plainly
from app.workers.actions import verify_real_name
from app.workers.models import Worker
from app.workers.problems import IdNumberTaken
from app.workers.schemas import RealNameGiven

# The person stands there: long enough for all they came for, and over before the next one comes.
LASTS = timedelta(hours=2)
# One officer asks many people in an hour; a phone's own limits hold besides.
BY_OFFICER = Rate("codes-staff", 60, timedelta(hours=1))
_TO_CONSENT = (
    "【临汾零工市场】验证码 {code}:告知{station}工作人员{officer},即同意其在您面前代您办理,2 小时内有效,"
    "每办一事有短信告知。不是您本人要办的,请勿告诉任何人。"
)


@dataclass(frozen=True)
class Deed:
    """What was done: the app's operation, its name for people, the ids in its path, and if they are told."""

    operation: str
    name: str
    ids: Mapping[str, str]
    told: bool


def purpose_of(assistance: Assistance) -> str:
    """Name what a code permits: this assistance and no other, nor signing in."""
    return f"assistance/{assistance.id}"


async def begin(
    session: AsyncSession, officer: Officer, phone: str | None, worker_id: UUID | None
) -> Assistance:
    """Ask a person for consent by a code to the phone (E.164), theirs if only the worker is named.

    Refuses who has none, and whom the officer does not reach where only the worker is named.
    """
    if phone is None and worker_id is not None:
        _, account = await queries.person(session, officer, worker_id)
        phone = account.phone
    if phone is None:
        raise HasNoPhone
    await limits.take(session, BY_OFFICER, str(officer.staff.id))
    assistance = _new(officer, Consent.CODE)
    assistance.phone = phone
    assistance.until = clock.now() + codes.LIFETIME
    session.add(assistance)
    await session.flush()
    names = {"station": officer.station.name, "officer": officer.staff.name}
    wording = Wording("assistance_code", _TO_CONSENT, names)
    await codes.send_code(session, phone, None, purpose_of(assistance), wording)
    await _note(session, officer, assistance, "assistance.begin")
    return assistance


async def confirm(session: AsyncSession, officer: Officer, assistance_id: UUID, code: str) -> Assistance:
    """Take the code that the person told; a new phone makes the account. Refuses a wrong or late one."""
    assistance = await queries.own(session, officer, assistance_id)
    if assistance.state is not AssistanceState.AWAITING or assistance.phone is None:
        raise AssistanceStateConflict
    await codes.use_code(session, assistance.phone, code, None, purpose_of(assistance))
    account = await account_of(session, assistance.phone)
    assistance.account_id, assistance.phone = account.id, None
    assistance.confirmed_at, assistance.until = clock.now(), clock.now() + LASTS
    await session.flush()
    await _note(session, officer, assistance, "assistance.confirm")
    return assistance


async def begin_on_paper(
    session: AsyncSession,
    officer: Officer,
    sheet: bytes,
    who: UUID | RealNameGiven,
    contact: str | None,
) -> Assistance:
    """Begin at once for a person without a phone who signed the sheet; somebody new is registered.

    Refuses who has a phone, a name that is not the one known with the ID number, and what registering
    refuses: an impossible number, a person under sixteen.
    """
    known = await _known(session, officer, who)
    if known and known.phone_index is not None:
        raise HasAPhone
    key = await store_picture("consents", sheet, "/sheet")  # before anything is locked
    account = known
    if account is None and isinstance(who, RealNameGiven):
        account = await _register(session, officer, who)
    if account is None:
        raise IdNumberTaken
    await _reach_through(session, officer, account.id, contact)
    assistance = _new(officer, Consent.SHEET)
    assistance.account_id, assistance.sheet_key = account.id, key
    assistance.confirmed_at = assistance.created_at
    assistance.until = clock.now() + LASTS
    session.add(assistance)
    await session.flush()
    await _note(session, officer, assistance, "assistance.on_paper")
    return assistance


async def end(session: AsyncSession, officer: Officer, assistance_id: UUID) -> Assistance:
    """End what was allowed; again changes nothing."""
    assistance = await queries.own(session, officer, assistance_id)
    if assistance.ended_at is None:
        assistance.ended_at, assistance.phone = clock.now(), None
        await session.flush()
        await _note(session, officer, assistance, "assistance.end")
    return assistance


async def read_sheet(session: AsyncSession, officer: Officer, assistance_id: UUID, reason: str) -> str:
    """Return the key of the signed sheet's picture; who looked and why goes to the ledger."""
    assistance, key = await queries.sheet_of(session, officer, assistance_id)
    await _note(session, officer, assistance, "assistance.sheet", reason)
    return key


async def note_deed(
    session: AsyncSession,
    officer: Officer,
    assistance: Assistance,
    deed: Deed,
) -> None:
    """Put a deed done for a person into the ledger, by the ids in its path alone, and promise the telling.

    Comes last in the deed's transaction: the locks come first, and a ledger that orders its entries by
    one row of its own is held only until the commit that follows.
    """
    await record(
        session,
        officer.actor,
        f"assist.{deed.operation}",
        object_kind="account",
        object_id=assistance.account_id,
        division=assistance.division,
        after={"assistance_id": str(assistance.id), **deed.ids},
    )
    if deed.told:
        await emit(session, DoneForPerson(new_id(), assistance.id, deed.operation, deed.name))


def _new(officer: Officer, by: Consent) -> Assistance:
    return Assistance(
        id=new_id(),
        staff_id=officer.staff.id,
        station_id=officer.station.id,
        division=officer.station.division,
        consent=by,
        created_at=clock.now(),
    )


async def _known(session: AsyncSession, officer: Officer, who: UUID | RealNameGiven) -> Account | None:
    if isinstance(who, UUID):
        return (await queries.person(session, officer, who))[1]
    index = blind_index(document(who.id_number).number, "id-number")
    row = (
        await session.execute(
            select(Worker, Account)
            .join(Account, Account.id == Worker.id)
            .where(Worker.id_number_index == index, Account.state == AccountState.ACTIVE)
        )
    ).one_or_none()
    if row is None:
        return None
    worker, account = row
    name = unseal(worker.name_sealed, f"workers/name/{worker.id}") if worker.name_sealed else ""
    if plainly(name) != plainly(who.name):
        raise NameDiffers
    return account


async def _register(session: AsyncSession, officer: Officer, who: RealNameGiven) -> Account:
    account = Account.without_phone()
    session.add(account)
    await session.flush()
    await consent(session, account, {Purpose.REAL_NAME: True}, CONSENT_ON_PAPER)
    worker = await verify_real_name(session, account, who, officer.actor)
    worker.division = officer.station.division  # until they tell where they live
    await session.flush()
    return account


async def _reach_through(
    session: AsyncSession, officer: Officer, account_id: UUID, contact: str | None
) -> None:
    """Let the station that was first go on calling; a contact that is told now replaces the one before."""
    made = Reached(id=account_id, station_id=officer.station.id)
    made.contact = contact
    values = {"id": account_id, "station_id": made.station_id, "contact_sealed": made.contact_sealed}
    kept = insert(Reached).values(**values)
    if contact:
        kept = kept.on_conflict_do_update(index_elements=["id"], set_={"contact_sealed": made.contact_sealed})
    else:
        kept = kept.on_conflict_do_nothing()
    await session.execute(kept)


async def _note(
    session: AsyncSession, officer: Officer, assistance: Assistance, action: str, reason: str | None = None
) -> None:
    account_id = str(assistance.account_id) if assistance.account_id else None
    await record(
        session,
        officer.actor,
        action,
        object_kind="assistance",
        object_id=assistance.id,
        division=assistance.division,
        after={
            "state": assistance.state.value,
            "consent": assistance.consent.value,
            "account_id": account_id,
        },
        reason=reason,
    )
