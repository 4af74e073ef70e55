"""How a fair is watched: while it is on, and afterwards from the minute of a job."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.fairs.audience import Mark
from app.fairs.models import Fair, FairState
from app.fairs.queries import Shown
from app.fairs.schemas import Play, PlayAddressView, Replay, ReplayMark, ReplayPart
from app.streams import queries as streams
from app.streams.models import Stream, StreamState

_LONGER = timedelta(hours=4)  # than planned


def play(fair: Fair, stream: Stream | None) -> Play:
    """Say where it is watched now; without addresses while it is not on."""
    if stream is None or fair.state is not FairState.LIVE:
        return Play(on_air=False, addresses=[], platform=None, room=None)
    until = max(fair.ends_at, clock.now()) + _LONGER
    return Play(
        on_air=stream.state is StreamState.LIVE,
        addresses=[
            PlayAddressView(kind=one.kind, url=one.url) for one in streams.play_addresses(stream, until)
        ],
        platform=stream.platform,
        room=stream.room,
    )


async def replay(
    session: AsyncSession, fair: Fair, stream: Stream | None, shown: Sequence[Shown]
) -> Replay | None:
    """Return the recordings of a fair that is over, and from where in them each job is shown."""
    if stream is None or fair.state is not FairState.ENDED:
        return None
    parts = await streams.replay(session, stream.id, fair.live_at)
    if not parts and stream.replay_link is None:
        return None
    marks = sorted((m for one in shown if (m := one.mark) and m.at_s is not None), key=lambda m: m.at_s or 0)
    return Replay(
        parts=[
            ReplayPart(url=part.url, starts_at_s=part.starts_at_s, duration_s=part.duration_s)
            for part in parts
        ],
        link=stream.replay_link,
        marks=[_marked(mark, parts) for mark in marks],
    )


def _marked(mark: Mark, parts: Sequence[streams.ReplayPart]) -> ReplayMark:
    """Return the mark with an address that players open at that second (W3C Media Fragments)."""
    at_s = mark.at_s or 0
    place = streams.place_in_replay(parts, at_s)
    url = f"{place[0].url}#t={place[1]}" if place else None
    return ReplayMark(job_id=mark.job_id, mark_id=mark.id, at_s=at_s, url=url)
