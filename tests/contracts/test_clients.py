"""The main job through generated clients, against the real process: from the first SMS to the ledger."""

import asyncio
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pyotp
from sqlalchemy import update

from app.core import clock
from app.core.contract import Audience
from app.engagements.models import Engagement
from app.stations.models import Role, Staff
from app.sync.models import Scope
from scripts.demo.numbers import valid_id_number, valid_uscc
from tests.contracts.clients import Caller, Generated
from tests.processes import serving, working
from tests.world import PASSWORD, SECRET, YAODU, World, shift, tomorrow

CREATED = HTTPStatus.CREATED


@dataclass
class Story:
    """The clients, and what the two audiences' people do with them."""

    mobile: Generated
    admin: Generated

    def signs_in(self, phone: str) -> Caller:
        """Sign in with the code that came by SMS."""
        m, nobody = self.mobile.models, self.mobile.caller()
        nobody("send_code", body=m.CodeWanted(phone=phone), status=HTTPStatus.ACCEPTED)
        texts = httpx.get(f"{self.mobile.address}/dev/messages", params={"to": phone}).json()["items"]
        code = re.findall(r"\d{6}", texts[0]["text"])[0]
        given = m.SignInGiven(phone=phone, code=code, device_name="测试手机")
        return self.mobile.caller(nobody("sign_in", body=given, status=CREATED).access_token)

    def registers_worker(self, phone: str, nth: int) -> Caller:
        m, worker = self.mobile.models, self.signs_in(phone)
        home = m.PlaceGiven.from_dict(YAODU)
        worker("put_worker_profile", body=m.WorkerProfile(name_shown="老李", home=home, trades=["0301"]))
        worker("put_consents", body=m.ConsentsGiven(real_name=True))
        number = valid_id_number("141002", date(1970 + nth, 5, 17), 100 + nth)
        named = worker("verify_real_name", body=m.RealNameGiven(name="李建国", id_number=number))
        assert named.verified
        assert number not in named.id_number_masked
        return worker

    def registers_employer(self, phone: str) -> tuple[Caller, UUID]:
        m, employer = self.mobile.models, self.signs_in(phone)
        draft = m.EmployerDraft.from_dict(
            {
                "kind": "enterprise",
                "name": "平阳家政公司",
                "uscc": valid_uscc("141002", 4711),
                "contact": {"name": "王芳", "phone": phone},
                "place": YAODU,
            }
        )
        registered = employer("register_employer", body=draft, status=CREATED)
        assert registered.state == m.EmployerState.PENDING
        return employer, registered.id

    def staff_signs_in(self, username: str, secret: str) -> Caller:
        given = self.admin.models.StaffSignIn(
            username=username, password=PASSWORD, totp=pyotp.TOTP(secret).now()
        )
        signed_in = self.admin.caller()("staff_sign_in", body=given, status=CREATED)
        return self.admin.caller(signed_in.access_token)

    def publishes(self, employer: Caller, employer_id: UUID, reviewer: Caller, **changes: Any) -> Any:
        """Draft, submit, approve."""
        m = self.mobile.models
        draft = {
            "employer_id": str(employer_id),
            "title": "仓库卸货",
            "trade": "0301",
            "description": "卸两车瓷砖,管一顿午饭。",
            "place": YAODU,
            "pay": {"amount_fen": 20000, "per": "day"},
            "pay_settlement": "daily",
            "hiring": "instant",
            "insurance": {"provided_by": "employer"},
            "shifts": [shift(8)],
            "valid_until": tomorrow(0, days=30).isoformat(),
        } | changes
        job = employer("draft_job", body=m.JobDraft.from_dict(draft), status=CREATED)
        assert employer("submit_job", job.id).state == m.JobState.IN_REVIEW
        waiting = reviewer("list_job_cases", unreviewed=True)
        assert [case.id for case in waiting.items] == [job.id]
        assert reviewer("approve_job", job.id).state == self.admin.models.JobState.OPEN
        return employer("read_job", job.id)


async def _secrets(world: World, *roles: Role) -> dict[Role, tuple[str, str]]:
    """Appoint staff of Yaodu; return user name and TOTP secret."""
    found = {}
    for role in roles:
        actor = await world.staff("141002", role)
        async with world.session() as session:
            staff = await session.get_one(Staff, actor.id)
            found[role] = staff.username, staff.totp_secret
    return found


async def test_the_main_job_through_generated_clients(world: World, tmp_path: Path) -> None:
    secrets = await _secrets(world, Role.REVIEWER, Role.AUDITOR, Role.MEDIATOR)
    loop = asyncio.get_running_loop()

    def begun(engagement_id: UUID) -> None:
        asyncio.run_coroutine_threadsafe(_begun(world, engagement_id), loop).result()

    phones = [world.new_phone() for _ in range(3)]
    async with serving(world.settings) as api, working(world.settings):
        await asyncio.to_thread(_tell, tmp_path, api.address, secrets, phones, begun)


