"""A city with one of everything, so that each operation can be called with what exists."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.keyring import keys
from app.counter import errands
from app.counter.errands import Words
from app.counter.models import Errand
from app.stations.models import Role
from app.sync.models import Scope
from scripts.demo.numbers import valid_id_number
from tests.contracts.asked import OUTCOMES, furnish_asked
from tests.contracts.bodies import bodies
from tests.contracts.city import furnish_city
from tests.contracts.engaged import engage, picture
from tests.contracts.exchange import CLIENTS, furnish_exchange
from tests.contracts.fairs import furnish_fairs
from tests.contracts.inbound import THEIRS, furnish_inbound
from tests.contracts.pushes import furnish_pushes
from tests.counter.desk import by_code, on_paper
from tests.imports.forms import WORKERS, checked, sheet
from tests.imports.forms import worker as line
from tests.security.roles import ROLES
from tests.world import Actor, Employer, Province, Worker, World, ok, shift, tomorrow

__all__ = ["Furnished", "furnish", "picture"]

Json = dict[str, Any]
# What the employer's people call, besides what stands under /v1/employers.
EMPLOYERS = {
    "draft_job", "change_job", "submit_job", "close_job", "copy_job", "add_shifts", "change_shift",
    "list_job_applications", "accept_application", "decline_application", "read_site_code", "make_site_code",
    "print_site_code", "say_no_show", "take_back_no_show", "propose_change", "confirm_hours", "accept_hours",
    "report_pay", "accept_contest", "read_cancellation_cost", "read_applicant_rating",
}  # fmt: skip


THE_HELPERS = {"confirm_assistance", "end_assistance"}


@dataclass(frozen=True)
class Furnished:
    """Who is there, the ids by the names that paths give them, and a valid body for each operation.

    `fitting`: for an operation, ids that belong together and are in a state to be called with.
    """

    employer: Employer
    worker: Worker
    staff: dict[Role, Actor]
    ids: dict[str, list[str]]
    fitting: dict[str, list[dict[str, str]]]
    bodies: dict[str, Json]
    township: str  # where the gigs are
    province: Province
    helper: Actor  # to whose help at the counter the worker and the employer agreed

    @property
    def reviewer(self) -> Actor:
        return self.staff[Role.REVIEWER]

    def caller(self, path: str, operation: Json) -> Actor:
        """Return somebody for whom an operation is."""
        name: str = operation["operationId"]
        if name in THE_HELPERS or name.startswith("assist_"):
            return self.helper
        if path.startswith("/admin"):
            roles = ROLES.get(name, {Role.REVIEWER})
            return self.staff[min(roles, key=lambda role: (role is not Role.REVIEWER, role))]
        if path.startswith("/sync"):
            return self.province
        return self.employer if "/employers" in path or name in EMPLOYERS else self.worker

    def fits(self, operation: Json) -> list[dict[str, str]]:
        """Return the ids that fit together for an operation, the app's own done for a person included."""
        name: str = operation["operationId"]
        bare = name.removeprefix("assist_")
        found = self.fitting.get(bare, [{}])
        if bare == name:
            return found
        for_employer = "employer_id" in str(operation.get("parameters")) or bare in EMPLOYERS
        helped = self.ids["assistance_id"][1 if for_employer else 0]
        return [fit | {"assistance_id": helped} for fit in found]

    def address(self, path: str, operation: Json) -> str:
        """Return the path with ids that exist, and that fit where it matters."""
        fit = self.fits(operation)[0]
        for name, known in self.ids.items():
            path = path.replace("{" + name + "}", fit.get(name, known[0]))
        return path


