"""Workers from a spreadsheet: registered with the consent that they signed on paper."""

from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.faults import faults_in
from app.core.keyring import blind_index, seal
from app.core.types import new_id
from app.identity.actions import CONSENT_ON_PAPER
from app.identity.id_numbers import IdNumber, IdNumberInvalid, age_on, masked, read
from app.identity.models import Account
from app.identity.names import masked_name, pairs_of
from app.identity.phones import Phone
from app.identity.phones import masked as masked_phone
from app.imports.columns import KEY, Cells, Column, Line
from app.imports.intake import APPROXIMATE, RESPONSIBLE, Intake
from app.imports.models import Import, Outcome
from app.imports.reference import TOWNSHIP, Reference, Township
from app.workers.actions import WORKING_AGE
from app.workers.events import WorkerVerified
from app.workers.models import KEY_GROUPS, KeyGroup, Worker
from app.workers.problems import TooYoung
from app.workers.schemas import RealNameGiven

GROUPS = {name: group for group, name in KEY_GROUPS.items()}
NAME = Column("姓名", "证件上的姓名", "李建国")
ID_NUMBER = Column("证件号码", "居民身份证等的 18 位号码;该列须为文本格式", "11010519491231002X")
PHONE = Column("手机号", "本人手机号;没有的留空,由就业服务站联络", "13800138000", required=False)
HOME = Column("常住乡镇", TOWNSHIP.explained, TOWNSHIP.example)
TRADES = Column(
    "工种", "会做的工种名称或代码,多项以顿号分开,至多 20 项", "搬运装卸、家政保洁", required=False
)
KEY_GROUP = Column("重点群体", "本人申报的,多项以顿号分开", "农民工", required=False, words=tuple(GROUPS))
CONSENT = Column("同意书签署", "本人已在纸质同意书上签字同意使用证件号码的填 是", "是", words=("是",))
_phone: TypeAdapter[str] = TypeAdapter(Phone)


class Person(NamedTuple):
    name: str
    number: IdNumber
    phone: str | None
    township: Township
    trades: list[str]
    groups: list[KeyGroup]


def _read(cells: Cells, reference: Reference) -> None:
    line = cells.line
    name, phone, number = _name(cells), _phone_in(cells), _number(cells, reference)
    township = reference.township(cells, HOME)
    trades = cells.some_of(TRADES, reference.trade_codes, 20)
    groups = cells.some_of(KEY_GROUP, GROUPS, 10)
    cells.one_of(CONSENT, {"是": True})
    if name and number and township and not line.faults:
        line.given = Person(name, number, phone, township, trades, groups)
        line.person_index = blind_index(number.number, "id-number")
        line.phone_index = blind_index(phone, "phone") if phone else None


def _name(cells: Cells) -> str | None:
    name = cells.text(NAME, 50)
    try:
        return RealNameGiven(name=name, id_number="0" * 18).name if name else None
    except ValidationError as error:
        cells.blame(faults_in(error.errors(include_input=False)), {}, NAME)
        return None


def _phone_in(cells: Cells) -> str | None:
    given = cells.text(PHONE, 20)
    try:
        return _phone.validate_python(given) if given else None
    except ValidationError as error:
        cells.blame(faults_in(error.errors(include_input=False)), {}, PHONE)
        return None


def _number(cells: Cells, reference: Reference) -> IdNumber | None:
    given = cells.text(ID_NUMBER, 24)
    try:
        number = read(given, reference.today) if given else None
    except IdNumberInvalid as error:
        cells.line.wrong(ID_NUMBER, f"id_number_{error.reason.value}", str(error))
        return None
    if number and age_on(number.birth_date, reference.today) < WORKING_AGE:
        cells.line.wrong(ID_NUMBER, TooYoung.code, TooYoung.title)
        return None
    return number


async def _decide(session: AsyncSession, imported: Import, lines: list[Line]) -> None:
    """Link who is known by the number, take the account of a known phone, make the others new."""
    served = tuple(imported.served)
    by_number = {
        row.id_number_index: row
        for row in await session.execute(
            select(Worker.id_number_index, Worker.id, Account.phone_index)
            .join(Account, Account.id == Worker.id)
            .where(Worker.id_number_index.in_([line.person_index for line in lines]))
        )
    }
    phones = [line.phone_index for line in lines if line.phone_index]
    by_phone = {
        row.phone_index: row
        for row in await session.execute(
            select(Account.phone_index, Account.id, Worker.verified_at, Worker.division)
            .outerjoin(Worker, Worker.id == Account.id)
            .where(Account.phone_index.in_(phones))
        )
    }
    for line in lines:
        person = by_number.get(line.person_index)
        owner = by_phone.get(line.phone_index) if line.phone_index else None
        if owner and (person.id != owner.id if person else owner.verified_at):
            line.wrong(PHONE, "phone_of_another", "该手机号属于另一位已实名的人,请核对")
        elif not person and owner and owner.division and not owner.division.startswith(served):
            line.wrong(PHONE, "out_of_reach", "该手机号的本人登记在别处,请由当地机构办理")
        elif person:
            line.outcome, line.object_id = Outcome.LINKED, person.id
        else:
            line.object_id = owner.id if owner else new_id()