async def _begun(world: World, engagement_id: UUID) -> None:
    """Let an hour of an engagement be over, for real processes know no other time than the present."""
    now, hour = clock.now(), timedelta(hours=1)
    async with world.session() as session:
        row = update(Engagement).where(Engagement.id == engagement_id)
        await session.execute(row.values(starts_at=now - hour, ends_at=now + hour))


def _tell(
    folder: Path,
    address: str,
    secrets: dict[Role, tuple[str, str]],
    phones: list[str],
    begun: Callable[[UUID], None],
) -> None:
    with (
        closing(Generated(Audience.MOBILE, folder, address)) as mobile,
        closing(Generated(Audience.ADMIN, folder, address)) as admin,
    ):
        _play(Story(mobile, admin), secrets, phones, begun)


def _play(
    story: Story,
    secrets: dict[Role, tuple[str, str]],
    phones: list[str],
    begun: Callable[[UUID], None],
) -> None:
    m = story.mobile.models

    first, second = story.registers_worker(phones[0], 1), story.registers_worker(phones[1], 2)
    employer, employer_id = story.registers_employer(phones[2])
    reviewer = story.staff_signs_in(*secrets[Role.REVIEWER])
    assert [case.id for case in reviewer("list_employers").items] == [employer_id]
    reviewer("verify_employer", employer_id, body=story.admin.models.Verification())
    job = story.publishes(employer, employer_id, reviewer)

    found = story.mobile.caller()("search_jobs", lng=111.52, lat=36.09, datum=m.Datum.WGS84, within_m=5_000)
    assert [item.job.id for item in found.items] == [job.id]
    assert first("read_eligibility", job.id).eligible
    wanted = m.ApplicationGiven(shift_ids=[job.shifts[0].id])
    taken = first("apply_for_job", job.id, body=wanted, status=CREATED)
    assert [one.state for one in taken.shifts] == [m.ChoiceState.ACCEPTED]
    waits = second("apply_for_job", job.id, body=wanted, status=CREATED)
    assert [one.state for one in waits.shifts] == [m.ChoiceState.WAITLISTED]
    again = first("apply_for_job", job.id, body=wanted, status=HTTPStatus.CONFLICT)
    assert again.code == "applied_already"

    first("withdraw_application", taken.id, body=m.ShiftsNamed())
    mine = second("list_engagements").items
    assert [one.shift.id for one in mine] == [job.shifts[0].id]
    terms = second("read_terms", mine[0].id)
    assert terms.hash_ == mine[0].terms_hash
    kinds = _in_time(lambda: {one.kind for one in second("list_notifications").items}, {"promoted"})
    assert "promoted" in kinds

    reviewed = story.publishes(employer, employer_id, reviewer, hiring="review", shifts=[shift(8, days=2)])
    asked = m.ApplicationGiven(shift_ids=[reviewed.shifts[0].id])
    pending = first("apply_for_job", reviewed.id, body=asked, status=CREATED)
    assert [one.state for one in pending.shifts] == [m.ChoiceState.PENDING]
    accepted = employer("accept_application", pending.id, body=m.ShiftsNamed())
    assert [one.state for one in accepted.shifts] == [m.ChoiceState.ACCEPTED]

    mediator = story.staff_signs_in(*secrets[Role.MEDIATOR])
    soon = _taken_on(story, employer, employer_id, reviewer, first, hours=1)
    begins = _works(story, first, soon, begun)
    assert begins == m.EngagementState.CHECKED_OUT
    _is_paid_less_and_heard(story, first, employer, mediator, soon)
    later = _taken_on(story, employer, employer_id, reviewer, first, hours=5)
    _cancels_late_and_appeals(story, first, mediator, later)

    auditor = story.staff_signs_in(*secrets[Role.AUDITOR])
    actions = [entry.action for entry in auditor("list_ledger", limit=100).items]
    assert actions.count("job.approve") == 4
    assert {"employer.verify", "staff.sign_in", "dispute.resolve", "appeal.uphold"} <= set(actions)
    assert auditor("list_employers", status=HTTPStatus.NOT_FOUND).code == "not_found"


def _taken_on(
    story: Story, employer: Caller, employer_id: UUID, reviewer: Caller, worker: Caller, *, hours: int
) -> UUID:
    """Let somebody be taken on today, for two hours; return the engagement."""
    starts_at = clock.now() + timedelta(hours=hours)
    ends_at = starts_at + timedelta(hours=2)
    one = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "headcount": 1}
    job = story.publishes(employer, employer_id, reviewer, shifts=[one])
    wanted = story.mobile.models.ApplicationGiven(shift_ids=[job.shifts[0].id])
    worker("apply_for_job", job.id, body=wanted, status=CREATED)
    found: UUID = next(e.id for e in worker("list_engagements").items if e.job.id == job.id)
    return found


