"""A city with one of everything, so that each operation can be called with what exists."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from app.core.keyring import keys
from app.stations.models import Role
from app.sync.models import Client
from scripts.demo.numbers import valid_uscc
from tests.world import YAODU, Actor, Employer, Worker, World, ok, shift, tomorrow

Json = dict[str, Any]


@dataclass(frozen=True)
class Furnished:
    """Who is there, the ids by the names that paths give them, and a valid body for each operation."""

    employer: Employer
    worker: Worker
    reviewer: Actor
    auditor: Actor
    ids: dict[str, list[str]]
    bodies: dict[str, Json]


def picture() -> bytes:
    """Return a small PNG."""
    out = BytesIO()
    Image.new("RGB", (32, 20), "white").save(out, "PNG")
    return out.getvalue()


async def furnish(world: World) -> Furnished:
    """Let the actors do what leaves something of each kind behind; their tokens last a day."""
    employer, worker = await world.employer(trusted=True), await world.worker()
    reviewer, auditor = await world.staff("1410"), await world.staff("1410", Role.AUDITOR)
    waits = await world.employer(verified=False)
    instant = await employer.posts_job(shifts=[shift(8, headcount=3), shift(8, days=4)])
    reviewed = await employer.posts_job(hiring="review", shifts=[shift(8, days=3)])
    draft = await employer.drafts_job(shifts=[shift(9, days=9)])
    taken = ok(await worker.applies(instant, 0), 201)
    asked = ok(await worker.applies(reviewed), 201)
    moved = f"/v1/jobs/{instant['id']}/shifts/{instant['shifts'][0]['id']}"
    ok(await employer.patch(moved, {"ends_at": tomorrow(15).isoformat()}))
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    files = {"file": ("card.png", picture(), "image/png")}
    certificate = ok(
        await worker.post("/v1/me/worker/certificates", data={"kind": "SW-WELD"}, files=files), 201
    )
    for actor in (employer, worker):
        session_id = keys().tokens.verify(actor.token or "", "mobile")["sid"]
        actor.token = keys().tokens.issue(str(actor.id), "mobile", timedelta(days=1), sid=session_id)
    async with world.session() as session:
        digest = hashlib.sha256(b"the-provinces-secret").digest()
        session.add(Client(id="province", name="省平台", secret_digest=digest, scopes=["changes"]))
    ids = {
        "job_id": [instant["id"], reviewed["id"], draft["id"]],
        "shift_id": [one["id"] for one in instant["shifts"]],
        "employer_id": [employer.employer_id, waits.employer_id],
        "application_id": [taken["id"], asked["id"]],
        "engagement_id": [engagement["id"]],
        "change_id": [engagement["changes"][0]["id"]],
        "certificate_id": [certificate["id"]],
        "account_id": [str(waits.id)],
        "station_id": [instant["station_id"]],
        "session_id": [str(session_id)],
        "device_id": ["0193a3c0-0000-7000-8000-000000000000"],
    }
    return Furnished(employer, worker, reviewer, auditor, ids, _bodies(employer, instant, world.new_phone()))


def _bodies(employer: Employer, job: Json, phone: str) -> dict[str, Json]:
    draft = employer.draft()
    return {
        "send_code": {"phone": phone},
        "sign_in": {"phone": phone, "code": "123456", "device_name": "手机"},
        "refresh": {"refresh_token": "x" * 43},
        "change_me": {"language": "zh"},
        "put_consents": {"real_name": True, "find_me": False},
        "put_worker_profile": {"name_shown": "老李", "home": YAODU, "trades": ["0301"]},
        "verify_real_name": {"name": "李建国", "id_number": "11010519491231002X"},
        "register_employer": {
            "kind": "enterprise",
            "name": "某公司",
            "uscc": valid_uscc("141002", 999_999),
            "contact": {"name": "王芳", "phone": "13800138000"},
            "place": YAODU,
        },
        "change_employer": {"contact": {"name": "王芳", "phone": "13800138000"}},
        "add_employer_member": {"phone": "13800138001", "role": "recruiter"},
        "draft_job": draft,
        "change_job": {name: draft[name] for name in ("title", "pay", "place", "requirements")},
        "add_shifts": {"shifts": [shift(8, days=12)]},
        "change_shift": shift(10, days=1),
        "apply_for_job": {"shift_ids": [one["id"] for one in job["shifts"]]},
        "put_device": {
            "platform": "android",
            "push_token": "token",
            "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        },
        "check_in": {"place": YAODU | {"accuracy_m": 20}},
        "check_out": {"place": YAODU | {"accuracy_m": 20}},
        "contest_attendance": {"text": "不是这个时间"},
        "run_late": {"minutes": 20, "text": "堵车"},
        "report_turned_away": {"text": "不让进", "files": []},
        "say_no_show": {"text": "没有来"},
        "take_back_no_show": {"attended": True},
        "answer_claim": {"agrees": False, "text": "我到了"},
        "make_site_code": {"mode": "fixed"},
        "check_in_for_worker": {"reason": "到站说明"},
        "check_out_for_worker": {"reason": "到站说明"},
        "read_notifications": {"ids": None},
        "staff_sign_in": {"username": "nobody", "password": "wrong", "totp": "123456"},
        "issue_token": {
            "grant_type": "client_credentials",
            "client_id": "province",
            "client_secret": "the-provinces-secret",
        },
        "verify_employer": {"trusted": True},
        "reject_employer": {"reason": "照片不清晰"},
        "suspend_employer": {"reason": "核查"},
        "return_job": {"reasons": ["请写明工作内容"]},
        "remove_job": {"reason": "重复"},
        "reject_certificate": {"reason": "照片不清晰"},
    }
