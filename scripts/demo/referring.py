"""Whom the demo city's clerks sent to jobs, and what came of it: every state, with the places kept."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.audit.actions import Actor
from app.audit.models import ActorKind, Entry
from app.core import clock
from app.core.types import Base
from app.engagements.models import Engagement, EngagementState, KeptPlace
from app.jobs.models import JobState, Shift
from app.notifications.kinds import Span, Value
from app.referrals.models import Referral, ReferralQuota, ReferralState, WhyNot
from app.stations.models import Role, Staff, Station
from app.workers.models import Worker
from scripts.demo.copying import Table, Values, row
from scripts.demo.hiring import Market
from scripts.demo.ledger import CITY, entry
from scripts.demo.letters import Letters
from scripts.demo.people import Workforce
from scripts.demo.postings import Posting
from scripts.demo.scene import Scene

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_SENT, _HIRED, _APPLIED = 4, 5, 2  # a clerk
_OVER = (
    (ReferralState.LAPSED, None),
    (ReferralState.LAPSED, None),
    (ReferralState.NOT_HIRED, WhyNot.SKILLS),
    (ReferralState.NOT_HIRED, WhyNot.EMPLOYER_REFUSED),
    (ReferralState.DECLINED, WhyNot.DISTANCE),
    (ReferralState.DECLINED, WhyNot.PAY),
    (ReferralState.WITHDRAWN, None),
)
_NOTES = ("到了找门卫登记", "带身份证,早到十分钟", "中午管饭,自带水杯", None)
_TAKEN_BACK = "用工主体改了时间,另行推荐"
_HOURS = 48  # as long as a place can be kept: today's live ones last beyond the day
_MONTHLY = {6: 80, 9: 40}  # by the length of the division's code
_TOLD_FOR = 10 * DAY


class Referring:
    """Lets each clerk send people of the own division to jobs of the county."""

    def __init__(self, scene: Scene, market: Market, force: Workforce, letters: Letters) -> None:
        self._scene, self._market, self._letters = scene, market, letters
        self._chance, self._today = scene.chance("referring"), scene.today
        self._workers = {one.id: one for one in force.workers}
        self._homes = {one.id: one.division or "" for one in force.workers}
        self._rows: dict[type[Base], list[Base | Values]] = {Referral: [], KeptPlace: [], ReferralQuota: []}
        self._sent: set[tuple[UUID, UUID]] = set()
        self._taken: dict[tuple[UUID, UUID], Engagement] = {}
        self._asked = {one["id"]: one["created_at"] for one in market.made.applications}

    def send(self, postings: Sequence[Posting]) -> None:
        """Let all clerks but the city's send, and managers say how many a month."""
        by_county: dict[str, list[Posting]] = defaultdict(list)
        for posting in postings:
            if posting.job.published_at:
                by_county[posting.job.county_code or CITY].append(posting)
        managers = {one.station_id: one for one in self._scene.staff if one.role is Role.MANAGER}
        self._taken = {
            (one.worker_id, one.shift_id): one
            for one in self._market.made.engagements
            if one.state is not EngagementState.CANCELLED
        }
        for clerk in self._scene.staff:
            station = self._scene.stations[clerk.station_id]
            if clerk.role is not Role.CLERK or station.division == CITY:
                continue
            here = by_county[station.division[:6]]
            self._quota(clerk, station, managers[station.id])
            self._came_of(clerk, station, here)
            self._in_vain(clerk, station, here)
            self._on_the_way(clerk, station, here)

    def tables(self) -> list[Table]:
        return list(self._rows.items())

    def _came_of(self, clerk: Staff, station: Station, here: Sequence[Posting]) -> None:
        """Let those have been sent who applied soon after, within office hours."""
        jobs = {posting.job.id: posting for posting in here}
        shifts = {shift.id: shift for posting in here for shift in posting.shifts}
        hired = applied = 0
        for choice in reversed(self._market.made.choices):
            pair = (choice["worker_id"], choice["shift_id"])
            if hired == _HIRED and applied == _APPLIED:
                return
            if pair[1] not in shifts or pair in self._sent or not self._lives(pair[0], station):
                continue
            asked = self._asked[choice["application_id"]]
            engagement, sent = self._taken.get(pair), asked - self._chance.randint(12, 50) * MINUTE
            posting = jobs[shifts[pair[1]].job_id]
            published = posting.job.published_at or asked
            if not 9 <= sent.astimezone(clock.SHANGHAI).hour < 17 or sent < published + MINUTE:  # noqa: PLR2004
                continue
            worker, shift = self._workers[pair[0]], shifts[pair[1]]
            if engagement and hired < _HIRED and sent < self._today - DAY:
                hired += 1
                made = self._referral(clerk, station, posting, shift, worker, sent, ReferralState.HIRED)
                made |= {"engagement_id": engagement.id, "changed_at": engagement.agreed_at}
            elif choice["state"] == "pending" and applied < _APPLIED and sent < self._today - _HOURS * HOUR:
                applied += 1
                made = self._referral(clerk, station, posting, shift, worker, sent, ReferralState.APPLIED)
                made["changed_at"] = asked

    def _in_vain(self, clerk: Staff, station: Station, here: Sequence[Posting]) -> None:
        """Let nothing have come of some, for each reason."""
        chance = self._chance
        lately = [one for one in here if self._today - 40 * DAY < one.shifts[0].starts_at < self._today]
        found = self._pairs(station, lately, lambda _, at: at < self._today - 3 * DAY)
        for (state, why), (posting, shift, worker, sent) in zip(_OVER, found, strict=False):
            made = self._referral(clerk, station, posting, shift, worker, sent, state)
            kept = made["kept_until"]
            at = kept if state is ReferralState.LAPSED else chance.between(sent + MINUTE, kept)
            made |= {"changed_at": at, "reason": why.value if why else None}
            if state is ReferralState.WITHDRAWN:
                self._line(clerk, made, "referral.withdraw", at, _TAKEN_BACK)
            elif why:
                self._line(clerk, made, "referral.outcome", at)
            if state in (ReferralState.LAPSED, ReferralState.WITHDRAWN) and at > self._today - _TOLD_FOR:
                values, data = _about(made, posting, shift)
                self._letters.tell(worker.id, "referral_over", at, made["id"], values, data)

    def _on_the_way(self, clerk: Staff, station: Station, here: Sequence[Posting]) -> None:
        """Keep places until tomorrow for whom a clerk sent yesterday, and who has not come yet."""
        to_come = [one for one in here if one.job.state is JobState.OPEN]
        yesterday = self._today - DAY
        found = self._pairs(
            station, to_come, lambda shift, _: shift.free > 1 and shift.starts_at > self._today + 2 * DAY
        )
        for _, (posting, shift, worker, _at) in zip(range(_SENT), found, strict=False):
            sent = yesterday + (14 + 3 * self._chance.random()) * HOUR
            if (posting.job.published_at or sent) >= sent:
                continue
            made = self._referral(clerk, station, posting, shift, worker, sent, ReferralState.SENT)
            shift.reserved += 1
            self._market.keep_free(worker, shift)
            kept = {"id": self._chance.id_at(sent), "until": made["kept_until"]}
            self._rows[KeptPlace].append(kept | {"worker_id": worker.id, "shift_id": shift.id})

    def _pairs(
        self, station: Station, postings: Sequence[Posting], fits: Any
    ) -> Iterator[tuple[Posting, Shift, Worker, datetime]]:
        """Find people of the division who could take a shift, those without a phone first, each once."""
        chance = self._chance
        people = [worker for id_, worker in self._workers.items() if self._lives(id_, station)]
        chance.shuffle(people)
        people.sort(key=lambda one: one.id not in self._scene.without_phone)
        some = [*postings]
        chance.shuffle(some)
        for posting in some:
            published = posting.job.published_at or self._today
            at = self._scene.in_office(chance, published + chance.uniform(0.5, 6) * HOUR)
            shift = posting.shifts[-1]
            if at > shift.starts_at - 3 * HOUR or not fits(shift, at):
                continue
            for worker in people:
                if (worker.id, shift.id) not in self._sent and self._market.could(worker, posting, shift, at):
                    people.remove(worker)
                    yield posting, shift, worker, at
                    break

    def _lives(self, worker_id: UUID, station: Station) -> bool:
        return self._homes[worker_id].startswith(station.division)

    def _referral(
        self,
        clerk: Staff,
        station: Station,
        posting: Posting,
        shift: Shift,
        worker: Worker,
        sent: datetime,
        state: ReferralState,
    ) -> Values:
        made: Values = {
            "id": self._chance.id_at(sent),
            "job_id": posting.job.id,
            "shift_id": shift.id,
            "worker_id": worker.id,
            "employer_id": posting.employer.id,
            "staff_id": clerk.id,
            "division": station.division,
            "state": state.value,
            "note": self._chance.choice(_NOTES),
            "sent_at": sent,
            "kept_until": min(sent + _HOURS * HOUR, shift.starts_at),
            "changed_at": sent,
        }
        self._sent.add((worker.id, shift.id))
        self._rows[Referral].append(made)
        self._line(clerk, made | {"state": ReferralState.SENT.value}, "referral.send", sent)
        if sent > self._today - _TOLD_FOR:
            values, data = _about(made, posting, shift)
            values |= {"station": station.name, "shifts": "1", "until": made["kept_until"]}
            note = values | {"note": made["note"] or ""}
            told, key, owner = self._letters.tell, made["id"], self._scene.owners[posting.employer.id]
            told(worker.id, "referred", sent, key, note, data, made["kept_until"])
            told(owner, "worker_referred", sent, key, values, data)
        return made

    def _line(self, clerk: Staff, made: Values, action: str, at: datetime, reason: str | None = None) -> None:
        actor, named = Actor(ActorKind.STAFF, clerk.id, clerk.name), row(Referral, **made)
        after = {name: str(made[name]) for name in ("job_id", "shift_id", "worker_id")}
        after["state"] = made["state"]
        if made.get("reason"):
            after["reason"] = made["reason"]
        line = entry(self._chance, at, actor, action, named, after=after, reason=reason)
        self._scene.rows[Entry].append(line)

    def _quota(self, clerk: Staff, station: Station, by: Staff) -> None:
        monthly, at = _MONTHLY[len(station.division)], self._today - 90 * DAY + 10 * HOUR
        if station.division.endswith("400"):
            monthly = _MONTHLY[6]
        quota = {"staff_id": clerk.id, "monthly": monthly, "set_by": by.id, "set_at": at}
        self._rows[ReferralQuota].append(quota)
        actor, after = Actor(ActorKind.STAFF, by.id, by.name), {"monthly": monthly}
        line = entry(
            self._chance, at, actor, "referral.quota", station, before={"monthly": None}, after=after
        )
        self._scene.rows[Entry].append(line | {"object_kind": "staff", "object_id": clerk.id})


def _about(made: Values, posting: Posting, shift: Shift) -> tuple[dict[str, Value], dict[str, str]]:
    job = posting.job
    values: dict[str, Value] = {
        "job": job.title or "",
        "when": Span(shift.starts_at, shift.ends_at),
        "where": (job.places or {})["gcj02"]["address"],
    }
    return values, {"referral_id": str(made["id"]), "job_id": str(job.id)}