def _works(story: Story, worker: Caller, engagement: UUID, begun: Callable[[UUID], None]) -> Any:
    m = story.mobile.models
    worker("put_consents", body=m.ConsentsGiven(real_name=True, position=True))
    here = m.PresenceGiven.from_dict({"place": YAODU | {"accuracy_m": 25}})
    assert worker("check_in", engagement, body=here).state == m.EngagementState.CHECKED_IN
    begun(engagement)
    left = worker("check_out", engagement, body=here)
    notes = worker("read_attendance", engagement)
    assert [note.kind for note in notes.items] == [m.AttendanceKind.CHECK_IN, m.AttendanceKind.CHECK_OUT]
    return left.state


def _is_paid_less_and_heard(
    story: Story, worker: Caller, employer: Caller, mediator: Caller, engagement: UUID
) -> None:
    m, a = story.mobile.models, story.admin.models
    owed = employer("confirm_hours", engagement, body=m.HoursGiven(minutes=120))
    assert owed.state == m.PayState.DUE
    paid = m.PaymentGiven(amount_fen=15000, method=m.PayMethod.CASH, paid_at=clock.now())
    assert employer("report_pay", engagement, body=paid).reported_fen == 15000
    less = m.PaymentAnswer(received=False, amount_fen=10000, text="少了五十")
    assert worker("confirm_pay", engagement, body=less).contested_fen == 5000

    complaint = m.DisputeDraft(kind=m.DisputeKind.WAGE_ARREARS, engagement_id=engagement, text="少给了。")
    case = worker("open_dispute", body=complaint, status=CREATED)
    assert case.id in [one.id for one in mediator("list_disputes").items]
    assert mediator("list_overdue_pay").items == []
    held = a.Mediation(held_at=clock.now(), present=["老李", "王芳"], text="当场付清。")
    # The station of the place has it, and the county's mediator is above.
    assert mediator("accept_dispute", case.id).state == a.DisputeState.ACCEPTED
    assert mediator("mediate_dispute", case.id, body=held).state == a.DisputeState.MEDIATING
    decided = a.Resolution(outcome=a.Outcome.AGREED, text="已付清。", to_worker_fen=5000, paid_fen=10000)
    assert mediator("resolve_dispute", case.id, body=decided).state == a.DisputeState.RESOLVED
    assert [one.state for one in worker("read_pay", engagement).items] == [m.PayState.SETTLED]
    assert worker("rate_dispute", case.id, body=m.Rating(stars=5)).rating == 5
    for side in (worker, employer):
        side("review_engagement", engagement, body=m.ReviewGiven(stars=5), status=CREATED)
    assert len(worker("list_engagement_reviews", engagement).items) == 2


def _cancels_late_and_appeals(story: Story, worker: Caller, mediator: Caller, engagement: UUID) -> None:
    m, a = story.mobile.models, story.admin.models
    before = worker("read_my_standing").score
    assert not worker("preview_cancelling", engagement).free
    worker("cancel_engagement", engagement, body=m.Cancelling(reason="来不了"))
    assert worker("read_my_standing").score < before
    plea = m.AppealGiven(text="当天突发疾病。")
    appeal = worker("appeal_engagement", engagement, body=plea, status=CREATED).appeal
    mediator("uphold_appeal", appeal.id, body=a.AppealUpheld(reason="有病历"))
    assert worker("read_my_standing").score == before


def _in_time(look: Any, wanted: set[str]) -> set[str]:
    """Look until what is wanted is there, for ten seconds; the worker tells people after the fact."""
    until = clock.now().timestamp() + 10
    seen: set[str] = look()
    while not wanted <= seen and clock.now().timestamp() < until:
        seen = look()
    return seen


async def test_the_exchange_through_a_generated_client(world: World, tmp_path: Path) -> None:
    """From the token to a vacancy sent, by what the contract alone says."""
    province = await world.province()
    await world.employer()
    async with serving(world.settings) as api:
        await asyncio.to_thread(_exchange, tmp_path, api.address, province.client_id)


def _exchange(folder: Path, address: str, client_id: str) -> None:
    with closing(Generated(Audience.PROVINCE, folder, address)) as made:
        m = made.models
        given = m.BodyIssueToken(
            grant_type="client_credentials", client_id=client_id, client_secret=SECRET, scope=" ".join(Scope)
        )
        token = made.caller()("issue_token", body=given)
        city = made.caller(token.access_token)
        page = city("list_changes", types="station", limit=5)
        assert page.next_cursor
        assert city("read_digest", type_=m.Kind.STATION).count >= 0
        assert city("list_subscriptions").items == []
        assert city("list_inbound_jobs").items == []
        wrong = m.BodyIssueToken(grant_type="client_credentials", client_id=client_id, client_secret="wrong")
        refusal = made.caller()("issue_token", body=wrong, status=HTTPStatus.UNAUTHORIZED)
        assert refusal.code == "invalid_client"
