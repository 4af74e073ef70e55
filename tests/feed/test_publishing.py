"""What becomes a change for the province, and what does not."""

import json
from typing import Any

from tests.world import World, shift

Json = dict[str, Any]


async def changes(world: World, *kinds: str) -> list[tuple[str, str, str | None]]:
    """Return the changes of these types, or of all: type, change, reason."""
    rows = await world.look(
        "SELECT json_agg(json_build_array(kind, change, reason) ORDER BY id) FROM province_changes"
    )
    told = [(kind, change, why) for kind, change, why in json.loads(rows or "[]")]
    return [one for one in told if not kinds or one[0] in kinds]


async def test_an_employer_and_its_posting_go_up_once(world: World) -> None:
    employer = await world.employer()
    await world.publish()
    job = await employer.posts_job(shifts=[shift(8), shift(18, 4)])
    await world.publish()
    await world.publish()

    assert await changes(world) == [("employer", "created", None), ("job", "created", None)]
    data = json.loads(await world.look("SELECT data FROM province_records WHERE kind = 'job'"))
    assert [one["id"] for one in data["shifts"]] == [one["id"] for one in job["shifts"]]
    assert data["employer_id"] == employer.employer_id
