"""R6: whatever people do, in whatever order and at once, the market is where a plain model says it is.

Hypothesis makes up sequences of deeds and of time passing; each is done over HTTP and in the model
(model.py), and after each step the database must hold what the model holds. Deeds done at once must have
come out as if one had followed the other, in some order. A failing sequence is shrunk, printed, and kept in
.hypothesis to be tried first the next time. LIFE=1000 tries that many sequences.
"""

import asyncio
import itertools
import os
from collections.abc import Coroutine, Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, note, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.attendance import keeping as attendance
from app.core import clock
from app.engagements import keeping as engagements
from app.engagements.waiting import fill_freed_places
from app.pay import keeping as pay
from tests.life.deeds import DAY_FEN, WORKERS, City, Deed, expected, seen
from tests.life.model import HOUR, MINUTE, OK, Market
from tests.world import World, tomorrow

SEQUENCES = int(os.environ.get("LIFE", "40"))
SHRINK = os.environ.get("LIFE_SHRINK", "1") == "1"  # 0: show a failing sequence as it was found
DAY = timedelta(days=1)
LENGTH = 8 * HOUR
BEFORE = -26 * HOUR
# From the start of the shift: on either side of each limit, and never on one.
MOMENTS = [
    -23 * HOUR, -5 * HOUR, -3 * HOUR, -90 * MINUTE, -10 * MINUTE, 10 * MINUTE, 40 * MINUTE, 70 * MINUTE,
    3 * HOUR, LENGTH - 10 * MINUTE, LENGTH + 10 * MINUTE, LENGTH + 2 * HOUR, LENGTH + 9 * HOUR,
    LENGTH + 13 * HOUR, LENGTH + 23 * HOUR, LENGTH + 36 * HOUR, LENGTH + 4 * DAY, LENGTH + 9 * DAY,
    LENGTH + 20 * DAY,
]  # fmt: skip
# What the timetable does every minute, each once and in the model's order.
CLOCK = [
    attendance.propose_no_shows,
    attendance.ask_who_is_missing,
    attendance.let_claims_stand,
    attendance.check_out_who_forgot,
    pay.confirm_what_the_employer_did_not,
    pay.ask_for_answers,
    pay.find_what_is_overdue,
]
T = TypeVar("T")

