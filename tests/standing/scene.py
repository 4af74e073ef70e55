"""A worker and an employer with engagements that ended as a test says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import event, inspect, update

from app.attendance.models import Claim, ClaimKind, ClaimState
from app.core import clock
from app.core.types import Base, new_id
from app.disputes.models import Dispute, DisputeKind, DisputeState, Outcome
from app.engagements.models import Engagement, EngagementState, Excuse, ExcuseKind, ExcuseState, Side
from app.pay.models import OwedFor, PayRecord, PayState
from app.standing.models import Review
from tests.world import Actor, Employer, Json, Worker, World, ok

PUBLIC_TEXT = "管饭,收工早。"


@dataclass
class Scene:
    """Two sides, and the engagements between them, the oldest first; each on a day of its own."""

    world: World
    employer: Employer
    worker: Worker
    ids: list[UUID] = field(default_factory=list)

    async def done(self, *which: int, state: EngagementState = EngagementState.CONFIRMED) -> None:
        for n in which or range(len(self.ids)):
            await self.ends(n, state=state, minutes=480, confirmed_at=clock.now())

    async def ends(self, which: int = 0, **columns: Any) -> None:
        async with self.world.session() as session:
            statement = update(Engagement).where(Engagement.id == self.ids[which])
            await session.execute(statement.values(**columns))

    async def cancelled(self, which: int, by: Side, notice_minutes: int) -> None:
        """Let one side have cancelled, so many minutes before the start."""
        starts_at = (await self.row(which)).starts_at
        await self.ends(
            which,
            state=EngagementState.CANCELLED,
            cancelled_by=by,
            cancelled_at=starts_at - timedelta(minutes=notice_minutes),
            notice_minutes=notice_minutes,
        )

    async def add(self, *rows: Base) -> None:
        async with self.world.session() as session:
            session.add_all(rows)

    async def claimed(
        self, which: int, kind: ClaimKind = ClaimKind.NO_SHOW, state: ClaimState = ClaimState.STANDS
    ) -> None:
        """Let a no-show (or a turning away) be said a day ago."""
        if kind is ClaimKind.NO_SHOW:
            await self.ends(which, state=EngagementState.NO_SHOW)
        left = timedelta(hours=1 if state is ClaimState.PROPOSED else 0)
        await self.add(
            Claim(
                id=new_id(),
                engagement_id=self.ids[which],
                kind=kind,
                state=state,
                made_at=clock.now() - timedelta(hours=24) + left,
                answer_until=clock.now() + left,
            )
        )

    async def excused(self, which: int, by: Side, state: ExcuseState, *, due_in_days: int = 3) -> None:
        known = await self.row(which)
        await self.add(
            Excuse(
                id=new_id(),
                engagement_id=known.id,
                by=by,
                account_id=self.worker.id if by is Side.WORKER else self.employer.id,
                kind=ExcuseKind.ILLNESS,
                division=known.division,
                state=state,
                made_at=clock.now(),
                due_at=clock.now() + timedelta(days=due_in_days),
                decided_at=None if state is ExcuseState.CLAIMED else clock.now(),
            )
        )

    async def rated(self, which: int, by: Side, stars: int, *, tags: tuple[str, ...] = ()) -> None:
        """Let one side's rating be visible since now."""
        known = await self.row(which)
        await self.add(
            Review(
                id=new_id(),
                engagement_id=known.id,
                by=by,
                account_id=self.worker.id if by is Side.WORKER else self.employer.id,
                worker_id=known.worker_id,
                employer_id=known.employer_id,
                stars=stars,
                tags=list(tags),
                text=PUBLIC_TEXT,
                written_at=clock.now(),
                visible_from=clock.now(),
            )
        )

    async def dispute(
        self, which: int, kind: DisputeKind, outcome: Outcome, complainant_id: UUID | None
    ) -> None:
        known = await self.row(which)
        await self.add(
            Dispute(
                id=new_id(),
                kind=kind,
                state=DisputeState.RESOLVED,
                complainant_id=complainant_id,
                worker_id=known.worker_id,
                employer_id=known.employer_id,
                engagement_id=known.id,
                division=known.division,
                station_id=known.station_id,
                station_division=known.division,
                opened_at=clock.now(),
                closed_at=clock.now(),
                outcome=outcome,
            )
        )

    async def owed_late(self, which: int, state: PayState) -> None:
        """Let pay have been found overdue, and be in a state since."""
        known = await self.row(which)
        sums = {"open_fen": 0, "settled_fen": 0, "cancelled_fen": 0}
        place = {PayState.SETTLED: "settled_fen", PayState.CANCELLED: "cancelled_fen"}.get(state, "open_fen")
        await self.add(
            PayRecord(
                id=new_id(),
                engagement_id=known.id,
                owed_for=OwedFor.WAGE,
                worker_id=known.worker_id,
                employer_id=known.employer_id,
                division=known.division,
                county_code=known.county_code or known.division[:6],
                station_id=known.station_id,
                owed_fen=20000,
                **(sums | {place: 20000}),
                state=state,
                due_at=clock.now(),
                overdue_at=clock.now(),
            )
        )

    async def row(self, which: int) -> Engagement:
        async with self.world.session() as session:
            return await session.get_one(Engagement, self.ids[which])

    async def of_worker(self) -> Json:
        return await self._standing(self.worker, "/v1/me/worker/standing")

    async def of_employer(self) -> Json:
        return await self._standing(self.employer, f"/v1/employers/{self.employer.employer_id}/standing")

    async def _standing(self, actor: Actor, path: str) -> Json:
        found: Json = ok(await actor.get(path))
        assert 100 - found["score"] == sum(reason["remaining"] for reason in found["reasons"])
        return found


async def scene(world: World, engagements: int = 1, *, employer: Employer | None = None) -> Scene:
    """Take a worker on once, and copy that back into the days before."""
    employer, worker = employer or await world.employer(trusted=True), await world.worker()
    job = await employer.posts_job()
    ok(await worker.applies(job), 201)
    first = UUID(ok(await worker.get("/v1/me/engagements"))["items"][0]["id"])
    ids = [first]
    async with world.session() as session:
        taken = await session.get_one(Engagement, first)
        columns = {c.key: getattr(taken, c.key) for c in inspect(Engagement).column_attrs}
        today = clock.start_of(clock.today())
        for n in range(engagements):
            starts_at = today - timedelta(days=engagements - n) + timedelta(hours=8)
            times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=8)}
            if n == 0:
                taken.starts_at, taken.ends_at = times["starts_at"], times["ends_at"]
                await session.flush()
            else:
                ids.append(new_id())
                session.add(Engagement(**columns | times | {"id": ids[-1]}))
    return Scene(world, employer, worker, ids)


@contextmanager
def statements_of(world: World) -> Iterator[list[str]]:
    """Note the statements that are sent meanwhile."""
    noted: list[str] = []

    def note(*given: Any) -> None:
        noted.append(given[2])

    engine = world.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield noted
    event.remove(engine, "before_cursor_execute", note)


async def at(world: World, actor: Actor) -> None:
    """Sign somebody in again, at a time that a test has moved to."""
    actor.token = await world.fresh_token(actor)
