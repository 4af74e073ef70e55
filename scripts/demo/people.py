"""Invented people: names, phones, ID numbers, and the workers among them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.audit.actions import Actor
from app.audit.models import ActorKind, Entry
from app.core.clock import day_of
from app.core.keyring import blind_index, seal
from app.geo.places import stored
from app.identity.actions import CONSENT_ON_PAPER, CONSENT_TEXT
from app.identity.id_numbers import IdKind, age_on
from app.identity.models import Account, Consent, Purpose
from app.identity.names import pairs_of
from app.stations.models import Role, Staff
from app.workers.models import Certificate, CertificateState, KeyGroup, Worker
from scripts.demo import picture
from scripts.demo.chance import Chance
from scripts.demo.copying import Table, Values, row
from scripts.demo.gigs import GIGS
from scripts.demo.identities import FACES, account_of, full_name, id_number, worker_phone
from scripts.demo.ledger import entry
from scripts.demo.offices import TOWNSHIPS
from scripts.demo.places import Place, Places
from scripts.demo.reference import Reference

WORKERS = 5_000
VERIFIED = 4_600
LATE = range(FACES - 2, FACES)  # the last two of them have not proved who they are
WITHOUT_PHONE = range(FACES, FACES + 60)  # registered on paper at the townships' stations that have staff
_KEY_GROUPS = {
    KeyGroup.MIGRANT_WORKER: 30,
    KeyGroup.LIFTED_OUT_OF_POVERTY: 9,
    KeyGroup.HARD_TO_EMPLOY: 6,
    KeyGroup.REGISTERED_UNEMPLOYED: 6,
    KeyGroup.VETERAN: 3,
    KeyGroup.DISABLED: 2,
    KeyGroup.LOW_INCOME: 3,
    KeyGroup.ZERO_EMPLOYMENT_FAMILY: 1,
}
_AGES = {(18, 24): 12, (25, 34): 20, (35, 44): 22, (45, 54): 26, (55, 63): 18, (64, 68): 2}
_HOURS = (("07:00", "19:00"), ("08:00", "18:00"), ("06:00", "12:00"), ("13:00", "21:00"), ("17:00", "23:00"))
_RADII_M = {3_000: 2, 5_000: 4, 8_000: 3, 10_000: 6, 15_000: 3, 20_000: 2, 30_000: 1}
_ELDERLY = {(48, 57): 5, (58, 66): 4}
_IN_NEED = (KeyGroup.HARD_TO_EMPLOY, KeyGroup.LOW_INCOME, KeyGroup.LIFTED_OUT_OF_POVERTY, KeyGroup.DISABLED)
_CHECKED_WITHIN = timedelta(days=6)  # five working days are promised
_HOLD_IT = 0.8  # of those whose trade asks for a certificate by law
_WILL = {Purpose.POSITION: 0.7, Purpose.FIND_ME: 0.6, Purpose.PROVINCE: 0.5}


@dataclass
class Workforce:
    """The workers with all that hangs on them, and who may do what."""

    accounts: list[Account] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    consents: list[Values] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    entries: list[Values] = field(default_factory=list)
    held: dict[UUID, set[str]] = field(default_factory=dict)
    without_phone: dict[UUID, Staff] = field(default_factory=dict)  # and the clerk who registered them

    def tables(self) -> list[Table]:
        return [
            (Account, self.accounts),
            (Worker, self.workers),
            (Consent, self.consents),
            (Certificate, self.certificates),
            (Entry, self.entries),
        ]


def made(
    reference: Reference, places: Places, staff: Sequence[Staff], today: datetime, seed: str
) -> Workforce:
    """Return 5,000 workers, 4,600 of them verified; `today` is its first moment."""
    chance, force, taken = Chance("workers", seed), Workforce(), set[str]()
    day = day_of(today)
    trades = {gig.trade: float(gig.weight) for gig in GIGS}
    after = range(WITHOUT_PHONE.stop, WORKERS)
    unverified = {*LATE, *chance.sample(after, WORKERS - VERIFIED - len(LATE))}
    clerks = {one.station_id: one for one in staff if one.role is Role.CLERK}
    reviewers = {one.username.rpartition("-")[2]: one for one in staff if one.role is Role.REVIEWER}
    yaodu = [town for town in reference.townships.values() if town.code.startswith("1410020")]
    for n in range(WORKERS):
        since = chance.between(today - timedelta(days=400), today - timedelta(days=1))
        if n < FACES:  # early enough to have worked, and in the middle of the city
            since = today - timedelta(days=200 - n)
        home = places.around(chance, yaodu[n], 1_500) if n < FACES else places.anywhere(chance)
        phone: str | None = worker_phone(n + 1)
        if n in WITHOUT_PHONE:
            since = _at_the_counter(chance, today - timedelta(days=2 + 3 * (n - FACES)))
            home = places.around(chance, reference.townships[TOWNSHIPS[n % len(TOWNSHIPS)]], 300)
            phone = None
        account = account_of(chance, phone, since)
        name, born = full_name(chance), _birth_date(chance, day, _AGES if phone else _ELDERLY)
        worker = _worker(chance, account, home, trades, name, age_on(born, day))
        force.accounts.append(account)
        force.workers.append(worker)
        force.held[worker.id] = set()
        if n not in unverified:
            moment = since + timedelta(minutes=chance.randint(3, 600) if phone else 1)
            number = id_number(chance, home.township.county_code, born, taken)
            clerk = None
            if phone is None:
                clerk = force.without_phone[worker.id] = clerks[home.township.station_id]
                worker.key_groups = sorted({*worker.key_groups, chance.choice(_IN_NEED)} if n % 3 else ())
            _prove(chance, force, worker, name, born, number, moment, clerk)
            _hand_in(chance, force, worker, reference, moment, today)
            if moment < today - _CHECKED_WITHIN:
                _check(chance, force, worker, reviewers[home.township.county_code], moment)
    return force


def _at_the_counter(chance: Chance, day: datetime) -> datetime:
    return day + timedelta(hours=chance.choice((8, 9, 10, 15, 16)), minutes=chance.randrange(60))


def _birth_date(chance: Chance, today: date, ages: dict[tuple[int, int], int]) -> date:
    youngest, oldest = chance.of(ages)
    year = today.year - chance.randint(youngest, oldest) - 1
    return date(year, chance.randint(1, 12), chance.randint(1, 28))


def _worker(
    chance: Chance, account: Account, home: Place, trades: dict[str, float], name: str, age: int
) -> Worker:
    return row(
        Worker,
        id=account.id,
        name_shown=name[0] + ("师傅" if age > 30 else "同学"),  # noqa: PLR2004
        home=stored(home.point),
        home_address=home.address,
        division=home.township.code,
        travel_radius_m=chance.of(_RADII_M),
        trades=sorted({chance.of(trades) for _ in range(chance.randint(1, 4))}),
        availability=_availability(chance),
        expected_pay=_expected(chance),
        key_groups=_key_groups(chance, age),
        version=1,
        created_at=account.created_at,
    )


def _availability(chance: Chance) -> list[dict[str, Any]]:
    if chance.happens(0.4):
        return []
    from_, until = chance.choice(_HOURS)
    days = (6, 7) if chance.happens(0.25) else range(1, 8 if chance.happens(0.7) else 6)
    return [{"weekday": day, "from": from_, "until": until} for day in days]


def _expected(chance: Chance) -> dict[str, Any] | None:
    if chance.happens(0.2):
        return None
    if chance.happens(0.6):
        return {"amount_fen": chance.randrange(20_000, 36_000, 1_000), "per": "day"}
    return {"amount_fen": chance.randrange(2_400, 4_200, 100), "per": "hour"}


def _key_groups(chance: Chance, age: int) -> list[str]:
    groups = [group.value for group, share in _KEY_GROUPS.items() if chance.happens(share / 100)]
    if age <= 24 and chance.happens(0.7):  # noqa: PLR2004
        groups.append(KeyGroup.GRADUATE if chance.happens(0.5) else KeyGroup.YOUTH)
    return groups


def _prove(
    chance: Chance,
    force: Workforce,
    worker: Worker,
    name: str,
    born: date,
    number: str,
    moment: datetime,
    clerk: Staff | None,
) -> None:
    """Verify the real name as the app does, or a clerk by a signed sheet, consent and ledger included."""
    worker.name_sealed = seal(name, f"workers/name/{worker.id}")
    worker.name_pairs = pairs_of(name)
    worker.id_number_sealed = seal(number, f"workers/id_number/{worker.id}")
    worker.id_number_index = blind_index(number, "id-number")
    worker.id_kind, worker.birth_date, worker.verified_at = IdKind.resident, born, moment
    said = {Purpose.REAL_NAME: True}
    if clerk is None:
        said |= {p: chance.happens(share) for p, share in _WILL.items()}
    for purpose, given in said.items():
        force.consents.append(
            {
                "account_id": worker.id,
                "purpose": purpose.value,
                "given": given,
                "at": moment - timedelta(minutes=1),
                "text_version": CONSENT_ON_PAPER if clerk else CONSENT_TEXT,
            }
        )
    actor = Actor(ActorKind.ACCOUNT, worker.id)
    if clerk:
        actor = Actor(ActorKind.STAFF, clerk.id, clerk.name)
    after = {"id_kind": IdKind.resident.value}
    force.entries.append(entry(chance, moment, actor, "worker.real_name", worker, after=after))


def _check(chance: Chance, force: Workforce, worker: Worker, by: Staff, verified_at: datetime) -> None:
    """Let a reviewer compare the name with the document, within the days that are promised."""
    at = verified_at + timedelta(minutes=chance.randint(60, 60 * 24 * (_CHECKED_WITHIN.days - 1)))
    worker.identity_checked_at, worker.identity_checked_by = at, by.id
    actor, checked = Actor(ActorKind.STAFF, by.id, by.name), {"checked": True}
    force.entries.append(entry(chance, at, actor, "worker.identity_confirm", worker, after=checked))


def _hand_in(
    chance: Chance, force: Workforce, worker: Worker, reference: Reference, moment: datetime, today: datetime
) -> None:
    """Hand in the certificates of the worker's trades; those of the last days wait for a reviewer."""
    kinds = sorted({c for trade in worker.trades if (c := reference.trades[trade].certificate)})
    for kind in kinds:
        if not chance.happens(_HOLD_IT):
            continue
        verified = chance.happens(0.95)
        handed_in = moment + timedelta(hours=1)
        if not verified:
            handed_in = chance.between(max(handed_in, today - timedelta(days=4)), today)
        force.certificates.append(
            Certificate(
                id=chance.id_at(handed_in),
                worker_id=worker.id,
                kind=kind,
                valid_until=handed_in.date() + timedelta(days=chance.randint(500, 900)),
                picture_key=picture.KEY,
                state=CertificateState.VERIFIED if verified else CertificateState.PENDING,
                created_at=handed_in,
                decided_at=handed_in + timedelta(hours=1) if verified else None,
            )
        )
        if verified:
            force.held[worker.id].add(kind)
