"""The rows of one fair of the demo city: itself, its stream, booths with their jobs, the ledger's lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.audit.actions import Actor
from app.audit.models import ActorKind, Entry
from app.core.types import Base
from app.employers.models import Employer
from app.fairs.audience import Mark, Opened, Question, Reservation, Told, Viewer
from app.fairs.models import Booth, BoothState, Fair, FairJob, FairMode, FairState, Organiser
from app.stations.models import Role, Staff
from app.streams.models import LiveKind, LivePlatform, Stream, StreamRun, StreamState
from scripts.demo import offices, picture
from scripts.demo.chance import Chance
from scripts.demo.copying import Table, Values, row
from scripts.demo.fairs_plan import EACH, MOST_A_BOOTH, MOST_JOBS, OPENING, Plan
from scripts.demo.ledger import entry
from scripts.demo.postings import Posting
from scripts.demo.scene import Scene

# In the order of their foreign keys.
_WRITTEN: tuple[type[Base], ...] = (
    Stream, StreamRun, Fair, Booth, FairJob, Mark, Question, Told, Reservation, Viewer, Opened,
    Entry,
)  # fmt: skip
_TEXT = (
    "主持人逐个讲解岗位,工资、时间、地点当场说清。看中哪个点开就能报名,不收任何费用。"
    "没赶上的可以看回放,从岗位讲解的那一分钟看起。"
)
_AGENCY = ("临汾汾河人力资源有限公司(演示)", "(晋)人服证字〔2024〕第1000000123号")
_OUTSIDE_ROOM = "demo-linfen"
LINKS = {
    LivePlatform.DOUYIN: "https://live.douyin.com/",
    LivePlatform.KUAISHOU: "https://live.kuaishou.com/u/",
}


@dataclass
class Held:
    """A fair with what is shown at it, in the timetable's order."""

    plan: Plan
    fair: Fair
    by: Staff
    booths: list[tuple[Booth, Employer]] = field(default_factory=list)
    jobs: list[tuple[Posting, datetime | None]] = field(default_factory=list)
    marks: list[Values] = field(default_factory=list)
    questions: list[Values] = field(default_factory=list)


