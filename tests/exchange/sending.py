"""The province sends vacancies at random: new ones, newer versions, batches of both, and takes some back."""

import asyncio
from contextlib import suppress
from random import Random

from tests.stubs.province.city import Json, Refusal
from tests.stubs.province.life import Province
from tests.stubs.province.vacancies import vacancy

AT_ONCE = 3


async def send_at_random(province: Province, seed: int, rounds: int) -> set[str]:
    """Send; return the ids of the vacancies that should be shown in the end."""
    open_: set[str] = set()
    # Few, so that what the line held back often arrives behind newer versions of the same.
    numbers = [list(range(n, 3 * AT_ONCE, AT_ONCE)) for n in range(AT_ONCE)]

    async def one_after_another(own: list[int], random: Random) -> None:
        for _ in range(rounds // AT_ONCE):
            chosen = random.sample(own, 3)
            match random.choice(["put", "put", "batch", "close"]):
                case "put":
                    await province.send(_name(chosen[0]), _made(chosen[0], random))
                    open_.add(_name(chosen[0]))
                case "batch":
                    answers = await province.send_together({_name(n): _made(n, random) for n in chosen})
                    assert {one["status"] for one in answers} <= {"stored", "unchanged"}, answers
                    open_.update(map(_name, chosen))
                case "close" if _name(chosen[0]) in open_:
                    await province.close(_name(chosen[0]))
                    open_.discard(_name(chosen[0]))

    await asyncio.gather(*(one_after_another(own, Random(seed + n)) for n, own in enumerate(numbers)))
    return open_


async def keep_answering(province: Province, seed: int) -> None:
    """Answer each application that comes, for good; one that was withdrawn meanwhile is refused."""
    random = Random(seed)
    while True:
        for id_ in province.copy.all("application"):
            if id_ not in province.sent:
                with suppress(Refusal):
                    await province.answer(id_, random.choice(["accepted", "accepted", "declined"]))
        await asyncio.sleep(0.1)


def _name(number: int) -> str:
    return f"SX-{number:04}"


def _made(number: int, random: Random) -> Json:
    # A posting's conditions stay as they are once people may have applied; its words may change.
    return vacancy(number, description=f"第 {random.randrange(1_000)} 次修订:搬运、清理,管午饭。")
