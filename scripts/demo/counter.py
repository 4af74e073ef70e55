"""What the demo city's stations do for people without a phone: sheets signed, work found, errands run."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.audit.actions import Actor
from app.audit.models import ActorKind, Entry
from app.core.keyring import seal
from app.core.types import Base
from app.counter.actions import LASTS
from app.counter.models import Assistance, Consent, Errand, Reached
from app.jobs.models import ClosedBecause, JobState
from app.notifications.texts import WORDINGS
from app.stations.models import Staff
from app.workers.models import Worker
from scripts.demo import picture
from scripts.demo.copying import Table, Values, row
from scripts.demo.hiring import Market
from scripts.demo.ledger import entry
from scripts.demo.letters import Letters
from scripts.demo.offices import TOWNSHIPS
from scripts.demo.people import Workforce
from scripts.demo.postings import Posting
from scripts.demo.scene import Life, Scene

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_BRINGS = 0.25  # of the postings of the county that still have a place
_LEAVES = 2  # a place for others: what is open stays open
_GIGS = 4  # one finds none, the next one, two, three
_NEIGHBOURS = ("邻居刘家有电话,晚饭后打", "村口小卖部代叫", "侄子在镇上开店,可捎话", "每逢赶集来站里")
_TOLD = ("到村里当面告知", "电话打到邻居家转告", "本人来站,当面告知", "托村小组长转告,本人回话知悉")


class Counter:
    """Registers, applies and tells on behalf, with a signed sheet each time."""

    def __init__(self, scene: Scene, market: Market, force: Workforce, letters: Letters) -> None:
        self._scene, self._market, self._letters = scene, market, letters
        self._chance = scene.chance("counter")
        self._clerks: Mapping[UUID, Staff] = force.without_phone
        self._left: dict[UUID, int] = {}
        self._people: dict[str, list[Worker]] = defaultdict(list)
        self._rows: dict[type[Base], list[Base | Values]] = {Reached: [], Assistance: [], Errand: []}
        people = [worker for worker in force.workers if worker.id in self._clerks]
        for n, worker in enumerate(people):
            self._left[worker.id] = n // len(TOWNSHIPS) % _GIGS
            self._people[(worker.division or "")[:6]].append(worker)
            self._register(worker)

    def bring(self, posting: Posting) -> list[Life]:
        """Let clerks apply for a posting that has a place left; return who was taken on."""
        job, chance = posting.job, self._chance
        over = job.closed_because is ClosedBecause.EXPIRED
        if not (job.state is JobState.OPEN or over) or not job.published_at or not chance.happens(_BRINGS):
            return []
        shift = posting.shifts[-1]
        at = self._scene.in_office(chance, job.published_at + chance.uniform(0.2, 30) * HOUR)
        if shift.free < _LEAVES or at > min(shift.starts_at - HOUR, self._scene.today):
            return []
        # The same number of draws whoever is there, so that parts don't disturb each other.
        for worker in self._people[job.county_code or ""]:
            if self._left[worker.id] and self._market.could(worker, posting, shift, at):
                self._left[worker.id] -= 1
                life = self._market.take_on(posting, shift, worker, at)
                did = {"job_id": str(job.id)}
                self._assist(worker.id, at - 6 * MINUTE, at + 4 * MINUTE, ("assist.apply_for_job", at, did))
                return [life]
        return []

    def run_errands(self) -> None:
        """Leave what would have gone by SMS to the station; what is older than a day was told."""
        for account_id, clerk in self._clerks.items():
            for letter in self._letters.to(account_id):
                if WORDINGS[letter["kind"]].sms:
                    self._rows[Errand].append(self._errand(account_id, clerk, letter))

    def tables(self) -> list[Table]:
        return list(self._rows.items())

    def _register(self, worker: Worker) -> None:
        clerk, chance = self._clerks[worker.id], self._chance
        contact = chance.choice(_NEIGHBOURS)
        made = row(Reached, id=worker.id, station_id=clerk.station_id, since=worker.created_at)
        made.contact_sealed = seal(contact, f"reached_through_stations/contact/{worker.id}")
        self._rows[Reached].append(made)
        self._assist(worker.id, worker.created_at, worker.created_at + 15 * MINUTE)

    def _assist(
        self,
        account_id: UUID,
        since: datetime,
        ended: datetime,
        deed: tuple[str, datetime, dict[str, Any]] | None = None,
    ) -> None:
        """Act by a signed sheet, with the ledger's lines."""
        clerk, chance = self._clerks[account_id], self._chance
        made = row(
            Assistance,
            id=chance.id_at(since),
            staff_id=clerk.id,
            station_id=clerk.station_id,
            division=self._scene.stations[clerk.station_id].division,
            consent=Consent.SHEET,
            account_id=account_id,
            sheet_key=picture.SHEET,
            created_at=since,
            confirmed_at=since,
            until=since + LASTS,
            ended_at=ended,
        )
        self._rows[Assistance].append(made)
        actor = Actor(ActorKind.STAFF, clerk.id, clerk.name)
        facts = {"consent": made.consent.value, "account_id": str(account_id)}
        begun, over = facts | {"state": "active"}, facts | {"state": "ended"}
        written = [entry(chance, since, actor, "assistance.on_paper", made, after=begun)]
        if deed:
            action, at, ids = deed
            did = entry(chance, at, actor, action, made, after={"assistance_id": str(made.id), **ids})
            written.append(did | {"object_kind": "account", "object_id": account_id})
        written.append(entry(chance, ended, actor, "assistance.end", made, after=over))
        self._scene.rows[Entry] += written

    def _errand(self, account_id: UUID, clerk: Staff, letter: Values) -> Values:
        chance, at = self._chance, letter["created_at"]
        errand = {
            "id": chance.id_at(at),
            "account_id": account_id,
            "station_id": clerk.station_id,
            "kind": letter["kind"],
            "key": letter["key"],
            "text": letter["text"],
            "due_at": letter["by"],
            "created_at": at,
        }
        done = self._scene.in_office(chance, at + chance.uniform(0.5, 5) * HOUR)
        if done >= self._scene.today - 10 * HOUR:
            return errand
        how = seal(chance.choice(_TOLD), f"errands/how/{errand['id']}")
        after = {"errand_id": str(errand["id"]), "kind": errand["kind"]}
        actor = Actor(ActorKind.STAFF, clerk.id, clerk.name)
        station = self._scene.stations[clerk.station_id]
        line = entry(chance, done, actor, "errand.done", station, after=after)
        self._scene.rows[Entry].append(line | {"object_kind": "account", "object_id": account_id})
        return errand | {"done_at": done, "done_by": clerk.id, "how_sealed": how}
