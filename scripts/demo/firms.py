"""The employers of the demo city: enterprises, sole traders, households; verified, waiting, stopped."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.audit.actions import Actor
from app.audit.models import ActorKind, Entry
from app.core.keyring import blind_index, seal
from app.employers.models import Ban, Employer, EmployerKind, EmployerState, Member, MemberRole
from app.employers.verification import GOOD_FOR
from app.geo.places import stored
from app.geo.reference import ZONE
from app.identity.models import Account
from app.identity.names import masked_name
from app.stations.models import Staff
from scripts.demo.chance import Chance
from scripts.demo.copying import Table, Values
from scripts.demo.identities import account_of, employer_phone, full_name, id_number
from scripts.demo.ledger import entry
from scripts.demo.numbers import valid_uscc
from scripts.demo.places import Place, Places
from scripts.demo.reference import Reference

EMPLOYERS = 200
_KINDS = {EmployerKind.ENTERPRISE: 120, EmployerKind.SOLE_TRADER: 50, EmployerKind.INDIVIDUAL: 30}
# The ten that demo.json hands out: their kinds, and what they show.
_FACES = "eessiieeee"
_STATES = {
    4: EmployerState.PENDING,
    6: EmployerState.PENDING,
    7: EmployerState.SUSPENDED,
    8: EmployerState.BANNED,
}
_TRUSTED, _DUE = {0, 2}, 9
_WAITING = range(189, 200)
_IN_THE_ZONE = range(10, 16)
_BY_LETTER = {"e": EmployerKind.ENTERPRISE, "s": EmployerKind.SOLE_TRADER, "i": EmployerKind.INDIVIDUAL}
_REASONS = {
    EmployerState.SUSPENDED: "联系电话无法接通,待核实后恢复",
    EmployerState.BANNED: "虚构岗位,经调查属实",
}
_BRANDS = (
    "平阳", "尧都", "汾河", "晋南", "河东", "鼓楼", "华门",
    "新田", "霍泉", "古槐", "陶寺", "丁村", "云丘", "壶口",
    "姑射", "广胜", "浍水", "太岳", "唐尧", "龙祠",
)  # fmt: skip
_WORDS = (
    "和顺", "兴旺", "恒通", "瑞丰", "益民", "安居", "宏达",
    "众诚", "惠民", "同创", "锦程", "万家", "永泰", "盛源",
)  # fmt: skip
_TRADES = (
    "家政服务",
    "物流",
    "建筑劳务",
    "物业管理",
    "农业开发",
    "食品",
    "商贸",
    "餐饮管理",
    "园林绿化",
    "机械铸造",
)
_SHOPS = (
    "饭店",
    "超市",
    "家政服务部",
    "装饰经营部",
    "果品合作站",
    "洗车行",
    "快递网点",
    "奶茶店",
    "农家乐",
    "五金店",
)


@dataclass
class Firms:
    """The employers with all that hangs on them."""

    accounts: list[Account] = field(default_factory=list)
    employers: list[Employer] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    bans: list[Ban] = field(default_factory=list)
    entries: list[Values] = field(default_factory=list)

    def tables(self) -> list[Table]:
        return [
            (Account, self.accounts),
            (Employer, self.employers),
            (Member, self.members),
            (Ban, self.bans),
            (Entry, self.entries),
        ]


def made(
    reference: Reference, places: Places, reviewers: dict[str, Staff], today: datetime, seed: str
) -> Firms:
    """Return 200 employers; `today` is its first moment. The first ten lie in the middle of Yaodu."""
    chance, firms, names, taken = Chance("employers", seed), Firms(), set[str](), set[str]()
    faces = [_BY_LETTER[letter] for letter in _FACES]
    left = Counter(_KINDS)
    left.subtract(faces)
    rest = list(left.elements())
    chance.shuffle(rest)
    yaodu = [town for town in reference.townships.values() if town.code.startswith("1410020")]
    for n, kind in enumerate([*faces, *rest]):
        place = places.around(chance, yaodu[n], 1_500) if n < len(faces) else places.anywhere(chance)
        if n in _IN_THE_ZONE:
            place = places.around(chance, reference.townships[ZONE], 900)
        since = chance.between(today - timedelta(days=300), today - timedelta(days=136))
        state = _STATES.get(n, EmployerState.VERIFIED)
        if n in _WAITING:
            state = EmployerState.PENDING
        if state is EmployerState.PENDING:
            since = chance.between(today - timedelta(days=6), today - timedelta(hours=12))
        if n == _DUE:
            since = today - timedelta(days=250)
        account = account_of(chance, employer_phone(n + 1), since)
        employer = _employer(chance, kind, place, account, employer_phone(n + 1), names, taken)
        employer.state, employer.trusted = state, n in _TRUSTED
        if n >= len(faces) and state is EmployerState.VERIFIED:
            employer.trusted = chance.happens(0.2)
        _decide(chance, firms, employer, reviewers[employer.county_code], today, due=n == _DUE)
        firms.accounts.append(account)
        firms.employers.append(employer)
        firms.members.append(
            Member(
                employer_id=employer.id,
                account_id=account.id,
                role=MemberRole.OWNER,
                since=employer.created_at,
            )
        )
    return firms


def _employer(
    chance: Chance,
    kind: EmployerKind,
    place: Place,
    account: Account,
    phone: str,
    names: set[str],
    taken: set[str],
) -> Employer:
    since, town = account.created_at + timedelta(minutes=20), place.township
    owner = full_name(chance)
    employer = Employer(
        id=chance.id_at(since),
        kind=kind,
        place=stored(place.point),
        address=place.address,
        division=town.code,
        county_code=town.county_code,
        station_id=town.station_id,
        hires=0,
        version=1,
        created_at=since,
        waiting_since=since,
    )
    if kind is EmployerKind.INDIVIDUAL:
        born = date(chance.randint(1962, 1996), chance.randint(1, 12), chance.randint(1, 28))
        number = id_number(chance, town.county_code, born, taken)
        employer.name = masked_name(owner)
        employer.name_sealed = seal(owner, f"employers/name/{employer.id}")
        employer.id_number_sealed = seal(number, f"employers/id_number/{employer.id}")
        employer.legal_index = blind_index(number, "legal-person")
    else:
        employer.name = _name(chance, kind, town.county_name, names)
        organisation = "1" if kind is EmployerKind.ENTERPRISE else "2"
        employer.uscc = valid_uscc(town.county_code, 70_000_000 + len(names), organisation)
        employer.legal_index = blind_index(employer.uscc, "legal-person")
    contact = json.dumps({"name": owner, "phone": phone}, ensure_ascii=False)
    employer.contact_sealed = seal(contact, f"employers/contact/{employer.id}")
    return employer


def _name(chance: Chance, kind: EmployerKind, county: str, names: set[str]) -> str:
    while True:
        brand, word = chance.choice(_BRANDS), chance.choice(_WORDS)
        if kind is EmployerKind.ENTERPRISE:
            start = chance.choice(("临汾市", "山西", county))
            name = f"{start}{brand}{word}{chance.choice(_TRADES)}有限公司"
        else:
            name = f"{county}{chance.choice((brand, word))}{chance.choice(_SHOPS)}"
        if name not in names:
            names.add(name)
            return name


def _decide(
    chance: Chance, firms: Firms, employer: Employer, by: Staff, today: datetime, *, due: bool
) -> None:
    """Verify all but those who wait; stop one and ban one, with the ledger's lines."""
    if employer.state is EmployerState.PENDING:
        return
    actor = Actor(ActorKind.STAFF, by.id, by.name)
    moment = chance.between(today - timedelta(days=135), today - timedelta(days=127))
    if due:
        moment = today + timedelta(days=5, hours=10) - GOOD_FOR
    employer.verified_at, employer.verified_until = moment, moment + GOOD_FOR
    employer.version = 2
    verified = {"state": EmployerState.VERIFIED.value}
    firms.entries.append(
        entry(chance, moment, actor, "employer.verify", employer, before={"state": "pending"}, after=verified)
    )
    if employer.state is EmployerState.VERIFIED:
        return
    moment, employer.reason = today - timedelta(days=9), _REASONS[employer.state]
    verb = "ban" if employer.state is EmployerState.BANNED else "suspend"
    employer.version = 3
    firms.entries.append(
        entry(
            chance,
            moment,
            actor,
            f"employer.{verb}",
            employer,
            before=verified,
            after={"state": employer.state.value},
            reason=employer.reason,
        )
    )
    if employer.state is EmployerState.BANNED:
        firms.bans.append(Ban(legal_index=employer.legal_index, reason=employer.reason, since=moment))
