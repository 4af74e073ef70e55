"""What becomes of a vacancy that came down: shown, held, waiting for a code, or recognised as ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import cast
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.faults import faults_in
from app.core.keyring import unseal
from app.core.problems import Fault, Invalid, Problem
from app.employers.problems import LegalPersonBanned, NotVerified
from app.employers.provincial import vouched_for
from app.employers.schemas import Contact
from app.employers.verification import GOOD_FOR
from app.geo.models import Division
from app.geo.places import PlaceGiven, read_back
from app.geo.points import Datum
from app.geo.problems import OutsideTheCity
from app.geo.queries import Location, locate
from app.inbound import codes, recognising, showing
from app.inbound.codes import Codes
from app.inbound.models import CodeKind, Vacancy, VacancyState
from app.jobs import lawful
from app.jobs.models import ClosedBecause, Hiring, Job, Shift
from app.jobs.problems import PostingIncomplete
from app.jobs.schemas import JobDraft
from app.mapping.postings import Posting
from app.mapping.profiles import PROFILE

_UNKNOWN = {
    CodeKind.TRADE: Fault(
        "/trade",
        "code_unknown",
        "工种代码尚未对照,本市对照后自动处理",
        "The city has not mapped this code yet",
    ),
    CodeKind.DIVISION: Fault(
        "/division",
        "code_unknown",
        "区划代码尚未对照,本市对照后自动处理",
        "The city has not mapped this code yet",
    ),
}
_ELSEWHERE = Fault(
    "/place",
    "place_outside_division",
    "工作地点不在所写的区划内",
    "The place is not in the division that is named",
)
_AT_THE_SEAT = "(位置以驻地标注)"


@dataclass(frozen=True)
class Found:
    """What becomes of a vacancy; `because`: why what shows it closes, if it does."""

    state: VacancyState
    faults: Sequence[Fault] = ()
    job_id: UUID | None = None
    own_job_id: UUID | None = None
    because: ClosedBecause | None = ClosedBecause.WITHDRAWN


async def settle(session: AsyncSession, vacancy: Vacancy) -> None:
    """Find out what becomes of a vacancy, which is locked, and do it.

    Workers see the newest version or none: what may not be shown as it is now is taken down, and mended
    it is a new posting. An employer's whom staff stopped is only hidden, as its postings always are.
    """
    found = await _found(session, vacancy)
    if found.state is not VacancyState.SHOWN and found.because:
        await showing.take_down(session, vacancy.job_id, found.because)
    vacancy.state = found.state
    vacancy.faults = [{"pointer": one.pointer, "code": one.code, "message": one.zh} for one in found.faults]
    vacancy.job_id = found.job_id or vacancy.job_id
    if found.state in (VacancyState.OWN, VacancyState.SHOWN, VacancyState.CLOSED):
        vacancy.own_job_id = found.own_job_id
    vacancy.settled_at = clock.now()
    if found.state is VacancyState.CLOSED:
        vacancy.contact_sealed = None
    await session.flush()


async def _found(session: AsyncSession, vacancy: Vacancy) -> Found:
    if vacancy.body is None:
        return Found(VacancyState.CLOSED)
    posting = PROFILE.posting(vacancy.body)
    vacancy.over_at = posting.over_at
    if vacancy.over_at <= clock.now():
        return Found(VacancyState.CLOSED, because=ClosedBecause.EXPIRED)
    ours = await codes.ours(session, posting)
    unknown = [_UNKNOWN[CodeKind.TRADE]] if ours.trade is None else []
    if posting.division and ours.division is None:
        unknown.append(_UNKNOWN[CodeKind.DIVISION])
    if unknown:
        return Found(VacancyState.WAITING, unknown)
    return await _judged(session, vacancy, posting, ours)


async def _judged(session: AsyncSession, vacancy: Vacancy, posting: Posting, ours: Codes) -> Found:
    """Show a vacancy, or hold it back with every reason that was found."""
    try:
        async with session.begin_nested():
            return await _placed(session, vacancy, posting, ours)
    except (NotVerified, LegalPersonBanned) as problem:
        stopped = Fault("/employer", problem.code, problem.title, problem.title_en)
        return Found(VacancyState.HELD, [stopped], because=None)
    except Problem as problem:
        why = problem.faults or [Fault("", problem.code, problem.title, problem.title_en)]
        return Found(VacancyState.HELD, why)
    except ValidationError as error:
        return Found(VacancyState.HELD, faults_in(error.errors(include_input=False)))


async def _placed(session: AsyncSession, vacancy: Vacancy, posting: Posting, ours: Codes) -> Found:
    """Recognise a vacancy as one of ours, or show it; refuses what may not be shown."""
    place = await _place(session, posting, ours.division)
    location = await locate(session, place.point) if place else None
    if place and location is None:
        raise OutsideTheCity.at("/place")
    if location and ours.division and not _agree(location, ours.division):
        raise Invalid(faults=[_ELSEWHERE])
    if location:
        own = await recognising.own(session, vacancy, posting, ours.trade or "", location.county.code)
        if own:
            return Found(VacancyState.OWN, own_job_id=own)
    draft = JobDraft.model_validate(
        {
            "employer_id": vacancy.job_id or UUID(int=0),  # it is told below
            "title": posting.title,
            "trade": ours.trade,
            "place": place,
            "hiring": Hiring.REVIEW,
            "shifts": posting.to_come(clock.now()),
            "valid_until": posting.valid_until,
            **posting.terms,
        }
    )
    missing = _missing(draft)
    if missing or place is None:
        raise PostingIncomplete(faults=missing)
    employer = await vouched_for(
        session, posting.employer, posting.uscc, _contact(vacancy), place, _until(draft)
    )
    draft.employer_id = employer.id
    return Found(VacancyState.SHOWN, job_id=await showing.show(session, vacancy, employer, draft))


async def _place(session: AsyncSession, posting: Posting, division: str | None) -> PlaceGiven | None:
    """Return where the work is; the division's seat stands for a place that is not told, and says so."""
    if posting.place:
        return PlaceGiven.model_validate(posting.place)
    about = await session.get(Division, division) if division else None
    if about is None or about.seat is None:
        return None
    seat = read_back(about.seat)
    return PlaceGiven(lng=seat.lng, lat=seat.lat, datum=Datum.wgs84, address=f"{about.name}{_AT_THE_SEAT}")


def _agree(location: Location, division: str) -> bool:
    """Tell whether a place lies in a division; townships have no drawn bounds, so by the county."""
    return location.county.code.startswith(division[:6])


def _missing(draft: JobDraft) -> list[Fault]:
    """Return what the law asks a posting to carry and is not there (rule 3), as for any posting."""
    read = SimpleNamespace(
        title=draft.title,
        trade=draft.trade,
        description=draft.description,
        places=draft.place,
        pay_fen=draft.pay,
        pay_settlement=draft.pay_settlement,
        insurance=draft.insurance,
        valid_until=draft.valid_until,
    )
    return lawful.missing(cast("Job", read), cast("Sequence[Shift]", draft.shifts))


def _until(draft: JobDraft) -> datetime:
    """Return how long the province's word for the employer stands: six months, or its last shift."""
    return max(clock.now() + GOOD_FOR, *(shift.ends_at for shift in draft.shifts))


def _contact(vacancy: Vacancy) -> Contact | None:
    if vacancy.contact_sealed is None:
        return None
    return Contact.model_validate_json(unseal(vacancy.contact_sealed, contact_aad(vacancy.source_id)))


def contact_aad(source_id: str) -> str:
    """Return what a sealed contact is bound to."""
    return f"province_vacancies/contact/{source_id}"
