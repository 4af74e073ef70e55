"""What the staff of the demo city have in hand just now: cases of Yaodu's queues, for half an hour."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.audit.actions import Actor
from app.audit.models import ActorKind, Entry
from app.cases.holds import LASTS
from app.cases.models import CaseKind, Hold
from app.core.types import Base
from app.employers.models import Employer, EmployerState
from app.jobs.models import Job, JobState
from app.stations.models import Staff
from app.workers.models import Worker
from scripts.demo.chance import Chance
from scripts.demo.copying import Table, Values
from scripts.demo.ledger import entry

WHERE = "141002"
_EACH = 2


def in_hand(
    by: Staff, employers: Sequence[Employer], workers: Sequence[Worker], jobs: Sequence[Job], now: datetime
) -> list[Table]:
    """Let a reviewer have claimed the oldest of each kind that he decides, with the ledger's lines."""
    chance, holds, lines = Chance("holding"), list[Base | Values](), list[Base | Values]()
    pending = [one for one in employers if one.state is EmployerState.PENDING]
    unchecked = [one for one in workers if one.verified_at and one.identity_checked_at is None]
    waiting: dict[CaseKind, list[tuple[datetime | None, UUID, Base]]] = {
        CaseKind.EMPLOYERS: [(one.waiting_since, one.id, one) for one in pending if _here(one.division)],
        CaseKind.REAL_NAMES: [(one.verified_at, one.id, one) for one in unchecked if _here(one.division)],
        CaseKind.JOBS: [
            (one.submitted_at, one.id, one)
            for one in jobs
            if one.state is JobState.IN_REVIEW and _here(one.division)
        ],
    }
    actor = Actor(ActorKind.STAFF, by.id, by.name)
    for kind, cases in waiting.items():
        for _, case_id, case in sorted(cases, key=lambda one: one[:2])[:_EACH]:
            held = {"kind": kind.value, "case_id": case_id, "staff_id": by.id, "station_id": by.station_id}
            holds.append(held | {"since": now, "until": now + LASTS})
            named = case.__tablename__.removesuffix("s")
            lines.append(entry(chance, now, actor, "case.claim", case) | {"object_kind": named})
    return [(Hold, holds), (Entry, lines)]


def _here(division: str | None) -> bool:
    return (division or "").startswith(WHERE)
