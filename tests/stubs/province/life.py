"""How the province keeps its copy: a snapshot, then changes and pushes, compared now and then."""

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum, auto
from http import HTTPStatus
from pathlib import Path
from typing import Any

from joserfc import jwe
from joserfc.jwk import Key
from standardwebhooks import Webhook, WebhookVerificationError

from tests.stubs.province.city import City, Refusal, lines_of
from tests.stubs.province.comparing import Difference, differing
from tests.stubs.province.copy import TYPES, Copy, Incomplete

Json = dict[str, Any]
REMEMBERED = 10_000


class Mood(StrEnum):
    """How the province takes what is pushed to it, for now."""

    WELL = auto()
    SLOW = auto()  # answers after a second
    SILENT = auto()  # never answers
    BROKEN = auto()  # 500
    LOST = auto()  # takes it and answers half
    PICKY = auto()  # 422 for what holds a job
    ENDLESS = auto()  # answers without end
    ELSEWHERE = auto()  # sends the caller to somebody else


@dataclass(frozen=True)
class Said:
    at: float
    way: str  # "in" from the city, "out" to it
    text: str


@dataclass
class Province:
    """The province at work. `tells` hears in plain words what goes over."""

    city: City
    copy: Copy
    folder: Path
    secrets: list[str] = field(default_factory=list)
    subscription: str = "main"
    mood: Mood = Mood.WELL
    tells: Callable[[Said], None] | None = None
    last: deque[Said] = field(default_factory=lambda: deque(maxlen=60))
    counted: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    compared_at: float | None = None
    sent: dict[str, int] = field(default_factory=dict)  # what we sent of ours: its last version
    states: dict[str, str] = field(default_factory=dict)  # our vacancies: what the city made of them
    _etag: str | None = None
    _must_start_over: bool = False
    _ids: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def say(self, way: str, text: str) -> None:
        said = Said(time.time(), way, text)
        self.last.appendleft(said)
        if self.tells:
            self.tells(said)

    async def start_over(self) -> None:
        """Take a snapshot in place of all that is here."""
        file = self.folder / "snapshot.ndjson.gz"
        while True:
            await self.city.download(file)
            try:
                self.copy.load(lines_of(file))
            except (Incomplete, ValueError, EOFError, OSError):
                await asyncio.sleep(0.1)
                continue
            break
        self._etag, self._must_start_over = None, False
        self.counted["snapshots"] += 1
        held = sum(self.copy.count(kind) for kind in TYPES)
        self.say("in", f"全量 snapshot:{held:,} 条")

    async def follow(self) -> bool:
        """Read one page of changes, or begin anew where the cursor is too old; tell if there is more."""
        if self.copy.cursor is None or self._must_start_over:
            await self.start_over()
        try:
            answer = await self.city.changes(self.copy.cursor, self._etag)
        except Refusal as refusal:
            if refusal.status != HTTPStatus.GONE:
                raise
            self.say("in", "游标已失效 410,重新取全量 begins anew")
            await self.start_over()
            return True
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            return False
        page = answer.json()
        self._etag = answer.headers.get("etag")
        news = self.copy.apply(page["items"], cursor=page["next_cursor"])
        self.counted["read"] += len(page["items"])
        if news:
            self.say("in", f"变更 changes:{_in_words(page['items'])}")
        more: bool = page["has_more"]
        return more

    async def catch_up(self) -> None:
        """Read until there is nothing more."""
        while await self.follow():
            pass

    async def keep_following(self, every_s: float) -> None:
        """Follow for good; what the city refuses or the line breaks is tried again."""
        while True:
            try:
                await self.catch_up()
            except (Refusal, TimeoutError) as error:
                self.say("in", f"稍后再试 tries again:{error}")
            await asyncio.sleep(every_s)

    async def subscribe(self, url: str, *types: str) -> None:
        """Have changes pushed to an address of ours, signed with the newest secret."""
        body: Json = {"url": url, "types": list(types or TYPES), "secret": self.secrets[0]}
        if self.copy.cursor is not None:
            body["from"] = self.copy.cursor
        await self.city.call("PUT", f"/sync/v1/subscriptions/{self.subscription}", json=body)
        self.say("out", f"订阅推送 subscribed:{url}")

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """Take a pushed message; return the status to answer with.

        Only what is signed with a secret of ours counts. A repetition is acknowledged and changes nothing.
        """
        message = None
        for secret in self.secrets:
            try:
                message = Webhook(secret).verify(body, headers)
                break
            except (WebhookVerificationError, ValueError):
                continue
        if not isinstance(message, dict):
            self.counted["forged"] += 1
            return HTTPStatus.UNAUTHORIZED
        if self.mood is Mood.PICKY and b'"type":"job"' in body:
            return HTTPStatus.UNPROCESSABLE_ENTITY
        if message["type"] == "changes":
            items = message["data"]["items"]
            if headers["webhook-id"] in self._ids:
                self.counted["repeated"] += 1
            self._ids.append(headers["webhook-id"])
            news = self.copy.apply(items)
            self.counted["pushed"] += len(items)
            if news:
                self.say("in", f"推送 pushed:{_in_words(items)}")
        if message["type"] == "cursor_expired":
            self._must_start_over = True
        return HTTPStatus.NO_CONTENT

    async def compare(self) -> list[Difference]:
        """Find what differs, down to the row; nothing is moved but hashes."""
        self.differences = await differing(self.city, self.copy, self.catch_up)
        self.compared_at = time.time()
        self.say("in", f"核对 compared:差异 {len(self.differences)}")
        return self.differences

    async def heal(self) -> list[Difference]:
        """Take over anew if anything differs; return what differs still."""
        if await self.compare():
            await self.start_over()
            await self.catch_up()
            await self.compare()
        return self.differences

    async def send(self, source_id: str, vacancy: Json) -> Json:
        """Send a vacancy of ours, as a new version of it; return what the city says of it."""
        version = self._next_version(source_id)
        answer = await self.city.call(
            "PUT", f"/sync/v1/inbound/jobs/{source_id}", json={"version": version, **vacancy}
        )
        told: Json = answer.json()
        self.states[source_id] = told["state"]
        self.say("out", f"岗位 vacancy {source_id}:{vacancy['title']} → {told['state']}")
        return told

    async def send_together(self, vacancies: dict[str, Json]) -> list[Json]:
        """Send several as a batch; return the city's answer to each."""
        lines = [
            {"source_id": id_, "version": self._next_version(id_), "job": one}
            for id_, one in vacancies.items()
        ]
        answers = await self.city.batch(lines)
        self.say("out", f"岗位批次 batch:{_counted(one['status'] for one in answers)}")
        return answers

    async def close(self, source_id: str) -> None:
        """Take a vacancy of ours back."""
        version = self._next_version(source_id)
        await self.city.call("DELETE", f"/sync/v1/inbound/jobs/{source_id}", params={"version": version})
        self.states[source_id] = "closed"
        self.say("out", f"岗位关闭 closed {source_id}")

    async def answer(self, application_id: str, outcome: str, **more: Any) -> None:
        """Say what became of an application for one of our vacancies."""
        version = self._next_version(application_id)
        body = {"version": version, "outcome": outcome, **more}
        await self.city.call("PUT", f"/sync/v1/inbound/applications/{application_id}", json=body)
        self.say("out", f"报名结果 outcome:{outcome}")

    async def person(self, kind: str, id_: str, key: Key) -> Json:
        """Read who stands in an engagement or application: sealed to our key, only while they consent."""
        answer = await self.city.call("GET", f"/sync/v1/{kind}s/{id_}/person")
        person: Json = json.loads(jwe.decrypt_compact(answer.text, key).plaintext or b"")
        self.say("in", f"人员信息 a person, sealed to our key:{'、'.join(sorted(person))}")
        return person

    def _next_version(self, id_: str) -> int:
        """Return a number by the clock, so that it goes up over restarts too."""
        self.sent[id_] = max(self.sent.get(id_, 0) + 1, int(time.time() * 1000))
        return self.sent[id_]


def _counted(words: Iterable[str]) -> str:
    return "、".join(f"{word} {count}" for word, count in sorted(Counter(words).items()))


def _in_words(items: list[Json]) -> str:
    return _counted(f"{item['type']} {item['change']}" for item in items)
