"""What the demo city hands out to programs: .local/demo.json."""

import json
import os
from collections.abc import Iterable
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from sqlalchemy import Integer, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.keyring import blind_index
from app.core.settings import Settings
from app.counter.models import Errand, Reached
from app.employers.models import Employer, Member
from app.engagements.models import Engagement, EngagementState, KeptPlace
from app.fairs.models import Fair, FairState
from app.geo.models import Division
from app.identity.models import Account
from app.stations.models import Staff, Station, StationKind
from app.streams.models import Stream
from app.workers.models import Worker
from scripts.demo import offices, picture
from scripts.demo.identities import FACES, employer_phone, worker_phone
from scripts.demo.tales import EMPLOYERS_SHOW, WORKERS_SHOW


def path(settings: Settings) -> Path:
    return settings.local_dir / "demo.json"


def read(settings: Settings) -> dict[str, Any] | None:
    """Return what was handed out; None when it is absent or broken."""
    try:
        content: dict[str, Any] = json.loads(path(settings).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return content


async def see_to_it(session: AsyncSession, settings: Settings) -> None:
    """Write demo.json for its owner alone, unless it is there and says where this service is reached."""
    kept = read(settings)
    if kept is not None and kept.get("base_url") == settings.reached_at:
        return
    await picture.keep()
    content = await _content(session, settings)
    path(settings).parent.mkdir(parents=True, exist_ok=True)
    fresh = path(settings).with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    fresh.replace(path(settings))


async def _content(session: AsyncSession, settings: Settings) -> dict[str, Any]:
    return {
        "base_url": settings.reached_at,
        "staff": await _staff(session),
        "province": {
            "client_id": offices.CLIENT_ID,
            "client_secret": offices.client_secret(),
            "token_url": f"{settings.reached_at}/sync/v1/oauth/token",
        },
        "workers": await _workers(session),
        "employers": await _employers(session),
        "without_phone": await _without_phone(session),
        "stations": await _stations(session, settings),
        "fairs": await _fairs(session),
    }


async def _staff(session: AsyncSession) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(Staff.username, Staff.role, Station.division, Station.name, Station.kind, Division.level)
        .join(Station, Station.id == Staff.station_id)
        .join(Division, Division.code == Station.division)
        .order_by(Staff.id)
    )
    return [
        {
            "username": username,
            "password": offices.password(),
            "totp_secret": offices.totp_secret(username),
            "role": role.value,
            "level": kind.value if kind is StationKind.MARKET else level.value,
            "division": division,
            "station": station,
        }
        for username, role, division, station, kind, level in rows
        if username == f"{role}-{division}"
    ]


async def _workers(session: AsyncSession) -> list[dict[str, Any]]:
    phones = _by_index(worker_phone(n + 1) for n in range(FACES))
    rows = await session.execute(
        select(Account.phone_index, Worker)
        .join(Worker, Worker.id == Account.id)
        .where(Account.phone_index.in_(list(phones)))
    )
    found = dict(rows.all())
    return [
        {
            "phone": phone,
            "name_shown": found[index].name_shown,
            "verified": found[index].verified_at is not None,
            "division": found[index].division,
            "shows": list(shows),
        }
        for (index, phone), shows in zip(phones.items(), chain(WORKERS_SHOW, repeat(())), strict=False)
        if index in found
    ]


async def _employers(session: AsyncSession) -> list[dict[str, Any]]:
    phones = _by_index(employer_phone(n + 1) for n in range(FACES))
    rows = await session.execute(
        select(Account.phone_index, Employer)
        .join(Member, Member.account_id == Account.id)
        .join(Employer, Employer.id == Member.employer_id)
        .where(Account.phone_index.in_(list(phones)))
        .order_by(Employer.id)
    )
    first = dict(reversed(rows.all()))
    return [
        {
            "phone": phone,
            "employer_id": str(first[index].id),
            "name": first[index].name,
            "kind": first[index].kind.value,
            "state": first[index].state.value,
            "trusted": first[index].trusted,
            "shows": list(shows),
        }
        for (index, phone), shows in zip(phones.items(), chain(EMPLOYERS_SHOW, repeat(())), strict=False)
        if index in first
    ]


async def _without_phone(session: AsyncSession) -> list[dict[str, Any]]:
    """Return at each station one of those whom it reaches, with the most that there is to see."""
    shows = {
        "errand_open": exists().where(Errand.account_id == Worker.id, Errand.done_at.is_(None)),
        "place_kept": exists().where(KeptPlace.worker_id == Worker.id),
        "taken_on": exists().where(
            Engagement.worker_id == Worker.id, Engagement.state == EngagementState.AGREED
        ),
        "key_group": func.cardinality(Worker.key_groups) > 0,
    }
    much = sum((cast(one, Integer) for one in shows.values()), literal(0))
    rows = await session.execute(
        select(Worker.id, Worker.name_shown, Station.id, Station.name, Station.division, *shows.values())
        .join(Reached, Reached.id == Worker.id)
        .join(Station, Station.id == Reached.station_id)
        .ext(distinct_on(Station.division))
        .order_by(Station.division, much.desc(), Worker.id)
    )
    return [
        {
            "worker_id": str(id_),
            "name_shown": name,
            "station_id": str(station_id),
            "station": station,
            "division": division,
            "shows": [what for what, there in zip(shows, there_is, strict=True) if there],
        }
        for id_, name, station_id, station, division, *there_is in rows
    ]


async def _stations(session: AsyncSession, settings: Settings) -> list[dict[str, Any]]:
    """Return the stations that have a sign on their door, with the page of their board."""
    found = await session.scalars(
        select(Station).where(Station.phone.is_not(None)).order_by(Station.division, Station.id)
    )
    return [
        {
            "station_id": str(one.id),
            "kind": one.kind.value,
            "name": one.name,
            "division": one.division,
            "phone": one.phone,
            "board": f"{settings.reached_at}/board/{one.id}",
        }
        for one in found
    ]


async def _fairs(session: AsyncSession) -> list[dict[str, Any]]:
    """Return the fairs that everybody sees, with the way of their stream."""
    found = await session.execute(
        select(Fair, Stream.kind)
        .outerjoin(Stream, Stream.id == Fair.stream_id)
        .where(Fair.state != FairState.PLANNED)
        .order_by(Fair.starts_at, Fair.id)
    )
    return [
        {
            "fair_id": str(fair.id),
            "title": fair.title,
            "state": fair.state.value,
            "division": fair.division,
            "starts_at": fair.starts_at.isoformat(),
            "stream": kind.value if kind else None,
        }
        for fair, kind in found
    ]


def _by_index(phones: Iterable[str]) -> dict[bytes, str]:
    return {blind_index(phone, "phone"): phone.removeprefix("+86") for phone in phones}
