"""Every kind of event tells somebody or has a reason not to; every kind of message can be told."""

import re
from string import Formatter
from uuid import UUID

import pytest
from sqlalchemy import select

import app.reactions
from app.core import events
from app.core.events import Event
from app.core.migrated import ROOT
from app.engagements.models import Engagement
from app.notifications.fairs import BEFORE, tell_who_reserved
from app.notifications.kinds import Kind
from app.notifications.models import Alert, Notification
from app.notifications.reactions import remind
from app.notifications.texts import CALL, SIGN, WORDINGS
from app.notifications.words.alerts import ALERTS
from tests.notifications.every import Everything
from tests.notifications.table import table
from tests.world import World, ok

LOADED = app.reactions
NOBODY_IS_TOLD_OF = {
    "AccountClosing": "the person closes the account and sees the answer; the inbox is emptied with it",
    "ConsentChanged": "the person changes it on the screen that shows it",
    "EmployerLeft": "nobody is left to be told",
    "EmployerDescribed": "the employer did it; cards and listings follow",
    "AppliedAtFair": "Applied and WorkerTakenOn tell of it; this is for the fairs to check",
    "ClaimContested": "it opens a dispute, and DisputeOpened tells both sides and the station",
    "ConditionsChanged": "who is taken on is asked by ChangeProposed",
    "FairEnded": "who watched sees it end, and the replay stands at the fair",
    "FairLive": "who reserved was reminded a quarter of an hour before",
    "FairOpened": "it is in the list, the calendars and the hall; reminders are promised to who reserves it",
    "PlaceFreed": "the waiting list moves up; WorkerTakenOn tells who it reaches",
    "PlacesAdded": "the same",
    "PlaceKeptNoMore": "the referral that kept it is over, and ReferralOver tells the worker",
    "RequestWithdrawn": "the employer had not answered, and the list of who waits follows",
    "Reviewed": "a rating is blind until both are in: telling the other side would hurry or sway it",
    "ShiftMoved": "who is taken on is asked by ChangeProposed",
    "StaffDismissed": "the manager tells a colleague face to face; every sign-in ends at once",
    "StaffMoved": "the same",
    "RecordingKept": "the replay stands at the fair",
    "StreamDropped": "it may be back within the minute; the live feed shows it",
    "StreamEnded": "the fair's own end follows",
    "StreamStarted": "the fair goes live",
    "StationClosed": "what it had in hand goes to the next one in the same transaction",
}
CHINESE = re.compile("[\u4e00-\u9fff]")
EVERY = [pytest.param(kind, id=name) for name, kind in WORDINGS.items()]


def told_by(kind: type[Event]) -> list[events.Reaction]:
    reactions = events._promised.get(kind, {})
    return [react for name, react in reactions.items() if name.startswith("app.notifications.")]


def ours() -> dict[str, type[Event]]:
    return {name: kind for name, kind in Event.kinds.items() if kind.__module__.startswith("app.")}


def test_every_event_tells_somebody_or_has_a_reason_not_to() -> None:
    silent = {name for name, kind in ours().items() if not told_by(kind)}
    assert silent == set(NOBODY_IS_TOLD_OF)


async def test_every_kind_of_message_and_alert_is_told_by_something(world: World) -> None:
    employer, worker = await world.employer(trusted=True), await world.worker()
    staff = await world.staff()
    ok(await worker.applies(await employer.posts_job()), 201)
    await remind(world.database)
    async with world.session() as session:
        engagement = (await session.scalars(select(Engagement))).one()
        everything = Everything(session, engagement, employer.id, staff.id)
        async for event in everything.events():
            for react in told_by(type(event)):
                await react(session, event)
    fair_id, starts_at = await world.look("SELECT (id, starts_at) FROM fairs WHERE state = 'bookable'")
    for kind in BEFORE:
        at = starts_at.isoformat()
        await tell_who_reserved(world.database, fair_id=str(fair_id), kind=kind, key=at, after=None)
    await world.deliver()
    async with world.session() as session:
        told = (await session.scalars(select(Notification))).all()
        alerts = (await session.scalars(select(Alert))).all()
    assert {one.kind for one in told} == set(WORDINGS)
    assert {one.kind for one in alerts} == set(ALERTS)
    people = {UUID(str(worker.id)), UUID(str(employer.id))}
    assert {one.account_id for one in told} == people
    numbers = sorted(one.number for one in told if one.account_id == worker.id)
    assert numbers == list(range(1, len(numbers) + 1))
    for one in told:
        assert not re.search(r"[{}]|None|\bdatetime\b", one.title + one.text), one.text


@pytest.mark.parametrize("kind", EVERY)
def test_a_kind_is_said_in_both_languages_and_of_the_same(kind: Kind) -> None:
    assert CHINESE.search(kind.title)
    assert CHINESE.search(kind.text)
    assert CHINESE.search(kind.when)
    assert not CHINESE.search(kind.title_en + kind.text_en)
    assert names_in(kind.text_en) <= names_in(kind.text)
    assert kind.must is None or kind.sms
    assert not kind.calls or kind.sms
    assert "contact" not in names_in(kind.text)  # a phone stands in the sealed SMS alone
    assert len(SIGN + kind.text + CALL.zh) <= 140  # two parts of an SMS, with room for what is filled in


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_table_in_the_documentation_is_the_code_s() -> None:
    document = (ROOT / "docs" / "notices.md").read_text("utf-8")
    assert table() in document, f"docs/notices.md should contain:\n\n{table()}"
