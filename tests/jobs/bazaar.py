"""A few hundred random open jobs, and a plain Python account of which of them a search should find."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from app.core import clock
from app.core.types import new_id
from app.geo.models import Division, Level
from app.geo.places import read_back, stored, views
from app.geo.points import Datum, Wgs84, to_wgs84
from app.jobs import listings
from app.jobs.models import Hiring, InsuranceBy, Job, JobState, PaySettlement, Per, Shift
from app.jobs.words import folded, indexed
from app.trades.models import Trade
from tests.world import Employer, Json, World

TITLES = (
    "仓库卸货",
    "急招力工打灰",
    "A1车司机",
    "iPhone 贴膜",
    "保洁阿姨",
    "苹果套袋",
    "搬运工 日结",
    "卸货仓库",
)


@dataclass
class Offer:
    """One open job as the test knows it."""

    point: Wgs84
    trade: str
    division: str
    hourly_fen: int
    hiring: Hiring
    starts: list[datetime]
    published_at: datetime
    searched: str
    id: UUID = field(default_factory=new_id)


@dataclass
class Bazaar:
    """The jobs, and what a search over them should find."""

    world: World
    offers: list[Offer]

    async def distances(self, caller: Wgs84) -> dict[str, float]:
        """Metres over the ellipsoid to each job, by PostGIS."""
        statement = text(
            "SELECT id, ST_Distance(point, ST_SetSRID(ST_MakePoint(:lng, :lat), 4326)::geography) FROM jobs"
        )
        async with self.world.session() as session:
            rows = await session.execute(statement, {"lng": caller.lng, "lat": caller.lat})
            return {str(job_id): metres for job_id, metres in rows}

    async def expected(self, asked: Json) -> set[str]:
        """Return the ids that meet every filter."""
        away: dict[str, float] = {}
        if "lng" in asked:
            away = await self.distances(to_wgs84(asked["lng"], asked["lat"], Datum(asked["datum"])))
        return {str(offer.id) for offer in self.offers if _meets(offer, asked, away)}

    async def walk(self, asked: Json, limit: int = 7) -> list[Json]:
        """Return the items of all pages."""
        items: list[Json] = []
        cursor: dict[str, Any] = {}
        while True:
            answer = await self.world.http.get("/v1/jobs", params=asked | {"limit": limit} | cursor)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            assert len(page["items"]) <= limit
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            assert len(page["items"]) == limit, "a page that is not the last is full"
            cursor = {"cursor": page["next_cursor"]}


def _meets(offer: Offer, asked: Json, away: dict[str, float]) -> bool:
    first = datetime.fromisoformat(asked["starts_from"]) if "starts_from" in asked else None
    until = datetime.fromisoformat(asked["starts_until"]) if "starts_until" in asked else None
    words = asked.get("q", "").casefold().split()
    return (
        ("within_m" not in asked or away[str(offer.id)] <= asked["within_m"])
        and offer.trade.startswith(asked.get("trade", ""))
        and offer.division.startswith(asked.get("division", ""))
        and offer.hourly_fen >= asked.get("min_hourly_fen", 0)
        and offer.hiring.value in (asked.get("hiring"), offer.hiring.value if "hiring" not in asked else None)
        and any((not first or at >= first) and (not until or at < until) for at in offer.starts)
        and all(word in offer.searched for word in words)
    )


async def bazaar(world: World, count: int = 300, seed: int = 1) -> Bazaar:
    """Open random jobs around a few townships, many of them at the very same point."""
    chance = random.Random(seed)
    employer = await world.employer()
    async with world.session() as session:
        seats = (await session.scalars(select(Division).where(Division.level == Level.TOWNSHIP))).all()
        trades = (await session.scalars(select(Trade))).all()
        chosen, few = chance.sample(seats, 6), chance.sample(trades, 8)
        offers = [_offer(chance, chosen, few) for _ in range(count)]
    await open_all(world, employer, offers)
    return Bazaar(world, offers)


def _offer(chance: random.Random, seats: Sequence[Division], trades: Sequence[Trade]) -> Offer:
    seat, trade = chance.choice(seats), chance.choice(trades)
    assert seat.seat is not None
    lng, lat = read_back(seat.seat)
    if chance.random() < 0.7:  # else at the seat itself, with many others
        lng, lat = lng + chance.gauss(0, 0.03), lat + chance.gauss(0, 0.03)
    begins = clock.start_of(clock.today() + timedelta(days=1))
    starts = [begins + timedelta(days=d, hours=chance.randint(0, 23)) for d in chance.sample(range(9), 2)]
    title = f"{chance.choice(TITLES)} {chance.randint(1, 9)}号"
    return Offer(
        point=Wgs84(lng, lat),
        trade=trade.code,
        division=seat.code,
        hourly_fen=chance.choice((1800, 2000, 2000, 2500, 4000)),
        hiring=chance.choice(list(Hiring)),
        starts=sorted(starts),
        published_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randint(0, 50)),
        searched=folded(f"{title}\n{trade.name}"),
    )


async def open_all(world: World, employer: Employer, offers: Sequence[Offer]) -> None:
    """Put the jobs straight into the database, and list them."""
    async with world.session() as session:
        for offer in offers:
            session.add(_job(offer, employer))
        await session.flush()
        for offer in offers:
            for at in offer.starts:
                ends = at + timedelta(hours=8)
                session.add(
                    Shift(job_id=offer.id, starts_at=at, ends_at=ends, headcount=2, hired=0, waiting=0)
                )
        await session.flush()
        await listings.rebuild(session)


def _job(offer: Offer, employer: Employer) -> Job:
    return Job(
        id=offer.id,
        employer_id=UUID(employer.employer_id),
        state=JobState.OPEN,
        reasons=[],
        title=offer.searched.splitlines()[0],
        trade=offer.trade,
        description="按要求干活",
        point=stored(offer.point),
        places=views(offer.point, "某街 1 号"),
        county_code=offer.division[:6],
        division=offer.division,
        pay_fen=offer.hourly_fen,
        pay_per=Per.HOUR,
        pay_settlement=PaySettlement.DAILY,
        hiring=offer.hiring,
        certificates=[],
        insurance=InsuranceBy.EMPLOYER,
        valid_until=clock.now() + timedelta(days=30),
        words=func.array_to_tsvector(func.string_to_array(indexed(offer.searched), " ")),
        searched=offer.searched,
        findings=[],
        reviewed=True,
        source="city",
        version=1,
        published_at=offer.published_at,
    )
