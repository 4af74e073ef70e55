"""Inboxes and the stations' alerts: what people were told of what happened, in the application's words."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from app.core.keyring import seal
from app.core.types import Base
from app.disputes.models import Dispute
from app.identity.models import Device, Platform, push_token_place
from app.notifications.disputes import NAMES
from app.notifications.kinds import Both, Span, Value, rendered
from app.notifications.models import Alert, Inbox, Notification
from app.notifications.pay import phone_of
from app.notifications.texts import WORDINGS
from app.notifications.words.alerts import ALERTS
from app.stations.models import Station
from scripts.demo.copying import Table, Values
from scripts.demo.scene import Life, Scene

_READ_AFTER, _UNREAD = timedelta(hours=2), timedelta(days=2)


class Letters:
    """Collects what people and stations are told."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._chance = scene, scene.chance("letters")
        self._letters: dict[UUID, list[Values]] = defaultdict(list)
        self._alerts: list[Base | Values] = []
        self._devices: list[Base | Values] = []

    def worker(self, life: Life, kind: str, at: datetime, key: object = None, **values: Value) -> None:
        """Tell the worker of an engagement."""
        self._about(life.engagement.worker_id, life, kind, at, key, values)

    def employer(self, life: Life, kind: str, at: datetime, key: object = None, **values: Value) -> None:
        """Tell who acts for the employer."""
        self._about(self._scene.owner(life), life, kind, at, key, values)

    def dispute(
        self, account_id: UUID, life: Life | None, dispute: Dispute, kind: str, at: datetime, key: UUID
    ) -> None:
        """Tell a party of a dispute."""
        station = self._scene.stations[dispute.station_id]
        values: dict[str, Value] = {
            "kind": NAMES[dispute.kind],
            "station": station.name,
            "phone": phone_of(station),
            "due": dispute.due_at or Both("规定期限", "the deadline"),
        }
        data = {"dispute_id": str(dispute.id)}
        if life and dispute.engagement_id:
            values |= _about(life)
            data["engagement_id"] = str(life.engagement.id)
        self.tell(account_id, kind, at, str(key), values, data)

    def tell(
        self,
        account_id: UUID,
        kind: str,
        at: datetime,
        key: str,
        values: dict[str, Value],
        data: dict[str, str],
        by: datetime | None = None,
    ) -> None:
        """Tell somebody something in the application's words; `by`: when it is too late for it."""
        wording, said = WORDINGS[kind], rendered(values, english=False)
        read = at < self._scene.today - _UNREAD
        self._letters[account_id].append(
            {
                "id": self._chance.id_at(at),
                "account_id": account_id,
                "kind": kind,
                "key": key,
                "title": wording.title,
                "text": wording.text.format_map(said),
                "data": data,
                "created_at": at,
                "read_at": at + _READ_AFTER if read else None,
                "by": by,  # no column: for those who are told by hand
            }
        )

    def to(self, account_id: UUID) -> list[Values]:
        """Return what somebody was told."""
        return self._letters[account_id]

    def alert(
        self,
        station: Station,
        which: str,
        at: datetime,
        key: UUID,
        data: dict[str, str],
        /,
        **values: Value,
    ) -> None:
        """Put an alert before a station."""
        wording, said = ALERTS[which], rendered(values, english=False)
        self._alerts.append(
            {
                "id": self._chance.id_at(at),
                "station_id": station.id,
                "kind": which,
                "key": str(key),
                "title": wording.title,
                "text": wording.text.format_map(said),
                "data": data,
                "created_at": at,
            }
        )

    def alert_of(
        self, life: Life, kind: str, at: datetime, key: UUID, data: dict[str, str], **more: Value
    ) -> None:
        """Put what concerns an engagement before the station of the place of work."""
        station = self._scene.stations[life.engagement.station_id]
        data = data | {"engagement_id": str(life.engagement.id)}
        self.alert(station, kind, at, key, data, **_about(life), **more)

    def device(self, account_id: UUID, platform: Platform) -> None:
        """Let a phone be known to the market."""
        at = self._scene.today - timedelta(days=30)
        one = Device(id=self._chance.id_at(at), account_id=account_id, platform=platform)
        token = f"demo-{self._chance.getrandbits(64):016x}"
        one.push_token_sealed = seal(token, push_token_place(one.id))
        one.created_at = one.changed_at = at
        self._devices.append(one)

    def tables(self) -> list[Table]:
        """Return the messages, numbered for each account as they came."""
        told: list[Base | Values] = []
        inboxes: list[Base | Values] = []
        for account_id, letters in self._letters.items():
            letters.sort(key=lambda letter: letter["id"])
            for number, letter in enumerate(letters, 1):
                letter["number"] = number
            told += letters
            inboxes.append({"account_id": account_id, "last_number": len(letters)})
        return [(Inbox, inboxes), (Notification, told), (Alert, self._alerts), (Device, self._devices)]

    def _about(
        self,
        account_id: UUID,
        life: Life,
        kind: str,
        at: datetime,
        key: object,
        values: dict[str, Value],
    ) -> None:
        one = life.engagement
        data = {
            "engagement_id": str(one.id),
            "job_id": str(one.job_id),
            "employer_id": str(one.employer_id),
        }
        by = one.starts_at if kind == "taken_on" else None
        self.tell(account_id, kind, at, str(key or one.id), _about(life) | values, data, by)


def _about(life: Life) -> dict[str, Value]:
    job = life.posting.job
    return {
        "job": job.title or "",
        "when": Span(life.engagement.starts_at, life.engagement.ends_at),
        "where": (job.places or {})["gcj02"]["address"],
    }
