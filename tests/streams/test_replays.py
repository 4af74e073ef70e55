"""Recordings become replays, once, and are fetched by ranges."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from app.core import clock, ranges
from app.core.files import new_key
from app.core.ports import ports
from app.core.problems import RangeOutside
from app.streams import recordings
from app.streams.models import Stream
from scripts.live import colour_bars
from tests.streams.media import happened, new_stream, publishes, tells
from tests.streams.studio import ABSENT
from tests.world import World, ok, refused

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-", (0, 1000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=990-5000", (990, 1000)),
        ("bytes=-100", (900, 1000)),
        ("bytes=-5000", (0, 1000)),
        # What the standard lets us answer with everything.
        ("bytes=-", None),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("lines=1-2", None),
        ("bytes=\u0661-", None),
    ],
)
def test_ranges(header: str | None, expected: tuple[int, int] | None) -> None:
    assert ranges.asked(header, SIZE) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-2000", "bytes=-0", f"bytes={'9' * 18}-"])
def test_a_range_behind_the_end_is_refused(header: str) -> None:
    with pytest.raises(RangeOutside) as refusal:
        ranges.asked(header, SIZE)
    assert refusal.value.headers["Content-Range"] == "bytes */1000"


async def test_a_replay_larger_than_a_piece_comes_whole_and_in_parts(world: World, tmp_path: Path) -> None:
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)
    run_id, data = await world.look("SELECT id FROM stream_runs"), bytes(range(251)) * 12_000
    (tmp_path / "video").write_bytes(data)
    key = new_key("replays")
    await ports().files.put_file(key, tmp_path / "video", "video/mp4")
    refused(await world.nobody.get(f"/v1/replays/{run_id}"), 404, "not_found")
    await world.look("UPDATE stream_runs SET replay_key = $1, duration_ms = 1000 RETURNING 1", key)

    whole = await world.nobody.get(f"/v1/replays/{run_id}")
    part = await world.nobody.get(f"/v1/replays/{run_id}", headers={"Range": "bytes=1048000-2500000"})
    behind = await world.nobody.get(f"/v1/replays/{run_id}", headers={"Range": f"bytes={len(data)}-"})

    assert (whole.status_code, whole.content) == (200, data)
    assert whole.headers["accept-ranges"] == "bytes"
    assert (part.status_code, part.content) == (206, data[1_048_000:2_500_001])
    assert part.headers["content-range"] == f"bytes 1048000-2500000/{len(data)}"
    refused(behind, 416, "range_outside")
    await ports().files.delete(key)
    refused(await world.nobody.get(f"/v1/replays/{run_id}"), 404, "not_found")


async def recording_of(world: World, stream: Stream, client: int = 1) -> Path:
    """Let a publisher come and go, and leave a recording as the media server does."""
    ok(await publishes(world, stream, client), 204)
    folder = ports().live.recordings
    folder.mkdir(parents=True, exist_ok=True)
    recording = folder / f"{stream.name}-170000000{client}.flv"
    bars = colour_bars(str(recording), seconds=2)
    made = await asyncio.create_subprocess_exec(*(arg for arg in bars if arg != "-re"))
    assert await made.wait() == 0
    ok(await tells(world, "on_publish_done", stream, client), 204)
    return recording


@pytest.mark.skipif(ABSENT is not None, reason=ABSENT or "")
async def test_a_recording_becomes_a_replay_once(world: World) -> None:
    stream = await new_stream(world)
    recording = await recording_of(world, stream)
    for _ in range(2):
        ok(await tells(world, "on_record_done", stream, path=str(recording)), 204)
    run_id = str(await world.look("SELECT id FROM stream_runs"))

    done = [recordings.keep_recording(world.database, run_id=run_id) for _ in range(2)]
    answers = await asyncio.gather(*done, return_exceptions=True)
    assert sorted(str(one) for one in answers) == ["None", "somebody is at it"], "the second comes again"
    await world.deliver()

    assert (await happened(world, stream.id)).count("RecordingKept") == 1
    assert not recording.exists()
    assert not recording.with_suffix(".mp4").exists()
    assert 1900 < await world.look("SELECT duration_ms FROM stream_runs") < 2200
    video = await world.nobody.get(f"/v1/replays/{run_id}")
    assert video.content[4:8] == b"ftyp"


@pytest.mark.skipif(ABSENT is not None, reason=ABSENT or "")
async def test_without_ffmpeg_the_recording_stays_for_another_try(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await new_stream(world)
    recording = await recording_of(world, stream)
    ok(await tells(world, "on_record_done", stream, path=str(recording)), 204)
    run_id = str(await world.look("SELECT id FROM stream_runs"))
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(recordings.RecordingNotKept, match="ffmpeg is not installed"):
        await recordings.keep_recording(world.database, run_id=run_id)

    assert recording.exists()
    monkeypatch.undo()
    await world.deliver()
    assert not recording.exists()


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../{}-1.flv/../x", "{}.flv", "other-1.flv", "{}-1.flv\n", "{}-1.flv/..", ""]
)
async def test_a_path_is_a_recordings_name_and_nothing_else(world: World, path: str) -> None:
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)

    answer = await tells(world, "on_record_done", stream, path=path.format(stream.name))

    refused(answer, 403, "publish_refused")
    assert await world.count("stream_runs", "recording IS NOT NULL") == 0


async def test_a_run_that_failed_to_be_kept_tells_the_operators_why(world: World) -> None:
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)
    ok(await tells(world, "on_record_done", stream, path=f"/r/{stream.name}-1700000099.flv"), 204)

    await world.deliver()

    assert "RecordingNotKept" in await world.look("SELECT error FROM procrastinate_failures")


@pytest.mark.skipif(ABSENT is not None, reason=ABSENT or "")
async def test_a_recording_nobody_told_us_of_is_found(world: World) -> None:
    stream = await new_stream(world)
    told = await recording_of(world, stream)
    started = await world.look("SELECT started_at FROM stream_runs")
    recording = told.rename(told.with_name(f"{stream.name}-{int(started.timestamp())}.flv"))
    (recording.parent / "notes-1.flv").touch()

    await recordings.look_for_the_unclaimed(world.database)
    assert await world.count("stream_runs", "recording IS NOT NULL") == 0, "it may still be written to"
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        for _ in range(2):
            await recordings.look_for_the_unclaimed(world.database)
    await world.deliver()

    assert (await happened(world, stream.id)).count("RecordingKept") == 1
    assert not recording.exists()
    (recording.parent / "notes-1.flv").unlink()


@pytest.mark.skipif(ABSENT is not None, reason=ABSENT or "")
async def test_a_worker_killed_in_the_middle_leaves_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed with half a replay beside the recording, or after the file store has the whole of it."""
    stream = await new_stream(world)
    recording = await recording_of(world, stream)
    half = recording.with_suffix(".mp4")
    half.write_bytes(b"half")
    ok(await tells(world, "on_record_done", stream, path=str(recording)), 204)
    run_id = str(await world.look("SELECT id FROM stream_runs"))
    kept = Path(world.settings.files_at.removeprefix("file://")) / "replays"
    before = set(kept.glob("*"))
    with monkeypatch.context() as killed:
        killed.setattr(recordings, "emit", None)
        with pytest.raises(TypeError):
            await recordings.keep_recording(world.database, run_id=run_id)
    assert len(set(kept.glob("*")) - before) == 1

    await world.deliver()

    assert len(set(kept.glob("*")) - before) == 1, "the same file again, and no second one"
    assert not half.exists()
    assert not recording.exists()


