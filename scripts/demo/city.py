"""The demo city: Linfen's real places with invented people, employers and gigs, the same each time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import Entry
from app.core import clock
from app.core.db import Database
from app.core.settings import Settings
from app.employers.models import Employer
from app.fairs.events import FairOpened
from app.fairs.models import Fair, FairState
from app.identity.models import Purpose
from app.jobs import listings
from app.jobs.models import JobState
from app.notifications.fairs import promise_reminders
from app.stations.models import Role, Staff
from app.statistics import dashboard
from app.streams.models import StreamRun
from app.sync.models import Client
from app.workers.models import Worker
from scripts.demo import fairs_today, figures, filming, firms, handout, holding, offices, people, premises
from scripts.demo.announcing import Announcing
from scripts.demo.chance import SEED
from scripts.demo.complaints import complain
from scripts.demo.copying import Table, copy
from scripts.demo.counter import Counter
from scripts.demo.fairs import Fairs
from scripts.demo.filming import Filming
from scripts.demo.hiring import Market
from scripts.demo.identities import FACES
from scripts.demo.letters import Letters
from scripts.demo.places import Places
from scripts.demo.postings import Board, Writer
from scripts.demo.reference import Reference, read
from scripts.demo.referring import Referring
from scripts.demo.scene import Scene
from scripts.demo.stories import Stories
from scripts.demo.working import Working

LOCK = 1410_000
# What the reactions to ratings and outcomes would have brought the public profiles to.
PROFILES = text(
    """UPDATE employers e SET rating = said.mean, disputes_lost = said.lost
       FROM (SELECT o.id,
               (SELECT CASE WHEN count(*) >= 3 THEN round(avg(stars), 1) END
                  FROM (SELECT stars FROM reviews r WHERE r.employer_id = o.id AND r.by = 'worker'
                          AND r.visible_from <= :now AND r.removed_at IS NULL
                        ORDER BY r.id DESC LIMIT 50) AS last) AS mean,
               (SELECT count(*) FROM disputes d WHERE d.employer_id = o.id AND d.state = 'resolved'
                  AND d.outcome = 'for_worker') AS lost
             FROM employers o) AS said
       WHERE said.id = e.id"""
)


@dataclass(frozen=True)
class City:
    """All rows of the demo city, table by table in the order of their foreign keys."""

    tables: list[Table]
    board: Board
    employers: list[Employer]
    workers: list[Worker]
    reviewer: Staff  # Yaodu's, who has cases in hand
    scene: Scene
    recorded: list[StreamRun]  # of the fairs that were streamed to our own server


async def load(database: Database, settings: Settings, console: Console) -> None:
    """Load the demo city in one transaction unless it is there, and see that demo.json is."""
    async with database.transaction() as session:
        # Two who prepare one database at once: the second waits, and then finds the city.
        await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        if await offices.is_there(session):
            await handout.see_to_it(session, settings)
            return
        # The rows are made while the transaction waits; on a busy machine that takes a while.
        await session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await _fill(session, console)
        await handout.see_to_it(session, settings)
    await dashboard.publish(database)


def built(reference: Reference, today: datetime, seed: str = SEED) -> City:
    """Make the city's rows around the first moment of a day; the same for the same day and seed."""
    places = Places(reference)
    staff = offices.staff(reference, today, seed)
    reviewers = {one.username.rpartition("-")[2]: one for one in staff if one.role is Role.REVIEWER}
    force = people.made(reference, places, staff, today, seed)
    companies = firms.made(reference, places, reviewers, today, seed)
    board = Writer(reference, places, reviewers, today, seed).board(companies.employers)
    market = Market(reference, force, today, seed)
    agreeing = {c["account_id"] for c in force.consents if c["given"] and c["purpose"] == Purpose.POSITION}
    scene = Scene(reference, today, seed, staff, companies.members, agreeing, force.without_phone)
    letters = Letters(scene)
    counter = Counter(scene, market, force, letters)
    working = Working(scene, letters)
    fairs = Fairs(scene, force, companies.employers)
    market.show(fairs.hold(board))
    Stories(scene, market, working, letters).come_true(board.told, force.workers[:FACES])
    told = {posting.job.id for posting in board.told.values()}
    for posting in board.postings:
        if posting.job.id not in told:
            working.live(posting, [*market.fill(posting), *counter.bring(posting)])
    fairs.see(market, letters)
    fairs.look_ahead(board.postings, letters)
    complain(scene, working.cases, working.done)
    referring = Referring(scene, market, force, letters)
    referring.send(board.postings)
    announcing = Announcing(scene, letters)
    announcing.announce()
    counter.run_errands()
    scene.rows[Entry] += premises.deeds(reference, staff, today)
    tables: list[Table] = [(Staff, staff), (Client, [offices.client(today)])]
    for part in (force, companies, board, market.made, scene, letters, counter, referring, announcing, fairs):
        tables += part.tables()
    reviewer = reviewers[holding.WHERE]
    return City(tables, board, companies.employers, force.workers, reviewer, scene, fairs.recorded)


async def _promise_reminders(session: AsyncSession) -> None:
    ahead = select(Fair.id).where(Fair.state == FairState.BOOKABLE).order_by(Fair.starts_at)
    for fair_id in (await session.scalars(ahead)).all():
        await promise_reminders(session, FairOpened(fair_id))


async def _fill(session: AsyncSession, console: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("演示城市 demo city", total=None)
        # As the owner: who serves may neither ANALYZE nor COPY into a table with row-level security.
        await session.execute(text("SET LOCAL ROLE NONE"))
        today = clock.start_of(clock.today()).astimezone(UTC)
        await premises.open_up(session, today)
        reference = await read(session)
        with Filming() as film:
            city = built(reference, today)
            duration_ms = await film.kept()
        if duration_ms:
            for run in city.recorded:
                run.replay_key, run.duration_ms = filming.KEY, duration_ms
        jobs = [posting.job for posting in city.board.postings]
        held = holding.in_hand(city.reviewer, city.employers, city.workers, jobs, clock.now())
        on = fairs_today.made(city.scene, city.board.postings, city.workers, clock.now())
        tables = [*city.tables, *held, *on]
        progress.update(task, total=sum(len(rows) for _, rows in tables))
        connection: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        for model, rows in tables:
            await copy(connection, model, rows)
            progress.advance(task, len(rows))
        opened = [job.id for job in jobs if job.state is JobState.OPEN]
        await listings.refresh(session, opened)
        await session.execute(PROFILES, {"now": clock.now()})
        names = sorted({model.__tablename__ for model, _ in tables})
        await session.execute(text(f"ANALYZE {', '.join(names)}, listings"))
        await _promise_reminders(session)
        await figures.count(session)
        await session.execute(text("ANALYZE active_days, anonymous_facts, daily_figures"))
