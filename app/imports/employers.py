"""Employers from a spreadsheet: they wait for verification like those that register themselves."""

import json
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.faults import faults_in
from app.core.keyring import blind_index, seal
from app.core.types import new_id
from app.employers.models import Ban, Employer, EmployerKind, Member
from app.employers.problems import LegalPersonBanned
from app.employers.schemas import EmployerDraft
from app.geo.points import Datum
from app.identity.id_numbers import IdNumberInvalid, read
from app.identity.models import Account
from app.identity.names import masked_name
from app.identity.phones import masked as masked_phone
from app.imports.columns import KEY, Cells, Column, Line
from app.imports.intake import PLACE, RESPONSIBLE, Intake, Spot, spot
from app.imports.models import Import, Outcome
from app.imports.reference import TOWNSHIP, Reference, Township

KINDS = {
    "企业": EmployerKind.ENTERPRISE,
    "个体工商户": EmployerKind.SOLE_TRADER,
    "个人雇主": EmployerKind.INDIVIDUAL,
}
KIND = Column("类型", "企业、个体工商户或个人雇主", "企业", words=tuple(KINDS))
NAME = Column("名称", "营业执照上的名称;个人雇主填本人姓名", "临汾市尧都区平阳家政有限公司")
IDENTIFIER = Column(
    "统一社会信用代码或证件号", "企业、个体工商户填 18 位代码;个人雇主填身份证件号码", "91110000600037341L"
)
CONTACT = Column("联系人", "联系人姓名", "王芳")
PHONE = Column("联系电话", "联系人手机号;其账号成为负责人", "13800138000")
_AT = {
    "/name": NAME,
    "/uscc": IDENTIFIER,
    "/id_number": IDENTIFIER,
    "/contact/name": CONTACT,
    "/contact/phone": PHONE,
    "/place": PLACE[0],
}


def _read(cells: Cells, reference: Reference) -> None:
    line = cells.line
    kind, township = cells.one_of(KIND, KINDS), reference.township(cells)
    name, identifier = cells.text(NAME), cells.text(IDENTIFIER, 24)
    contact, phone = cells.text(CONTACT), cells.text(PHONE, 20)
    where = spot(cells, township)
    if not (kind and township and name and identifier and contact and phone and where) or line.faults:
        return
    individual = kind is EmployerKind.INDIVIDUAL
    try:
        if individual:
            identifier = read(identifier, reference.today).number
        draft = EmployerDraft.model_validate(
            {
                "kind": kind,
                "name": name,
                "id_number" if individual else "uscc": identifier,
                "contact": {"name": contact, "phone": phone},
                "place": {**where.point._asdict(), "datum": Datum.wgs84, "address": where.address},
            }
        )
    except IdNumberInvalid as error:
        line.wrong(IDENTIFIER, f"id_number_{error.reason.value}", str(error))
        return
    except ValidationError as error:
        cells.blame(faults_in(error.errors(include_input=False)), _AT, IDENTIFIER)
        return
    line.given = (draft, township, where)
    legal_index = blind_index(draft.uscc or identifier, "legal-person")
    line.phone_index = blind_index(draft.contact.phone, "phone")
    line.person_index = legal_index


async def _decide(session: AsyncSession, _: Import, lines: list[Line]) -> None:
    """Refuse who is banned; link a legal person that the contact's account registered before."""
    persons = [line.person_index for line in lines]
    banned = set(await session.scalars(select(Ban.legal_index).where(Ban.legal_index.in_(persons))))
    found = await session.execute(
        select(Employer.legal_index, Account.phone_index, Employer.id)
        .join(Member, Member.employer_id == Employer.id)
        .join(Account, Account.id == Member.account_id)
        .where(Employer.legal_index.in_(persons))
        .order_by(Employer.id.desc())
    )
    registered = {(row.legal_index, row.phone_index): row.id for row in found}
    for line in lines:
        if line.person_index in banned:
            line.wrong(IDENTIFIER, LegalPersonBanned.code, LegalPersonBanned.title)
        elif there := registered.get((line.person_index, line.phone_index)):
            line.outcome, line.object_id = Outcome.LINKED, there
        else:
            line.object_id = new_id()