class Making:
    """Makes fairs as those make them who plan and hold them."""

    def __init__(self, scene: Scene, chance: Chance) -> None:
        self._scene, self._chance = scene, chance
        self._managers = {
            one.username.rpartition("-")[2]: one for one in scene.staff if one.role is Role.MANAGER
        }
        self.rows: dict[type[Base], list[Base | Values]] = {one: [] for one in _WRITTEN}

    def fair(self, plan: Plan, starts_at: datetime, ends_at: datetime, created_at: datetime) -> Held:
        """Plan a fair: the division's manager is its host, unless an agency holds it."""
        by, agency = self._managers[plan.division], plan.organiser is Organiser.AGENCY
        station = self._scene.reference.stations[plan.division]
        online = plan.mode is FairMode.ONLINE
        fair = row(
            Fair,
            id=self._chance.id_at(created_at),
            title=plan.title,
            text=_TEXT,
            mode=plan.mode,
            state=FairState.PLANNED,
            starts_at=starts_at,
            ends_at=ends_at,
            division=plan.division,
            county_code=plan.division if len(plan.division) > len("1410") else None,
            station_id=by.station_id,
            key_group=plan.key_group,
            trade=plan.trade,
            host_name="主持人小雨" if agency else by.name,
            host_id=None if agency else by.id,
            venue=None if online else station.address,
            room=None if online else "一楼招聘大厅",
            organiser=plan.organiser,
            agency_name=_AGENCY[0] if agency else None,
            licence_no=_AGENCY[1] if agency else None,
            cover_key=picture.COVERS[plan.cover],
            opened_at=None,
            live_at=None,
            ended_at=None,
            cancelled_at=None,
            cancelled_because=None,
            sequence=0,
            told=0,
            peak_viewers=0,
            version=1,
            changed_at=created_at,
            created_at=created_at,
        )
        self.rows[Fair].append(fair)
        held = Held(plan, fair, by)
        self.deed(held, created_at, "fair.plan", None, facts(fair))
        return held

    def turn(self, held: Held, state: FairState, at: datetime, verb: str | None) -> None:
        """Bring the fair to its next state; without a verb its stream did."""
        before, fair = facts(held.fair), held.fair
        fair.state, fair.changed_at, fair.version = state, at, fair.version + 1
        match state:
            case FairState.BOOKABLE:
                fair.opened_at = at
            case FairState.LIVE:
                fair.live_at = at
            case FairState.ENDED:
                fair.ended_at = at
            case FairState.CANCELLED:
                fair.cancelled_at, fair.cancelled_because = at, held.plan.because
                fair.sequence += 1
        if verb:
            self.deed(held, at, verb, before, facts(fair), fair.cancelled_because)

    def stage(self, held: Held, kind: LiveKind, at: datetime, platform: LivePlatform | None = None) -> Stream:
        """Set up the stream; its key follows from the installation, as all the demo's secrets do."""
        id_ = self._chance.id_at(at)
        stream = row(
            Stream,
            id=id_,
            kind=kind,
            name=f"{self._chance.getrandbits(64):016x}",
            key_sealed=None,
            platform=platform,
            room=_OUTSIDE_ROOM if platform else None,
            link=f"{LINKS[platform]}{_OUTSIDE_ROOM}" if platform else None,
            replay_link=None,
            state=StreamState.WAITING,
            dropped_at=None,
            changed_at=at,
            created_at=at,
        )
        if kind is LiveKind.OWN:
            stream.key = offices.secret_of(f"stream/{id_}") + offices.secret_of(f"stream-more/{id_}")
        held.fair.stream_id = id_
        self.rows[Stream].append(stream)
        said = {"kind": kind.value, "platform": platform, "room": stream.room, "link": stream.link}
        self.deed(held, at, "fair.set_stream", None, said)
        return stream

    def run(self, stream: Stream, began: datetime, ended: datetime | None) -> StreamRun:
        """Let the stream be on air."""
        made = row(
            StreamRun,
            id=self._chance.id_at(began),
            stream_id=stream.id,
            client="hand" if stream.kind is LiveKind.OUTSIDE else "1",
            started_at=began,
            ended_at=ended,
            replay_key=None,
            duration_ms=None,
        )
        stream.state, stream.changed_at = StreamState.LIVE if ended is None else StreamState.ENDED, began
        self.rows[StreamRun].append(made)
        return made

    def come(self, held: Held, groups: Sequence[tuple[Employer, Sequence[Posting]]], asked: datetime) -> None:
        """Let employers have their booths, one after the other where somebody streams, with their jobs."""
        fair, plan = held.fair, held.plan
        in_turn = plan.mode is not FairMode.HALL
        settled, placed = fair.starts_at, 0
        accepted = [
            not jobs
            for (_, jobs), state in zip(groups, plan.booths, strict=False)
            if state is BoothState.ACCEPTED
        ]
        without, waiting = sum(accepted), len(accepted)
        for order, ((employer, postings), state) in enumerate(zip(groups, plan.booths, strict=False), 1):
            shown: Sequence[Posting] = ()
            if state is BoothState.ACCEPTED:  # a job each at least, as long as there is time
                waiting -= 1
                shown = postings[: min(MOST_A_BOOTH, max(1, MOST_JOBS - placed - waiting))]
            elif state in (BoothState.APPLIED, BoothState.CANCELLED):
                shown = postings[:MOST_A_BOOTH]
            slot = fair.starts_at, fair.ends_at
            if in_turn and state is BoothState.ACCEPTED:
                ends = fair.starts_at + OPENING + EACH * (placed + len(shown))
                if not shown:  # who has not said yet what they show share the rest
                    ends, without = settled + (fair.ends_at - settled) / without, without - 1
                slot, settled = (settled, ends), ends
            booth = self._booth(held, employer, state, order, slot, asked)
            for place, posting in enumerate(shown, 1):
                planned = None
                if in_turn and state is BoothState.ACCEPTED:
                    planned, placed = fair.starts_at + OPENING + EACH * placed, placed + 1
                if state is BoothState.ACCEPTED:
                    held.jobs.append((posting, planned))
                self.rows[FairJob].append(
                    {
                        "fair_id": fair.id,
                        "job_id": posting.job.id,
                        "booth_id": booth.id,
                        "order": place,
                        "planned_at": planned,
                    }
                )

    def mark(self, held: Held, posting: Posting, at: datetime, since: datetime | None) -> Values:
        """Show a job from now on; `since` when the stream runs without a drop, if there is one."""
        made = {
            "id": self._chance.id_at(at),
            "fair_id": held.fair.id,
            "job_id": posting.job.id,
            "at": at,
            "at_s": None if since is None else int((at - since).total_seconds()),
            "staff_id": held.by.id,
        }
        self.rows[Mark].append(made)
        held.marks.append(made)
        said = {"job_id": str(posting.job.id), "at": at.isoformat(), "at_s": made["at_s"]}
        self.deed(held, at, "fair.mark", None, said, of=("fair_mark", made["id"]))
        return made

    def deed(
        self,
        held: Held,
        at: datetime,
        action: str,
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
        reason: str | None = None,
        *,
        of: tuple[str, Any] | None = None,
    ) -> None:
        """Write what the fair's manager did into the ledger; `of`: what of the fair, by its kind and id."""
        actor = Actor(ActorKind.STAFF, held.by.id, held.by.name)
        line = entry(self._chance, at, actor, action, held.fair, before=before, after=after, reason=reason)
        if of:
            line |= {"object_kind": of[0], "object_id": of[1]}
        self.rows[Entry].append(line)

    def tables(self) -> list[Table]:
        return list(self.rows.items())

    def _booth(
        self,
        held: Held,
        employer: Employer,
        state: BoothState,
        order: int,
        slot: tuple[datetime, datetime],
        asked: datetime,
    ) -> Booth:
        at = asked + timedelta(minutes=7 * order)
        # Every other one who is there now had asked for it.
        by_station = state in (BoothState.APPLIED, BoothState.REJECTED) or order % 2 == 0
        waits = state in (BoothState.INVITED, BoothState.APPLIED)
        decided = None if waits else at + timedelta(hours=5)
        rejected = state is BoothState.REJECTED
        booth = row(
            Booth,
            id=self._chance.id_at(at),
            fair_id=held.fair.id,
            employer_id=employer.id,
            state=state,
            order=order,
            label=f"A{order:02}" if held.plan.mode is not FairMode.ONLINE else None,
            starts_at=slot[0],
            ends_at=slot[1],
            reason="本场以家政岗位为主,欢迎报名下一场" if rejected else None,
            staff_id=None if state is BoothState.APPLIED else held.by.id,
            decided_at=held.fair.cancelled_at if state is BoothState.CANCELLED else decided,
            version=1 if waits else 2,
            created_at=at,
        )
        self.rows[Booth].append(booth)
        held.booths.append((booth, employer))
        of = ("fair_booth", booth.id)
        was = {"state": BoothState.APPLIED.value, "employer_id": str(employer.id)}
        if not by_station:
            self.deed(held, at, "fair_booth.invite", None, was | {"state": "invited"}, of=of)
        elif decided and state in (BoothState.ACCEPTED, BoothState.REJECTED):
            verb = "fair_booth.reject" if rejected else "fair_booth.accept"
            self.deed(held, decided, verb, was, was | {"state": state.value}, booth.reason, of=of)
        return booth


def facts(fair: Fair) -> dict[str, Any]:
    """Return what the ledger notes of a fair."""
    noted = {name: getattr(fair, name) for name in ("title", "mode", "state", "starts_at", "ends_at")}
    return {name: str(value) for name, value in noted.items()}