GIVEN: dict[str, list[dict[str, Any]]] = {
    "apply": [{}],
    "leave_the_queue": [{}],
    "worker_cancels": [{}],
    "employer_cancels": [{"refill": True}, {"refill": False}],
    "check_in": [{}],
    "check_out": [{}],
    "no_show": [{}],
    "answer_claim": [{"agrees": True}, {"agrees": False}],
    "decide_no_show": [{"attended": True}, {"attended": False}],
    "confirm_hours": [{"minutes": minutes} for minutes in (0, 1, 240, 480, 481, 600)],
    "report_pay": [{"amount": amount} for amount in (1, DAY_FEN // 4, DAY_FEN // 2, DAY_FEN, DAY_FEN * 2)],
    "answer_pay": [{"received": received} for received in (None, 0, 1, DAY_FEN // 4)],
    "accept_contest": [{}],
}
DEEDS = [
    Deed(name, worker, tuple(given.items()))
    for name, variants in GIVEN.items()
    for worker in range(WORKERS)
    for given in variants
]
# How often what is allowed is chosen: what ends a life seldom, what is seldom allowed often.
WEIGHTS = {"worker_cancels": 1, "employer_cancels": 1, "leave_the_queue": 1, "no_show": 8, "answer_claim": 8}
picks = strategies.integers(0, 9_999)
any_deed = strategies.sampled_from(DEEDS)


class Life(RuleBasedStateMachine):
    """One posting from its publication to the last fen."""

    city: ClassVar[City]
    loop: ClassVar[asyncio.AbstractEventLoop]
    lived: ClassVar[int] = 0
    done: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.starts = tomorrow(9, days=40)
        self.time = time_machine.travel(self.starts + BEFORE, tick=False)
        self.traveller = self.time.start()
        type(self).lived += 1

    def teardown(self) -> None:
        self.time.stop()

    @initialize(headcount=strategies.integers(1, 3), asking=strategies.integers(0, WORKERS))
    def a_posting(self, headcount: int, asking: int) -> None:
        self._await(self.city.begins(self.starts, headcount))
        self.market = Market(
            now=self.starts + BEFORE,
            starts=self.starts,
            ends=self.starts + LENGTH,
            headcount=headcount,
            day_fen=DAY_FEN,
        )
        for worker in range(asking):
            self._do([Deed("apply", worker)])

    # Which of several comes first is not Hypothesis's to choose, so what it draws must not depend on it:
    # numbers, which choose among what is allowed by then.

    @rule(pick=picks)
    def something_is_done(self, pick: int) -> None:
        self._do(self._allowed(pick))

    @rule(one=any_deed)
    def something_is_tried(self, one: Deed) -> None:
        self._do([one])

    @rule(pick=picks, another=picks, other=any_deed)
    def several_things_are_done_at_once(self, pick: int, another: int, other: Deed) -> None:
        self._do([*self._allowed(pick), *self._allowed(another), other])

    @rule(moments=strategies.sampled_from([1, 1, 1, 2, 3, 5]))
    def time_passes(self, moments: int) -> None:
        ahead = [self.starts + of for of in MOMENTS if self.starts + of > self.market.now]
        if not ahead:
            return
        moment = ahead[min(moments, len(ahead)) - 1]
        self.traveller.move_to(moment)
        self.market.pass_to(moment)
        self._await(self._the_clock_is_looked_at())

    @invariant()
    def the_database_holds_what_the_model_holds(self) -> None:
        if hasattr(self, "market"):
            assert self._await(seen(self.city)) == expected(self.market)

    def _allowed(self, pick: int) -> list[Deed]:
        """Choose one deed that is allowed now."""
        allowed = [
            one
            for one in DEEDS
            if one.is_possible_in(self.market) and one.in_the(deepcopy(self.market)) == OK
        ]
        names = [name for name in sorted({one.name for one in allowed}) for _ in range(WEIGHTS.get(name, 4))]
        if not names:
            return []
        pick, at = divmod(pick, len(names))
        named = [one for one in allowed if one.name == names[at]]
        return [named[pick % len(named)]]

    def _do(self, wanted: Sequence[Deed]) -> None:
        deeds = [one for one in wanted if one.is_possible_in(self.market)]
        if not deeds:
            return
        said, there = self._await(self._together(deeds))
        for one, answer in zip(deeds, said, strict=True):
            note(f"{one} -> {answer}")
            key = f"{one.name} {answer}"
            type(self).done[key] = type(self).done.get(key, 0) + 1
        for order in itertools.permutations(range(len(deeds))):
            market = deepcopy(self.market)
            # Two who conceded the same report at once: the second finds nothing, and changes nothing.
            doing = [at for at in order if said[at] != "nothing_contested"]
            told = {at: deeds[at].in_the(market) for at in doing if deeds[at].is_possible_in(market)}
            if [told.get(at, said[at]) for at in range(len(deeds))] == said and expected(market) == there:
                self.market = market
                return
        market = deepcopy(self.market)
        alone = [(one.name, one.in_the(market)) for one in deeds]
        pytest.fail(
            f"no order of {deeds} leads to {said} and {there}; the model: {alone}, {expected(market)}"
        )

    async def _together(self, deeds: Sequence[Deed]) -> tuple[list[str], Any]:
        said = await asyncio.gather(*(self.city.does(one) for one in deeds))
        # The promised rest of a place that fell free while who waits was busy.
        async with self.city.world.session() as session:
            await fill_freed_places(session, self.city.shift_id)
        return list(said), await seen(self.city)

    async def _the_clock_is_looked_at(self) -> None:
        await self.city.refreshes_tokens()
        database = self.city.world.database
        await engagements.end_what_was_not_answered(database)
        for look in CLOCK:
            await look(database)

    def _await(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(60)


@pytest.mark.timeout(300 + SEQUENCES * 5)
async def test_the_market_lives_as_the_model_does(world: World) -> None:
    Life.loop, Life.lived, Life.done = asyncio.get_running_loop(), 0, {}
    Life.city = await City.founded(world)
    Life.TestCase.settings = settings(
        max_examples=SEQUENCES,
        stateful_step_count=40,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if SHRINK else [])],
    )
    began = clock.now()
    await asyncio.to_thread(run_state_machine_as_test, Life, settings=Life.TestCase.settings)
    took = (clock.now() - began).total_seconds()
    print(f"\n{Life.lived} sequences in {took:.0f} s")  # noqa: T201 - a figure of the closing note
    for what, count in sorted(Life.done.items()):
        print(f"  {what}: {count}")  # noqa: T201
    told = {key.split()[0] for key in Life.done if key.endswith(f" {OK}")}
    assert SEQUENCES < 40 or len(told) >= 10, "most deeds succeed in some sequence"
