"""What workers do: tell what they look for, prove who they are, hand in certificates."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Actor, record
from app.audit.models import ActorKind
from app.core import clock
from app.core.events import emit
from app.core.keyring import blind_index, seal
from app.core.problems import Invalid, NotFound, must_be_fresh, refuse_field
from app.core.types import new_id
from app.core.uploads import store_picture
from app.geo.places import stored
from app.geo.queries import locate
from app.identity.actions import consents_of
from app.identity.documents import document
from app.identity.id_numbers import age_on
from app.identity.models import Account, Purpose
from app.identity.names import masked_name, pairs_of
from app.identity.problems import ConsentMissing
from app.trades.queries import unknown_certificates, unknown_trades
from app.workers.events import CertificateDecidedOn, WorkerVerified
from app.workers.models import Certificate, CertificateState, Worker
from app.workers.problems import AlreadyVerified, CertificateDecided, NoProfile, TooYoung
from app.workers.schemas import RealNameGiven, WorkerProfile

WORKING_AGE = 16


async def put_profile(
    session: AsyncSession, account: Account, profile: WorkerProfile, version: int | None
) -> Worker:
    """Make or replace the profile; refuses unknown trades and a stale version."""
    faults = await unknown_trades(session, profile.trades, "/trades")
    if faults:
        raise Invalid(faults=faults)
    await session.execute(
        insert(Worker)
        .values(id=account.id, name_shown=profile.name_shown, travel_radius_m=profile.travel_radius_m)
        .on_conflict_do_nothing()
    )
    worker = await _locked(session, account)
    must_be_fresh(version, worker.version)
    worker.name_shown = profile.name_shown
    worker.travel_radius_m = profile.travel_radius_m
    worker.trades = list(dict.fromkeys(profile.trades))
    worker.availability = [slot.model_dump(mode="json", by_alias=True) for slot in profile.availability]
    worker.expected_pay = profile.expected_pay.model_dump(mode="json") if profile.expected_pay else None
    worker.key_groups = [group.value for group in dict.fromkeys(profile.key_groups)]
    had_home = worker.home is not None
    worker.home = stored(profile.home.point) if profile.home else None
    worker.home_address = profile.home.address if profile.home else None
    location = await locate(session, profile.home.point) if profile.home else None
    if location or had_home:  # else the one of the station that registered the worker, if one did
        worker.division = location.township.code if location else None
    worker.version += 1
    await session.flush()
    return worker


async def verify_real_name(
    session: AsyncSession, account: Account, given: RealNameGiven, by: Actor | None = None
) -> Worker:
    """Take the name and number on the document, check the number, and seal both.

    Refuses without consent, a number that can't be one, a person under sixteen, and a number that is
    verified under another account (the unique index has the last word). `by`: who did it for the person.
    """
    said = await consents_of(session, account.id)
    if Purpose.REAL_NAME not in said or not said[Purpose.REAL_NAME].given:
        raise ConsentMissing(
            "请先在“我的同意”中同意使用证件号码(real_name)",
            "Consent to the use of the ID number first (real_name)",
        )
    await session.execute(
        insert(Worker)
        .values(id=account.id, name_shown=masked_name(given.name), travel_radius_m=10_000)
        .on_conflict_do_nothing()
    )
    worker = await _locked(session, account)
    if worker.verified_at:
        raise AlreadyVerified
    number = document(given.id_number)
    if age_on(number.birth_date, clock.today()) < WORKING_AGE:
        raise TooYoung
    worker.name_sealed = seal(given.name, f"workers/name/{worker.id}")
    worker.name_pairs = pairs_of(given.name)
    worker.id_number_sealed = seal(number.number, f"workers/id_number/{worker.id}")
    worker.id_number_index = blind_index(number.number, "id-number")
    worker.id_kind, worker.birth_date, worker.verified_at = number.kind, number.birth_date, clock.now()
    worker.identity_reason = None
    await session.flush()
    await record(
        session,
        by or Actor(ActorKind.ACCOUNT, account.id),
        "worker.real_name",
        object_kind="worker",
        object_id=worker.id,
        division=worker.division or "1410",
        after={"id_kind": number.kind.value},
    )
    await emit(session, WorkerVerified(worker.id))
    return worker


async def add_certificate(
    session: AsyncSession, worker: Worker, kind: str, valid_until: date | None, upload: bytes
) -> Certificate:
    """Hand in a certificate with its picture, redrawn without what cameras add; staff verify it."""
    faults = await unknown_certificates(session, [kind], "/kind")
    if faults:
        raise Invalid(faults=[faults[0]._replace(pointer="/kind")])
    if valid_until and valid_until < clock.today():
        raise refuse_field("/valid_until", "expired", "证书已过期", "The certificate has run out")
    certificate = Certificate(
        id=new_id(),
        worker_id=worker.id,
        kind=kind,
        valid_until=valid_until,
        picture_key=await store_picture("certificates", upload),
        state=CertificateState.PENDING,
        created_at=clock.now(),
    )
    session.add(certificate)
    await session.flush()
    return certificate


async def remove_certificate(session: AsyncSession, worker: Worker, certificate_id: UUID) -> None:
    """Take a certificate back."""
    certificate = await session.get(Certificate, certificate_id)
    if certificate is None or certificate.worker_id != worker.id:
        raise NotFound
    await session.delete(certificate)


async def decide_certificate(
    session: AsyncSession, actor: Actor, certificate_id: UUID, *, verified: bool, reason: str | None
) -> Certificate:
    """Verify or reject a certificate that waits; the worker is told.

    Looked at once it is locked: another may have decided it meanwhile, or the worker taken it back.
    """
    certificate = await session.get(Certificate, certificate_id, with_for_update=True, populate_existing=True)
    if certificate is None:
        raise NotFound
    if certificate.state is not CertificateState.PENDING:
        raise CertificateDecided
    certificate.state = CertificateState.VERIFIED if verified else CertificateState.REJECTED
    certificate.reason, certificate.decided_at = reason, clock.now()
    worker = await session.get_one(Worker, certificate.worker_id)
    await record(
        session,
        actor,
        "certificate.verify" if verified else "certificate.reject",
        object_kind="certificate",
        object_id=certificate.id,
        division=worker.division or "1410",
        after={"state": certificate.state.value},
        reason=reason,
    )
    await emit(session, CertificateDecidedOn(worker.id, certificate.id, verified))
    return certificate


async def _locked(session: AsyncSession, account: Account) -> Worker:
    locked = select(Worker).where(Worker.id == account.id).with_for_update(key_share=True)
    return (await session.scalars(locked)).one()


async def worker_of(session: AsyncSession, account: Account) -> Worker:
    """Return the worker behind an account, or refuse."""
    worker = await session.get(Worker, account.id)
    if worker is None:
        raise NoProfile
    return worker
