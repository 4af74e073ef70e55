"""The main job through generated clients, against the real process: from the first SMS to the ledger."""

import asyncio
import re
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pyotp

from app.core import clock
from app.core.contract import Audience
from app.stations.models import Role, Staff
from scripts.demo.numbers import valid_id_number, valid_uscc
from tests.contracts.clients import Caller, Generated
from tests.processes import serving, working
from tests.world import PASSWORD, YAODU, World, shift, tomorrow

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
    secrets = await _secrets(world, Role.REVIEWER, Role.AUDITOR)
    phones = [world.new_phone() for _ in range(3)]
    async with serving(world.settings) as api, working(world.settings):
        await asyncio.to_thread(_tell, tmp_path, api.address, secrets, phones)


def _tell(folder: Path, address: str, secrets: dict[Role, tuple[str, str]], phones: list[str]) -> None:
    with (
        closing(Generated(Audience.MOBILE, folder, address)) as mobile,
        closing(Generated(Audience.ADMIN, folder, address)) as admin,
    ):
        _play(Story(mobile, admin), secrets, phones)


def _play(story: Story, secrets: dict[Role, tuple[str, str]], phones: list[str]) -> None:
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

    auditor = story.staff_signs_in(*secrets[Role.AUDITOR])
    actions = [entry.action for entry in auditor("list_ledger", limit=100).items]
    assert actions.count("job.approve") == 2
    assert {"employer.verify", "staff.sign_in"} <= set(actions)
    assert auditor("list_employers", status=HTTPStatus.NOT_FOUND).code == "not_found"


def _in_time(look: Any, wanted: set[str]) -> set[str]:
    """Look until what is wanted is there, for ten seconds; the worker tells people after the fact."""
    until = clock.now().timestamp() + 10
    seen: set[str] = look()
    while not wanted <= seen and clock.now().timestamp() < until:
        seen = look()
    return seen
