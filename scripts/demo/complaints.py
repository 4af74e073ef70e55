"""Complaints of those who worked lately, of every kind and in every state, in Yaodu and elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.disputes.models import DisputeKind, DisputeState, Outcome
from scripts.demo.cases import Cases
from scripts.demo.courses import Course, Ending
from scripts.demo.scene import Life, Scene

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_KIND, _WITHDRAWN = DisputeKind, DisputeState.WITHDRAWN


_USUAL = Course()


@dataclass(frozen=True)
class Complaint:
    """What is complained of, hours before today, and what becomes of it."""

    kind: DisputeKind
    hours_ago: int
    course: Course = _USUAL
    ends_after: int = 0
    state: DisputeState = DisputeState.RESOLVED
    outcome: Outcome | None = Outcome.AGREED
    text: str = "经调解,双方达成一致。"
    stars: int = 0
    said: str = ""
    answer: str | None = None


COMPLAINTS = (
    Complaint(_KIND.INJURY, 36, Course(mediates=True)),
    Complaint(
        _KIND.INJURY, 120, ends_after=48, text="医药费已付,双方签字。", stars=5, said="当天就有人来问。"
    ),
    Complaint(_KIND.FRAUD, 40),
    Complaint(
        _KIND.FRAUD,
        140,
        ends_after=60,
        outcome=Outcome.UNFOUNDED,
        text="经查岗位真实,系误会。",
        stars=2,
        said="没有找我核实就结了。",
    ),
    Complaint(_KIND.FEE, 150, ends_after=70, outcome=Outcome.REFERRED, text="已转市场监管部门处理。"),
    Complaint(_KIND.FEE, 60, ends_after=30, state=_WITHDRAWN, outcome=None),
    Complaint(_KIND.DISCRIMINATION, 5, Course(untouched=True)),
    Complaint(_KIND.DISCRIMINATION, 50, Course(mediates=True)),
    Complaint(_KIND.OTHER, 30, Course(pushed_up=True, mediates=False)),
    Complaint(_KIND.OTHER, 34, Course(handed_over=True, mediates=False)),
    Complaint(
        _KIND.OTHER,
        160,
        ends_after=50,
        stars=1,
        said="等了好几天没有回音。",
        answer="向您致歉,已安排专人每日回复进度。",
    ),
    Complaint(_KIND.OTHER, 130, ends_after=40, stars=4, said="调解得公道。"),
)


def complain(scene: Scene, cases: Cases, done: Sequence[Life]) -> None:
    """Let some who worked in the last weeks complain of all else that there is."""
    chance = scene.chance("complaints")
    lately = [life for life in done if 8 * DAY < scene.today - life.engagement.ends_at < 20 * DAY]
    yaodu = [life for life in lately if life.engagement.division.startswith("141002")]
    rest = [life for life in lately if not life.engagement.division.startswith("141002")]
    for some in (yaodu, rest):
        chosen = chance.sample(some, min(len(some), len(COMPLAINTS)))
        for complaint, life in zip(COMPLAINTS, chosen, strict=False):
            _complain(scene, cases, life, complaint)


def _complain(scene: Scene, cases: Cases, life: Life, complaint: Complaint) -> None:
    at, course = scene.today - complaint.hours_ago * HOUR, complaint.course
    if complaint.ends_after:
        when = cases.in_office(at + complaint.ends_after * HOUR)
        by_staff = complaint.outcome is not None
        course = Course(Ending(when, complaint.state, complaint.outcome, complaint.text, by_staff))
    worker_id = life.engagement.worker_id
    dispute = cases.open(life, complaint.kind, at, course, complainant_id=worker_id)
    if complaint.stars and dispute.closed_at:
        cases.rate(dispute, complaint.stars, complaint.said, complaint.answer)