def _content(line: Line) -> dict[str, Any]:
    draft: EmployerDraft
    township: Township
    where: Spot
    draft, township, where = line.given
    id_, account_id = line.object_id, new_id()
    contact = json.dumps(draft.contact.model_dump(), ensure_ascii=False)
    individual = draft.kind is EmployerKind.INDIVIDUAL
    name = masked_name(draft.name) if individual else draft.name
    line.shown = {
        KIND.heading: next(word for word, kind in KINDS.items() if kind is draft.kind),
        NAME.heading: name,
        CONTACT.heading: masked_name(draft.contact.name),
        PHONE.heading: masked_phone(draft.contact.phone),
        TOWNSHIP.heading: township.name,
    }
    return {
        "account_id": str(account_id),
        "phone_sealed": seal(draft.contact.phone, f"accounts/phone/{account_id}").hex(),
        "kind": draft.kind.value,
        "name": name,
        "name_sealed": seal(draft.name, f"employers/name/{id_}").hex() if individual else None,
        "uscc": draft.uscc,
        "id_number_sealed": (
            seal(draft.id_number, f"employers/id_number/{id_}").hex() if draft.id_number else None
        ),
        "contact_sealed": seal(contact, f"employers/contact/{id_}").hex(),
        "lng": where.point.lng,
        "lat": where.point.lat,
        "address": where.address,
        "division": township.code,
        "county_code": township.county_code,
    }


_ROWS = f"""
    FROM import_rows r {RESPONSIBLE}, jsonb_to_record(r.content) AS v(
      account_id uuid, phone_sealed text, kind text, name text, name_sealed text, uscc text,
      id_number_sealed text, contact_sealed text, lng float8, lat float8, address text, division text,
      county_code text)
    WHERE r.import_id = :import_id AND r.outcome = 'new' AND r.number BETWEEN :first AND :last"""

INTAKE = Intake(
    title="用工主体",
    columns=(KEY, KIND, NAME, IDENTIFIER, CONTACT, PHONE, TOWNSHIP, *PLACE),
    read=_read,
    decide=_decide,
    content=_content,
    # A ban that comes while this is written is met at verification, which every one of them waits for.
    stale=text(
        """SELECT r.number FROM import_rows r
           WHERE r.import_id = :import_id AND r.outcome = 'new' AND (
             EXISTS (SELECT 1 FROM bans b WHERE b.legal_index = r.person_index)
             OR EXISTS (SELECT 1 FROM employers e
               JOIN employer_members m ON m.employer_id = e.id JOIN accounts a ON a.id = m.account_id
               WHERE e.legal_index = r.person_index AND a.phone_index = r.phone_index))
           ORDER BY r.number LIMIT 1000"""
    ),
    writing=[
        # One person may be the contact of several: the first row's account stands for all.
        text(
            f"""INSERT INTO accounts (id, phone_sealed, phone_index, state, language)
                SELECT v.account_id, decode(v.phone_sealed, 'hex'), r.phone_index, 'active', 'zh' {_ROWS}
                ORDER BY r.number ON CONFLICT (phone_index) DO NOTHING"""
        ),
        text(
            f"""INSERT INTO employers (id, kind, name, name_sealed, uscc, id_number_sealed, legal_index,
                  contact_sealed, place, address, division, county_code, station_id, state, trusted, hires,
                  disputes_lost, version, waiting_since)
                SELECT r.object_id, v.kind, v.name, decode(v.name_sealed, 'hex'), v.uscc,
                  decode(v.id_number_sealed, 'hex'), r.person_index, decode(v.contact_sealed, 'hex'),
                  ST_SetSRID(ST_MakePoint(v.lng, v.lat), 4326)::geography, v.address, v.division,
                  v.county_code, st.station_id, 'pending', false, 0, 0, 1, CAST(:now AS timestamptz)
                {_ROWS}"""
        ),
        text(
            """INSERT INTO employer_members (employer_id, account_id, role)
               SELECT r.object_id, a.id, 'owner'
               FROM import_rows r JOIN accounts a ON a.phone_index = r.phone_index
               WHERE r.import_id = :import_id AND r.outcome = 'new' AND r.number BETWEEN :first AND :last"""
        ),
    ],
    object_kind="employer",
    once=[("person_index, phone_index", IDENTIFIER)],
)
