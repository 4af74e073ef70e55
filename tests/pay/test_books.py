"""Every fen is in exactly one place, always: in memory, and through the database against a plain model."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.core import clock
from app.core.problems import Invalid
from app.pay import keeping
from app.pay.deciding import decide, settle_by_staff
from app.pay.models import Part, PayRecord, PayState
from tests.pay.gigs import PARTS, Gig, gig, paid
from tests.world import Json, World, ok

STEPS = 45
DAY_FEN = 20000
PLACES = some.sampled_from(get_args(Part))
MOVES = some.lists(
    some.one_of(some.tuples(PLACES, PLACES, some.integers(-5, 30_000)), some.tuples(some.integers(0, 9_999))),
    max_size=40,
)


def record_of(fen: int) -> PayRecord:
    return PayRecord(
        owed_fen=fen, open_fen=fen, reported_fen=0, settled_fen=0, contested_fen=0, cancelled_fen=0
    )


@given(some.integers(0, 50_000), MOVES, some.booleans())
def test_no_fen_is_lost_or_made_whatever_is_moved(fen: int, moves: list[Any], overdue: bool) -> None:
    record = record_of(fen)
    record.overdue_at = clock.now() if overdue else None
    for move in moves:
        if len(move) == 1:
            record.owe_more(move[0])
        else:
            source, target, amount = move
            held = {part: getattr(record, part) for part in PARTS}
            try:
                record.move(source, target, amount)
            except ValueError:
                assert not 0 <= amount <= held[source]
                assert held == {part: getattr(record, part) for part in PARTS}
        sums = [getattr(record, part) for part in PARTS]
        assert sum(sums) == record.owed_fen
        assert min(sums) >= 0
        state = record.must_state
        assert record.settles == (state in (PayState.SETTLED, PayState.CANCELLED))
        assert (state is PayState.CONTESTED) == (record.contested_fen > 0)


@dataclass
class Model:
    """What the books should say, kept by hand."""

    owed: int = 0
    open: int = 0
    settled: int = 0
    cancelled: int = 0
    claim: int = 0
    claimed: bool = False
    reports: list[Json] = field(default_factory=list)

    def sum(self, state: str) -> int:
        return sum(
            one["amount"] - (one["received"] if state == "contested" else 0)
            for one in self.reports
            if one["state"] == state
        )

    @property
    def parts(self) -> dict[str, int]:
        return {
            "owed_fen": self.owed,
            "open_fen": self.open,
            "reported_fen": self.sum("reported"),
            "settled_fen": self.settled,
            "contested_fen": self.sum("contested") + self.claim,
            "cancelled_fen": self.cancelled,
        }

    @property
    def waiting(self) -> Json | None:
        return next((one for one in self.reports if one["state"] == "reported"), None)


@dataclass
class Walk:
    """A random life of one wage, each step told to the market and to the model."""

    one: Gig
    chance: random.Random
    model: Model = field(default_factory=Model)
    due_at: datetime | None = None

    async def confirm(self) -> None:
        minutes = self.chance.choice([0, 240, 480, 700])
        owed = DAY_FEN * minutes // 480 if minutes <= 480 else DAY_FEN + DAY_FEN * (minutes - 480) // 480
        answer = await self.one.employer.post(f"{self.one.path}/confirm-hours", {"minutes": minutes})
        untouched = self.model.open == self.model.owed and not self.model.claimed and not self.model.reports
        # The first time nobody had checked in: nothing is no confirmation. Later: no less once it is due.
        if self.due_at is None:
            allowed = minutes > 0
        else:
            allowed = untouched and (owed >= self.model.owed or clock.now() < self.due_at)
        assert answer.status_code == (200 if allowed else 409), answer.text
        if allowed:
            assert abs(answer.json()["owed_fen"] - owed) <= 1
            self.model.owed = self.model.open = answer.json()["owed_fen"]
            self.due_at = datetime.fromisoformat(answer.json()["due_at"])

    async def report(self) -> None:
        amount = self.chance.randint(1, max(1, self.model.open + self.chance.choice([0, 0, 1])))
        answer = await self.one.employer.post(f"{self.one.path}/pay-report", paid(amount))
        assert answer.status_code == (200 if amount <= self.model.open else 422), answer.text
        if answer.status_code == 200:
            self.model.open -= amount
            found = answer.json()["reports"][-1]
            self.model.reports.append(
                {"id": found["id"], "amount": amount, "received": 0, "state": "reported", "at": clock.now()}
            )

    async def answer(self) -> None:
        waiting = self.model.waiting
        if waiting is None:
            return
        if self.chance.random() < 0.5:
            ok(await self.one.worker.post(f"{self.one.path}/pay-confirmation", {"received": True}))
            waiting |= {"state": "confirmed", "received": waiting["amount"]}
        else:
            received = self.chance.randint(0, waiting["amount"] - 1)
            said = {"received": False, "amount_fen": received}
            ok(await self.one.worker.post(f"{self.one.path}/pay-confirmation", said))
            waiting |= {"state": "contested", "received": received}
        self.model.settled += waiting["received"]

    async def contest(self) -> None:
        body = {"minutes": 1000, "text": "不止这些"}
        answer = await self.one.worker.post(f"{self.one.path}/contest-hours", body)
        if answer.status_code == 200:
            assert not self.model.claimed
            more = answer.json()["owed_fen"] - self.model.owed
            self.model.claimed, self.model.claim = True, more
            self.model.owed += more

    async def concede_hours(self) -> None:
        answer = await self.one.employer.post(f"{self.one.path}/accept-hours")
        assert answer.status_code == (200 if self.model.claim else 409)
        self.model.open, self.model.claim = self.model.open + self.model.claim, 0

    async def concede_payment(self) -> None:
        if not self.model.reports:
            return
        made = self.chance.choice(self.model.reports)
        path = f"{self.one.path}/pay-reports/{made['id']}/accept-contest"
        answer = await self.one.employer.post(path)
        assert answer.status_code == (200 if made["state"] == "contested" else 409)
        if made["state"] == "contested":
            self.model.open += made["amount"] - made["received"]
            made["state"] = "decided"

    async def decide(self) -> None:
        contested = self.model.parts["contested_fen"]
        to_worker = self.chance.randint(0, contested)
        async with self.one.world.session() as session:
            await decide(session, await self.record_id(), to_worker_fen=to_worker)
        for made in self.model.reports:
            if made["state"] == "contested":
                made["state"] = "decided"
        self.model.claim = 0
        self.model.open += to_worker
        self.model.cancelled += contested - to_worker

    async def settle_at_the_table(self) -> None:
        amount = self.chance.randint(0, self.model.open + 1)
        try:
            async with self.one.world.session() as session:
                await settle_by_staff(session, await self.record_id(), amount)
        except Invalid:
            assert amount > self.model.open
            return
        self.model.open -= amount
        self.model.settled += amount

    async def time_passes(self) -> None:
        await keeping.find_what_is_overdue(self.one.world.database)
        await keeping.ask_for_answers(self.one.world.database)
        for made in self.model.reports:
            if made["state"] == "reported" and clock.now() >= made["at"] + timedelta(days=7):
                made |= {"state": "uncontested", "received": made["amount"]}
                self.model.settled += made["amount"]

    async def record_id(self) -> UUID:
        return UUID((await self.one.record())["id"])

    @property
    def steps(self) -> list[Callable[[], Any]]:
        return [
            self.confirm,
            self.report,
            self.report,
            self.report,
            self.answer,
            self.answer,
            self.contest,
            self.concede_hours,
            self.concede_payment,
            self.decide,
            self.settle_at_the_table,
            self.time_passes,
        ]


@pytest.mark.parametrize("seed", range(4))
async def test_the_books_are_those_of_a_plain_model_at_every_step(world: World, seed: int) -> None:
    chance = random.Random(seed)
    walk = Walk(await gig(world), chance)
    moment = walk.one.ends_at
    async with walk.one.at(moment):
        while walk.due_at is None:
            await walk.confirm()
    for _ in range(STEPS):
        moment += timedelta(hours=chance.choice([0, 0, 1, 20]))
        async with walk.one.at(moment):
            step = chance.choice(walk.steps)
            await step()
            record = await walk.one.record()
            assert {part: record[part] for part in walk.model.parts} == walk.model.parts, step.__name__
            left = record["open_fen"] + record["reported_fen"] + record["contested_fen"]
            assert record["engagement_state"] == ("confirmed" if left else "paid")
            assert (record["state"] in ("settled", "cancelled")) == (left == 0)
            assert (record["settled_at"] is None) == (left > 0)
