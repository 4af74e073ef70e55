"""From what the media server recorded to what a player can jump about in: FLV to MP4, by ffmpeg.

Nothing is encoded anew: the packets are put into another envelope, with its index in front.
"""

import asyncio
import fcntl
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, work
from app.core.db import Database
from app.core.events import emit
from app.core.ports import ports
from app.streams.events import RecordingKept
from app.streams.models import Stream, StreamRun

TOO_LONG_S = 15 * 60
NEAR = timedelta(minutes=1)
_WORDS = 300


class RecordingNotKept(Exception):  # noqa: N818 - it is tried again
    """The recording could not be made a replay of now; what stands in the way is said."""


@work.task("streams.keep_recording")
async def keep_recording(database: Database, *, run_id: str) -> None:
    """Make a replay of a run's recording, keep it, and take the recording away; done before is done.

    A failure is tried again for days (core/work.py) and shown to the operators; the recording stays.
    """
    async with database.transaction(read_only=True) as session:
        run = await session.get_one(StreamRun, UUID(run_id))
    if run.recording is None:
        return
    recording = ports().live.recordings / run.recording
    if run.replay_key is not None:
        recording.unlink(missing_ok=True)
        return
    async with _alone(recording):
        if recording.stat().st_size:  # else nothing was sent
            # The names are the run's own: what a worker left that was killed is written over by the next try.
            replay, key = recording.with_suffix(".mp4"), f"replays/{run.id}"
            try:
                await remux(recording, replay)
                length = await length_ms(replay)
                await ports().files.put_file(key, replay, "video/mp4")
            finally:
                replay.unlink(missing_ok=True)
            async with database.transaction() as session:
                await _keep(session, run.id, key, length)
        recording.unlink()


@work.at_times("7 * * * *")
async def look_for_the_unclaimed(database: Database) -> None:
    """Find recordings that nobody told us of: the API was away when they were done."""
    for recording in await asyncio.to_thread(_finished, ports().live.recordings):
        name, _, second = recording.stem.rpartition("-")
        begun = datetime.fromtimestamp(int(second), UTC)
        async with database.transaction() as session:
            run = await session.scalar(
                select(StreamRun)
                .join(Stream, Stream.id == StreamRun.stream_id)
                .where(Stream.name == name, StreamRun.ended_at.is_not(None), StreamRun.recording.is_(None))
                .where(StreamRun.started_at.between(begun - NEAR, begun + NEAR))
                .order_by(func.abs(func.extract("epoch", StreamRun.started_at - begun)))
                .limit(1)
                .with_for_update(of=StreamRun)
            )
            if run is not None:
                run.recording = recording.name
                await work.promise(session, "streams.keep_recording", {"run_id": str(run.id)})


def _finished(folder: Path) -> list[Path]:
    """Return the recordings that nothing is written to any more, oldest first."""
    before = clock.now().timestamp() - NEAR.total_seconds()
    found = (one for one in folder.glob("*.flv") if re.fullmatch(r"\w+-[0-9]{1,11}", one.stem, re.ASCII))
    return sorted(one for one in found if one.stat().st_mtime < before)


async def _keep(session: AsyncSession, run_id: UUID, key: str, duration_ms: int) -> None:
    run = await session.scalar(
        select(StreamRun).where(StreamRun.id == run_id, StreamRun.replay_key.is_(None)).with_for_update()
    )
    if run is not None:
        run.replay_key, run.duration_ms = key, duration_ms
        await session.flush()
        await emit(session, RecordingKept(run_id=run.id, stream_id=run.stream_id))


@asynccontextmanager
async def _alone(recording: Path) -> AsyncIterator[None]:
    """Hold the recording: a job that takes long is given out a second time, and the second has to wait."""
    try:
        file = recording.open("rb")
    except FileNotFoundError:
        raise RecordingNotKept("the recording is not in LIVE_RECORDINGS of this worker") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RecordingNotKept("somebody is at it") from None
        yield


async def remux(recording: Path, replay: Path) -> None:
    """Put what was recorded into an MP4 with its index in front."""
    await _run(
        "ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(recording),
        "-map", "0:v?", "-map", "0:a?", "-c", "copy", "-movflags", "+faststart", str(replay),
    )  # fmt: skip


async def length_ms(replay: Path) -> int:
    """Return how long a film lasts."""
    said = await _run(
        "ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(replay)
    )
    return max(1, round(float(said) * 1000))


async def _run(program: str, *args: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise RecordingNotKept(f"{program} is not installed where the worker runs")
    child = await asyncio.create_subprocess_exec(
        path, *args, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(TOO_LONG_S):
            out, words = await child.communicate()
    finally:
        with suppress(ProcessLookupError):
            child.kill()
    if child.returncode != 0:
        raise RecordingNotKept(f"{program}: {words.decode(errors='replace')[-_WORDS:]}")
    return out.decode()
