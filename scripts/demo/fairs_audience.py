"""Who watched the fairs of the demo city, what they opened, asked, and were told live."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.core.keyring import seal
from app.fairs.audience import Opened, Question, QuestionState, Told, ToldKind, Viewer
from app.fairs.models import FairState
from app.fairs.viewing import Onlooker, viewer_of
from app.workers.models import Worker
from scripts.demo.chance import Chance
from scripts.demo.copying import Values
from scripts.demo.fairs_making import Held, Making

MINUTE = timedelta(minutes=1)
_SIGNED_IN, _LATER, _OPENS = 0.4, 0.15, 0.35
_AT_ONCE = 0.6  # of who watches live, at the best moment
ASKED = (
    ("工资是当天结还是月底结?", "按岗位写的来,日结的当天晚上到账,平台会盯着。"),
    ("管饭吗?", "管一顿午饭,不另收钱。"),
    ("离县城远不远,有没有班车?", "岗位页有地图,班车早上七点从汽车站走。"),
    ("没干过能学会吗?", "第一天有师傅带,不收培训费。"),
    ("需要自己带工具吗?", "工具单位都备着,穿双防滑鞋就行。"),
    ("只干周末可以吗?", "可以,报名时只选周末的班次。"),
    ("要交押金不?", "一分钱不收。谁收钱您就到就近的站反映。"),
    ("五十五了还要不要?", "身体能胜任就行,岗位没有写的条件一律不算。"),
)
_HIDDEN = "加我私聊,高薪兼职一天八百"
WAITS = "下周还有这样的活吗?"


class Audience:
    """Lets people watch: some signed in, most by a phone that only tells itself apart."""

    def __init__(self, making: Making, chance: Chance, people: Sequence[Worker], until: datetime) -> None:
        """Take nobody's word for what happens after `until`."""
        self._making, self._chance, self._people, self._until = making, chance, people, until
        self._seen: set[UUID | None] = set()
        self._opened: set[tuple[UUID | None, UUID]] = set()

    def gather(self, held: Held, number: int, came: Sequence[Values]) -> None:
        """Let so many watch, those who applied among them, and ask; nobody watches what is not streamed."""
        if number:
            for application in sorted(came, key=lambda one: one["created_at"]):
                self._applied(held, application)
            seen = {one["worker_id"] for one in came}
            others = [one for one in self._chance.sample(self._people, number) if one.id not in seen]
            for worker in others[: max(0, number - len(seen))]:
                signed_in = self._chance.happens(_SIGNED_IN)
                self._watched(held, Onlooker(worker.id) if signed_in else self._device())
            held.fair.peak_viewers = int(number * (1 - _LATER) * _AT_ONCE)
        self._ask(held, bool(number))

    def tell(self, held: Held, until: datetime) -> None:
        """Write the live feed, as it was told by an instant."""
        fair = held.fair
        lines: list[tuple[datetime, ToldKind, Any]] = [
            (at, ToldKind.STATE, state)
            for at, state in ((fair.live_at, FairState.LIVE), (fair.ended_at, FairState.ENDED))
            if at
        ]
        lines += [(one["at"], ToldKind.SHOW, one["id"]) for one in held.marks]
        lines += [
            (one["changed_at"], ToldKind.QUESTION, one["id"])
            for one in held.questions
            if one["state"] in ("shown", "answered")
        ]
        lines.sort(key=lambda line: line[0])
        for at, kind, what in lines:
            if at > until:
                continue
            fair.told += 1
            turned = kind is ToldKind.STATE
            self._making.rows[Told].append(
                {
                    "fair_id": fair.id,
                    "number": fair.told,
                    "kind": kind,
                    "state": what if turned else None,
                    "about": None if turned else what,
                    "at": at,
                }
            )

    def _device(self) -> Onlooker:
        return Onlooker(device=UUID(int=self._chance.getrandbits(128), version=4))

    def _ends(self, held: Held) -> datetime:
        return min(held.fair.ended_at or self._until, self._until)

    def _applied(self, held: Held, application: Values) -> None:
        """Let somebody have watched and opened the job before applying, once per fair."""
        fair, at = held.fair, application["created_at"]
        onlooker, ends = Onlooker(application["worker_id"]), self._ends(held)
        live = at <= ends
        opened = at - MINUTE / 2
        came = max(fair.live_at or at, opened - self._chance.randrange(1, 12) * MINUTE) if live else opened
        self._see(held, onlooker, came, live=live)
        self._open(held, onlooker, application["job_id"], opened, application.get("mark_id"))

    def _watched(self, held: Held, onlooker: Onlooker) -> None:
        """Most come in the first half; some see the replay alone."""
        chance, fair, ends = self._chance, held.fair, self._ends(held)
        began = fair.live_at or fair.starts_at
        replayed = fair.state is FairState.ENDED and chance.happens(_LATER)
        at = began + (ends - began) * chance.triangular(0, 1, 0.2)
        if replayed:
            at = chance.between(ends, min(ends + timedelta(days=2), self._until))
        self._see(held, onlooker, at, live=not replayed)
        later = [mark for mark in held.marks if replayed or mark["at"] >= at]
        for mark in chance.sample(later, min(len(later), chance.randint(1, 2))):
            opened = max(at, mark["at"]) + chance.randrange(5, 240) * MINUTE / 60
            if chance.happens(_OPENS) and (opened < ends or (replayed and opened < self._until)):
                self._open(held, onlooker, mark["job_id"], opened, mark["id"])

    def _see(self, held: Held, onlooker: Onlooker, at: datetime, *, live: bool) -> None:
        viewer = viewer_of(held.fair.id, onlooker)
        if viewer in self._seen:
            return  # who applied twice is there already
        self._seen.add(viewer)
        self._making.rows[Viewer].append(
            {
                "fair_id": held.fair.id,
                "viewer": viewer,
                "account_id": onlooker.account_id,
                "live_at": at if live else None,
                "replay_at": None if live else at,
            }
        )

    def _open(self, held: Held, onlooker: Onlooker, job_id: UUID, at: datetime, mark_id: UUID | None) -> None:
        viewer = viewer_of(held.fair.id, onlooker)
        if (viewer, job_id) in self._opened:
            return
        self._opened.add((viewer, job_id))
        self._making.rows[Opened].append(
            {
                "fair_id": held.fair.id,
                "job_id": job_id,
                "viewer": viewer,
                "mark_id": mark_id,
                "at": at,
            }
        )

    def _ask(self, held: Held, anybody: bool) -> None:
        """Let some ask about what is shown; one is hidden, and one waits while the fair is on."""
        if not anybody or not held.marks:
            return
        chance, on = self._chance, held.fair.state is FairState.LIVE
        answered = chance.sample(ASKED, min(len(ASKED), len(held.marks) + 1, 3 if on else 6))
        lines: list[tuple[str, str | None, QuestionState]]
        lines = [(*one, QuestionState.ANSWERED) for one in answered]
        lines.append((_HIDDEN, None, QuestionState.HIDDEN))
        if on:
            lines.append((WAITS, None, QuestionState.ASKED))
        for worker, (text, answer, state) in zip(chance.sample(self._people, len(lines)), lines, strict=True):
            mark = chance.choice(held.marks)
            at = mark["at"] + chance.randrange(20, 120) * MINUTE / 60
            if at + 2 * MINUTE > self._ends(held):
                at = self._ends(held) - 3 * MINUTE
            answered_at = at + chance.randrange(20, 100) * MINUTE / 60
            made = {
                "id": chance.id_at(at),
                "fair_id": held.fair.id,
                "job_id": mark["job_id"] if chance.happens(0.7) else None,
                "account_id": worker.id,
                "answer": answer,
                "state": state.value,
                "staff_id": None if state is QuestionState.ASKED else held.by.id,
                "asked_at": at,
                "changed_at": at if state is QuestionState.ASKED else answered_at,
            }
            made["text_sealed"] = seal(text, f"fair_questions/text/{made['id']}")
            held.questions.append(made)
            self._making.rows[Question].append(made)
            if state is not QuestionState.ASKED:
                verb = "fair.answer_question" if answer else "fair.hide_question"
                before, after = {"state": "asked", "answer": None}, {"state": state.value, "answer": answer}
                of = ("fair_question", made["id"])
                self._making.deed(held, answered_at, verb, before, after, of=of)