async def test_who_sent_nothing_leaves_nothing_to_keep(world: World) -> None:
    """An encoder that connects and sends no picture: the media server makes a file with nothing in it."""
    stream = await new_stream(world)
    ok(await publishes(world, stream), 204)
    recording = ports().live.recordings / f"{stream.name}-1700000001.flv"
    recording.parent.mkdir(parents=True, exist_ok=True)
    recording.touch()
    ok(await tells(world, "on_publish_done", stream), 204)
    ok(await tells(world, "on_record_done", stream, path=str(recording)), 204)

    await world.deliver()

    assert not recording.exists()
    assert await world.count("procrastinate_failures") == 0
    assert await world.count("stream_runs", "replay_key IS NOT NULL") == 0


async def test_a_recording_goes_to_the_run_it_began_with(world: World) -> None:
    """Of two runs within a minute, the first of which left no file."""
    stream, start = await new_stream(world), clock.now()
    for client, later in ((1, 0), (2, 40)):
        with time_machine.travel(start + timedelta(seconds=later), tick=False):
            ok(await publishes(world, stream, client), 204)
            ok(await tells(world, "on_publish_done", stream, client), 204)
    recording = ports().live.recordings / f"{stream.name}-{int(start.timestamp()) + 40}.flv"
    recording.parent.mkdir(parents=True, exist_ok=True)
    recording.touch()

    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        await recordings.look_for_the_unclaimed(world.database)

    assert await world.look("SELECT client FROM stream_runs WHERE recording IS NOT NULL") == "2"
    recording.unlink()
