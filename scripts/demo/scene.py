"""What the parts of the demo city's working life share: the day, who is whose, the rows they write."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.attachments.models import Attachment, Belongs
from app.attendance.models import Attendance, Claim, SiteCode
from app.audit.actions import Actor
from app.audit.models import ActorKind, Entry
from app.core import clock
from app.core.types import Base
from app.disputes.models import Dispute, Message, Step
from app.employers.models import Member
from app.engagements.models import Change, Engagement, EngagementState, Excuse, Side, Terms
from app.engagements.notice import minutes_of
from app.jobs.models import Shift
from app.pay.confirming import agreed_minutes
from app.pay.models import PayRecord, PayReport
from app.standing.models import Appeal, Review
from app.stations.models import Role, Staff, Station
from app.workers.models import Worker
from scripts.demo import picture
from scripts.demo.chance import Chance
from scripts.demo.copying import Table, Values
from scripts.demo.ledger import CITY, entry
from scripts.demo.postings import Posting
from scripts.demo.reference import Reference

# In the order of their foreign keys.
_WRITTEN: tuple[type[Base], ...] = (
    Terms, Change, SiteCode, Attendance, Claim, Excuse, PayRecord, PayReport, Dispute, Message, Step, Review,
    Appeal, Attachment, Entry,
)  # fmt: skip


_OPENS, _SHUTS = 9, 17


@dataclass
class Life:
    """One engagement with all that it came from."""

    posting: Posting
    shift: Shift
    engagement: Engagement
    worker: Worker
    choice: Values
    terms: Terms

    @property
    def pay(self) -> dict[str, Any]:
        pay: dict[str, Any] = self.terms.body["pay"]
        return pay

    @property
    def agreed_minutes(self) -> int:
        return agreed_minutes(self.engagement)

    def cancel(self, by: Side, at: datetime, reason: str | None) -> None:
        """End it as the application would; the place's count is the caller's."""
        one = self.engagement
        one.state, one.cancelled_by, one.cancelled_at = EngagementState.CANCELLED, by, at
        one.cancel_reason = reason
        one.notice_minutes = minutes_of(one.starts_at, at)
        self.choice |= {"state": "withdrawn", "changed_at": at}


@dataclass
class Scene:
    """The day's first moment, the city as it is, and the rows that are written about it."""

    reference: Reference
    today: datetime
    seed: str
    staff: list[Staff]
    members: list[Member]
    agreeing: set[UUID]  # workers who agree to the use of positions
    without_phone: dict[UUID, Staff]  # workers, and who registered them
    rows: Mapping[type[Base], list[Base | Values]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.owners = {member.employer_id: member.account_id for member in self.members}
        every = (*self.reference.stations.values(), *self.reference.markets.values())
        self.stations: dict[UUID, Station] = {one.id: one for one in every}
        self._mediators = {
            one.username.rpartition("-")[2]: one for one in self.staff if one.role is Role.MEDIATOR
        }

    @property
    def yesterday(self) -> datetime:
        return self.today - timedelta(days=1)

    def in_office(self, chance: Chance, moment: datetime) -> datetime:
        """Return a moment at or after this one at which staff are at their desks."""
        local = moment.astimezone(clock.SHANGHAI)
        if local.hour >= _SHUTS:
            local = (local + timedelta(days=1)).replace(hour=0)
        if local.hour < _OPENS:
            local = local.replace(hour=_OPENS + chance.randrange(2), minute=chance.randrange(60))
        return local.astimezone(moment.tzinfo)

    def chance(self, part: str) -> Chance:
        return Chance(part, self.seed)

    def write(self, row: Base) -> None:
        self.rows[type(row)].append(row)

    def tables(self) -> list[Table]:
        return [(model, self.rows[model]) for model in _WRITTEN]

    def owner(self, life: Life) -> UUID:
        """Return the account that acts for the employer."""
        return self.owners[life.engagement.employer_id]

    def mediator(self, division: str) -> Staff:
        """Return who mediates at a station, or does so for it at the county's."""
        return self._mediators.get(division) or self._mediators.get(division[:6]) or self._mediators[CITY]

    def picture(
        self, chance: Chance, account_id: UUID, belongs: Belongs, owner_id: UUID, at: datetime
    ) -> None:
        """Put a picture to something as its evidence."""
        self.write(
            Attachment(
                id=chance.id_at(at),
                account_id=account_id,
                picture_key=picture.EVIDENCE,
                belongs=belongs,
                owner_id=owner_id,
                created_at=at,
            )
        )

    def deed(
        self,
        chance: Chance,
        at: datetime,
        by: Staff,
        action: str,
        of: Base,
        before: dict[str, Any],
        after: dict[str, Any],
        reason: str | None = None,
    ) -> None:
        """Write what a member of staff did into the ledger."""
        actor = Actor(ActorKind.STAFF, by.id, by.name)
        made = entry(chance, at, actor, action, of, before=before, after=after, reason=reason)
        self.rows[Entry].append(made)