def _content(line: Line) -> dict[str, Any]:
    person: Person = line.given
    id_, seat = line.object_id, person.township.seat
    line.shown = {
        NAME.heading: masked_name(person.name),
        ID_NUMBER.heading: masked(person.number.number),
        PHONE.heading: masked_phone(person.phone) if person.phone else "无,由服务站联络",
        HOME.heading: person.township.name,
    }
    return {
        "phone_sealed": seal(person.phone, f"accounts/phone/{id_}").hex() if person.phone else None,
        "name_shown": masked_name(person.name),
        "name_pairs": pairs_of(person.name),
        "name_sealed": seal(person.name, f"workers/name/{id_}").hex(),
        "id_number_sealed": seal(person.number.number, f"workers/id_number/{id_}").hex(),
        "id_kind": person.number.kind.value,
        "birth_date": person.number.birth_date.isoformat(),
        "division": person.township.code,
        "lng": seat.lng,
        "lat": seat.lat,
        "address": f"{person.township.county}{person.township.name}{APPROXIMATE}",
        "trades": person.trades,
        "key_groups": [group.value for group in person.groups],
    }


_ROWS = """
    FROM import_rows r, jsonb_to_record(r.content) AS v(
      phone_sealed text, name_shown text, name_pairs int[], name_sealed text, id_number_sealed text,
      id_kind text, birth_date date, division text, lng float8, lat float8, address text, trades text[],
      key_groups text[])
    WHERE r.import_id = :import_id AND r.outcome = 'new' AND r.number BETWEEN :first AND :last"""

INTAKE = Intake(
    title="劳动者",
    columns=(KEY, NAME, ID_NUMBER, PHONE, HOME, TRADES, KEY_GROUP, CONSENT),
    read=_read,
    decide=_decide,
    content=_content,
    # Somebody registered meanwhile with the number or the phone, or is gone.
    stale=text(
        """SELECT r.number FROM import_rows r
           LEFT JOIN workers known ON known.id_number_index = r.person_index
           LEFT JOIN workers own ON own.id = r.object_id
           LEFT JOIN accounts a ON a.phone_index = r.phone_index
           WHERE r.import_id = :import_id AND CASE r.outcome
             WHEN 'new' THEN known.id IS NOT NULL OR own.verified_at IS NOT NULL OR a.id <> r.object_id
             WHEN 'linked' THEN known.id IS DISTINCT FROM r.object_id
             ELSE false END
           ORDER BY r.number LIMIT 1000"""
    ),
    writing=[
        text(
            f"""INSERT INTO accounts (id, phone_sealed, phone_index, state, language)
                SELECT r.object_id, decode(v.phone_sealed, 'hex'), r.phone_index, 'active', 'zh' {_ROWS}
                ON CONFLICT (id) DO NOTHING"""
        ),
        # Who had a profile without a real name keeps it; the home is the township's seat otherwise.
        text(
            f"""INSERT INTO workers (id, name_shown, home, home_address, division, travel_radius_m, trades,
                  availability, key_groups, version, name_pairs, name_sealed, id_number_sealed,
                  id_number_index, id_kind, birth_date, verified_at)
                SELECT r.object_id, v.name_shown, ST_SetSRID(ST_MakePoint(v.lng, v.lat), 4326)::geography,
                  v.address, v.division, 10000, v.trades, '[]', v.key_groups, 1, v.name_pairs,
                  decode(v.name_sealed, 'hex'), decode(v.id_number_sealed, 'hex'), r.person_index, v.id_kind,
                  v.birth_date, CAST(:now AS timestamptz) {_ROWS}
                ON CONFLICT (id) DO UPDATE SET
                  name_sealed = excluded.name_sealed, name_pairs = excluded.name_pairs,
                  identity_reason = NULL, id_number_sealed = excluded.id_number_sealed,
                  id_number_index = excluded.id_number_index, id_kind = excluded.id_kind,
                  birth_date = excluded.birth_date, verified_at = excluded.verified_at,
                  division = coalesce(workers.division, excluded.division),
                  version = workers.version + 1"""
        ),
        text(
            f"""INSERT INTO consents (account_id, purpose, given, at, text_version)
                SELECT r.object_id, 'real_name', true, CAST(:now AS timestamptz), '{CONSENT_ON_PAPER}' {_ROWS}
                ON CONFLICT (account_id, purpose) DO UPDATE
                SET given = true, at = excluded.at, text_version = excluded.text_version
                WHERE NOT consents.given"""  # noqa: S608 - our own text
        ),
        # Who has no phone is called by the station.
        text(
            f"""INSERT INTO reached_through_stations (id, station_id)
                SELECT r.object_id, st.station_id FROM import_rows r {RESPONSIBLE}
                WHERE r.import_id = :import_id AND r.outcome = 'new' AND r.phone_index IS NULL
                  AND r.number BETWEEN :first AND :last ON CONFLICT (id) DO NOTHING"""  # noqa: S608 - our own text
        ),
    ],
    object_kind="worker",
    once=[("person_index", ID_NUMBER), ("phone_index", PHONE)],
    event=WorkerVerified,
)
