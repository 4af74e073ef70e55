"""Who came and went in the demo city, and who did not: attendance, claims, the codes of sites."""

import math
from datetime import datetime, timedelta
from uuid import UUID

from app.attendance.claims import ANSWER_WITHIN
from app.attendance.keeping import ASKED_AFTER, EXACT_FOR, PROPOSED_AFTER
from app.attendance.models import (
    Attendance,
    AttendanceKind,
    Claim,
    ClaimKind,
    ClaimState,
    CodeMode,
    Method,
    SiteCode,
    Standing,
)
from app.attendance.presence import distance_m, is_late, judge
from app.core.keyring import seal
from app.engagements.models import Engagement, EngagementState
from app.geo.places import stored
from app.geo.points import Wgs84
from app.jobs.models import Job, JobState
from scripts.demo.copying import Values
from scripts.demo.letters import Letters
from scripts.demo.scene import Life, Scene

_IN = {Method.GEOFENCE: 62, Method.EMPLOYER: 32, Method.STAFF: 6}
_WITH_CODE = 0.12
_FORGETS, _OFFLINE, _CONTESTED = 0.03, 0.04, 0.01
_M_PER_DEGREE = 111_000
_LATE_BECAUSE = ("公交晚点,马上到", "路上堵车", "先送孩子上学")


