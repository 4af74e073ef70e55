"""A fair that follows a real stream: from the encoder to who listens, and where a job is in the replay."""

import asyncio

import pytest

from app.fairs.models import FairState
from app.streams.models import Stream
from tests.fairs.listening import listening
from tests.fairs.test_live import hall
from tests.streams.studio import ABSENT, studio
from tests.streams.test_real_stream import until
from tests.world import World, ok

pytestmark = pytest.mark.skipif(ABSENT is not None, reason=ABSENT or "")


async def test_the_fair_goes_live_survives_a_drop_and_ends_with_its_stream(world: World) -> None:
    on = await hall(world, FairState.BOOKABLE)
    ok(await on.host.put(f"/admin/v1/fairs/{on.fair_id}/stream", {"kind": "own"}))
    async with world.session() as session:
        stream_id = await world.look("SELECT stream_id FROM fairs WHERE id = $1", on.fair_id)
        stream = await session.get_one(Stream, stream_id)

    async def is_now(state: str) -> bool:
        return bool(await world.look("SELECT state FROM streams WHERE id = $1", stream_id) == state)

    async with (
        studio(world) as here,
        listening(str(here.api.base_url), on.fair_id) as listener,
    ):
        assert (await listener.event()).about["state"] == "bookable"
        address = here.address(stream)
        with here.publishing(address):
            assert (await listener.event()).about["state"] == "live"
            here.note("the encoder publishes: the fair is live, and who listens is told")
            await asyncio.sleep(2)
            mark = await on.shows(0)
            event = await listener.event()
            assert event.about["mark_id"] == mark["id"]
            assert event.about["at_s"] == mark["at_s"]
            assert 1 <= mark["at_s"] <= 6
            here.note(f"a job is marked at second {mark['at_s']} of the stream")

        await until(lambda: is_now("dropped"), "dropped")
        with here.publishing(address):
            await until(lambda: is_now("live"), "on air again")
            second = await on.shows(1)
            assert (await listener.event()).about["mark_id"] == second["id"], "no state between the two"
            assert second["at_s"] >= mark["at_s"]
            here.note("dropped and back: the fair went on")
            await asyncio.sleep(3)
        event = await listener.event()
        assert (event.kind, event.about["state"]) == ("state", "ended")
        await listener.ended()
        here.note("the stream is away for too long: the fair has ended, the feed with it")

        async def is_kept() -> bool:
            return await world.count("stream_runs", "replay_key IS NOT NULL") == 2

        await until(is_kept, "replays")
        shown = (await here.api.get(f"/v1/fairs/{on.fair_id}")).json()
        assert shown["state"] == "ended"
        jobs = {job["job_id"]: job["shown_at_s"] for one in shown["booths"] for job in one["jobs"]}
        assert jobs[on.jobs[0]["id"]] == mark["at_s"]
        here.note("the replay is there, with the job's second")