async def furnish(world: World) -> Furnished:
    """Let the actors do what leaves something of each kind behind; their tokens last a day."""
    employer, worker = await world.employer(trusted=True), await world.worker()
    staff = {role: await world.staff("1410", role) for role in Role}
    waits = await world.employer(verified=False)
    instant = await employer.posts_job(shifts=[shift(8, headcount=3), shift(8, days=4)])
    reviewed = await employer.posts_job(hiring="review", shifts=[shift(8, days=3)])
    draft = await employer.drafts_job(shifts=[shift(9, days=9)])
    taken = ok(await worker.applies(instant, 0), 201)
    asked = ok(await worker.applies(reviewed), 201)
    moved = f"/v1/jobs/{instant['id']}/shifts/{instant['shifts'][0]['id']}"
    ok(await employer.patch(moved, {"ends_at": tomorrow(15).isoformat()}))
    engagement = ok(await worker.get("/v1/me/engagements"))["items"][0]
    between = await engage(world, employer, worker, staff[Role.MEDIATOR])
    files = {"file": ("card.png", picture(), "image/png")}
    form = {"data": {"kind": "SW-WELD"}, "files": files}
    certificate = ok(await worker.post("/v1/me/worker/certificates", **form), 201)
    form = {"data": {"kind": "licence"}, "files": files}
    document = ok(await waits.post(f"/v1/employers/{waits.employer_id}/documents", **form), 201)
    device = "0193a3c0-0000-7000-8000-000000000000"
    ok(await worker.put(f"/v1/me/devices/{device}", {"platform": "android", "push_token": "token"}))
    for actor in (employer, worker):
        session_id = keys().tokens.verify(actor.token or "", "mobile")["sid"]
        actor.token = keys().tokens.issue(str(actor.id), "mobile", timedelta(days=1), sid=session_id)
    province = await world.province(client_id="province")
    province.token = keys().tokens.issue("province", "province", timedelta(days=1), scope=" ".join(Scope))
    referred = await _refer(world, employer)
    city = ok(await staff[Role.MEDIATOR].get("/admin/v1/me"))["station_id"]
    helper = await world.staff(instant["division"], Role.CLERK)
    helped = [await by_code(world, helper, actor.phone) for actor in (worker, employer)]
    alone = await on_paper(helper, name="王建国", id_number=valid_id_number("141002", date(1961, 3, 4), 77))
    async with world.session() as session:
        await errands.leave(session, UUID(alone.account_id), Words("taken_on", "1", "明早七点上工", None))
        errand_id = await session.scalar(select(Errand.id))
    ids = {
        "assistance_id": [desk.assistance["id"] for desk in (*helped, alone)],
        "worker_id": [str(worker.id), alone.account_id],
        "errand_id": [str(errand_id)],
        "job_id": [instant["id"], reviewed["id"], draft["id"]],
        "shift_id": [one["id"] for one in instant["shifts"]],
        "employer_id": [employer.employer_id, waits.employer_id],
        "application_id": [taken["id"], asked["id"]],
        "engagement_id": [engagement["id"], *between.ids.values()],
        "change_id": [engagement["changes"][0]["id"]],
        "certificate_id": [certificate["id"]],
        "document_id": [document["id"]],
        "account_id": [str(waits.id)],
        "attachment_id": [await between.uploads(worker)],
        "station_id": [instant["station_id"], city],
        "session_id": [str(session_id)],
        "device_id": [device],
        "hash": [engagement["terms_hash"]],
        "kind": ["employers"],
        "case_id": [waits.employer_id],
        "year": ["2026"],
        "staff_id": [str((await world.staff(instant["division"], Role.CLERK)).id)],
    }
    ids |= referred
    ids |= await furnish_pushes(world, province) | await furnish_inbound(province)
    importer = await world.staff(instant["division"])
    wrong = await checked(world, importer, "workers", sheet(WORKERS, [line(1, 姓名="")]))
    ids["import_id"] = [wrong["id"]]
    for fits in between.found.values():
        for fit in fits:
            for name, id_ in fit.items():
                known = ids.setdefault(name, [])
                known += [] if id_ in known else [id_]
    fitting = between.found | {
        "read_employer_document": [{"employer_id": waits.employer_id, "document_id": document["id"]}],
        "approve_job": [{"job_id": reviewed["id"]}],
        "accept_application": [{"application_id": asked["id"]}],
        "decline_application": [{"application_id": asked["id"]}],
        "submit_job": [{"job_id": draft["id"]}],
        "read_assistance_sheet": [{"assistance_id": alone.assistance["id"]}],
        "send_worker_phone_code": [{"worker_id": alone.account_id}],
        "put_worker_phone": [{"worker_id": alone.account_id}],
        "map_province_code": [{"kind": "trade", "theirs": THEIRS}],
    }
    of_the_city = await furnish_city(world, staff, instant["division"])
    manager, where = staff[Role.MANAGER], instant["division"]
    of_fairs = await furnish_fairs(world, employer, instant, manager, worker.id, where)
    of_the_exchange = await furnish_exchange(world, staff)
    of_who_asks = await furnish_asked(world, province, worker, engagement["id"])
    for found in (of_the_city, of_fairs, of_the_exchange, of_who_asks):
        ids |= found.ids
        fitting |= found.fitting
    right = bodies(employer, instant, world.new_phone(), ids) | CLIENTS | OUTCOMES
    right |= {f"assist_{name}": body for name, body in right.items()}
    return Furnished(employer, worker, staff, ids, fitting, right, instant["division"], province, helper)


async def _refer(world: World, employer: Employer) -> dict[str, list[str]]:
    """Let the township's own clerk send somebody in a key group to a job; return whom, where and by whom."""
    job = await employer.posts_job(shifts=[shift(8, headcount=9, days=6), shift(8, headcount=9, days=7)])
    worker, clerk = await world.worker(key_groups=["veteran"]), await world.staff(job["division"], Role.CLERK)
    chosen, other = (one["id"] for one in job["shifts"])
    given = {"job_id": job["id"], "shift_ids": [chosen], "worker_id": str(worker.id)}
    sent = ok(await clerk.post("/admin/v1/referrals", given), 201)["items"]
    return {
        "referral_id": [sent[0]["id"]],
        "sought_job": [job["id"]],
        "sought_shift": [other],
        "sent_worker": [str(worker.id)],
        "sending_staff": [str(clerk.id)],
    }