class Attending:
    """Notes comings and goings as phones, sites, employers, stations and the clock do."""

    def __init__(self, scene: Scene, letters: Letters) -> None:
        self._scene, self._letters, self._chance = scene, letters, scene.chance("attending")
        self._codes: set[UUID] = set()

    def code(self, job: Job, mode: CodeMode | None = None) -> None:
        """Give a site its code: some have one, as they like it."""
        if job.published_at is None or not (mode or self._chance.happens(_WITH_CODE)):
            return
        if job.id in self._codes:
            return
        self._codes.add(job.id)
        fixed = job.state is JobState.CLOSED or self._chance.happens(0.6)
        made = SiteCode(
            id=self._chance.id_at(job.published_at),
            job_id=job.id,
            mode=mode or (CodeMode.FIXED if fixed else CodeMode.ROTATING),
            seed=self._chance.randbytes(16),
            made_at=job.published_at,
        )
        self._scene.write(made)

    def come(self, life: Life, method: Method | None = None) -> None:
        """Let somebody come on time, or nearly."""
        one, chance = life.engagement, self._chance
        at = one.starts_at + timedelta(minutes=chance.randint(-15, 4), seconds=chance.randrange(60))
        one.state, one.checked_in_at = EngagementState.CHECKED_IN, at
        self._note(life, AttendanceKind.CHECK_IN, at, method or self._method(life))

    def go(self, life: Life, method: Method | None = None) -> None:
        """Let somebody go at the end, or nearly; some forget to say so, and the clock does."""
        one, chance = life.engagement, self._chance
        at = one.ends_at + timedelta(minutes=chance.randint(-6, 18), seconds=chance.randrange(60))
        if chance.happens(0.05):
            at = one.ends_at - timedelta(minutes=chance.randint(20, 90))
        clocks = one.ends_at + timedelta(hours=12) < self._scene.today and chance.happens(_FORGETS)
        if method is None and clocks:
            method, at = Method.SYSTEM, one.ends_at
        one.state, one.checked_out_at = EngagementState.CHECKED_OUT, at
        self._note(life, AttendanceKind.CHECK_OUT, at, method or self._method(life))

    def as_agreed(self, life: Life, decided_at: datetime, staff_id: UUID) -> None:
        """Note for staff that somebody came and went as agreed after all."""
        one = life.engagement
        one.state, one.checked_in_at, one.checked_out_at = (
            EngagementState.CHECKED_OUT,
            one.starts_at,
            one.ends_at,
        )
        for kind, at in ((AttendanceKind.CHECK_IN, one.starts_at), (AttendanceKind.CHECK_OUT, one.ends_at)):
            self._keep(one, kind, at, Method.STAFF, decided_at, staff_id)

    def run_late(self, life: Life) -> None:
        """Let the worker say that it will take a little longer."""
        one, chance = life.engagement, self._chance
        said = one.starts_at - timedelta(minutes=chance.randint(5, 40))
        noted = self._keep(one, AttendanceKind.RUNNING_LATE, said, Method.WORKER, said, one.worker_id)
        arrives = one.starts_at + timedelta(minutes=chance.randint(10, 40))
        noted |= {"arrives_at": arrives, **_sealed(noted, chance.choice(_LATE_BECAUSE))}
        self._letters.employer(life, "running_late", said, noted["id"], arrives=arrives)

    def absent(self, life: Life, by_employer_at: datetime | None = None) -> Claim:
        """Propose a no-show: the employer says so, or the clock two hours after the start."""
        one, chance = life.engagement, self._chance
        at = by_employer_at
        if at is None and chance.happens(0.4):
            at = one.starts_at + timedelta(minutes=chance.randint(35, 55))
        claim = self._claim(life, ClaimKind.NO_SHOW, at or one.starts_at + ASKED_AFTER + PROPOSED_AFTER)
        if at:
            claim.made_by = self._scene.owner(life)
            claim.text = chance.choice(("到点没来,电话打不通", "等了半小时没见人", "说好来,一直没到"))
        if claim.made_at >= one.starts_at + ASKED_AFTER:
            one.asked_at = one.starts_at + ASKED_AFTER
        one.state = EngagementState.NO_SHOW
        self._letters.worker(life, "no_show_claimed", claim.made_at, claim.id, until=claim.answer_until)
        if claim.answer_until <= self._scene.today:
            claim.state = ClaimState.STANDS
        return claim

    def turned_away(self, life: Life, at: datetime) -> Claim:
        """Let the worker say to have been turned away at the gate."""
        one = life.engagement
        claim = self._claim(life, ClaimKind.TURNED_AWAY, at)
        said = "到了门口说人够了,不让进"
        claim.made_by, claim.text = one.worker_id, said
        noted = self._keep(one, AttendanceKind.TURNED_AWAY, at, Method.WORKER, at, one.worker_id)
        noted |= _sealed(noted, said)
        self._letters.employer(life, "turned_away_claimed", at, claim.id, until=claim.answer_until)
        return claim

    def _claim(self, life: Life, kind: ClaimKind, at: datetime) -> Claim:
        claim = Claim(
            id=self._chance.id_at(at),
            engagement_id=life.engagement.id,
            kind=kind,
            state=ClaimState.PROPOSED,
            made_at=at,
            answer_until=at + ANSWER_WITHIN,
        )
        self._scene.write(claim)
        return claim

    def _method(self, life: Life) -> Method:
        if life.posting.job.id in self._codes and self._chance.happens(0.7):
            return Method.SITE_CODE
        method = self._chance.of(_IN)
        if method is Method.GEOFENCE and life.engagement.worker_id not in self._scene.agreeing:
            return Method.EMPLOYER
        return method

    def _note(self, life: Life, kind: AttendanceKind, at: datetime, method: Method) -> None:
        chance, one = self._chance, life.engagement
        by: UUID | None = one.worker_id
        if method is Method.EMPLOYER:
            by = self._scene.owner(life)
        elif method is Method.STAFF:
            by = self._scene.mediator(one.division).id
        received = at
        if method is Method.SYSTEM:
            by, received = None, one.ends_at + timedelta(hours=12)
        offline = method in (Method.GEOFENCE, Method.SITE_CODE) and chance.happens(_OFFLINE)
        if offline:
            received = min(at + timedelta(minutes=chance.randint(25, 200)), self._scene.today)
        noted = self._keep(one, kind, at, method, received, by)
        noted["signed"] = offline
        if method is Method.GEOFENCE:
            self._place(life, noted)
        if method is Method.EMPLOYER and chance.happens(_CONTESTED):
            when = received + timedelta(hours=2)
            if when < self._scene.today:
                said = _sealed(noted, "我到得更早,有工友可以作证", "contest_text")
                noted |= {"standing": Standing.CONTESTED, "contested_at": when, "contested_by": one.worker_id}
                noted |= said

    def _keep(
        self,
        one: Engagement,
        kind: AttendanceKind,
        at: datetime,
        method: Method,
        received_at: datetime,
        by: UUID | None,
    ) -> Values:
        noted = {
            "id": self._chance.id_at(received_at),
            "engagement_id": one.id,
            "kind": kind,
            "method": method,
            "noted_by": by,
            "at": at,
            "received_at": received_at,
            "late": is_late(at, received_at),
        }
        self._scene.rows[Attendance].append(noted)
        return noted

    def _place(self, life: Life, noted: Values) -> None:
        """Put the position at the site, now and then a little off it; rounded when it is old."""
        chance, job = self._chance, life.posting.job
        site = Wgs84(*((job.places or {})["wgs84"][axis] for axis in ("lng", "lat")))
        away_m, turn = (
            chance.choice((10, 40, 90, 160, 240, 380)) * chance.random(),
            chance.random() * math.tau,
        )
        lng = site.lng + away_m * math.sin(turn) / _M_PER_DEGREE / math.cos(math.radians(site.lat))
        point = Wgs84(round(lng, 6), round(site.lat + away_m * math.cos(turn) / _M_PER_DEGREE, 6))
        exact_m = distance_m(point, site)
        accuracy_m = chance.choice((8, 12, 20, 35, 60, 120, 450))
        judged = judge(exact_m, job.check_in_radius_m, accuracy_m)
        if not judged.there:
            accuracy_m = math.ceil(exact_m)
            judged = judge(exact_m, job.check_in_radius_m, accuracy_m)
        # A day early, so that tonight's rounding finds little.
        old = noted["received_at"] <= self._scene.today + timedelta(days=1) - EXACT_FOR
        if old:
            point = Wgs84(round(point.lng, 2), round(point.lat, 2))
        noted |= {"point": stored(point), "rounded": old, "distance_m": round(exact_m)}
        noted |= {"accuracy_m": accuracy_m, "doubtful": judged.doubtful}


def _sealed(noted: Values, said: str, name: str = "text") -> Values:
    return {f"{name}_sealed": seal(said, f"attendance/{name}/{noted['id']}")}
