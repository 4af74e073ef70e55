"""Engagements in every state, with what each leaves behind: attendance, pay, claims, disputes, appeals."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import update

from app.attendance.keeping import let_claims_stand
from app.attendance.models import Claim
from app.core import clock
from app.engagements.models import Engagement
from app.pay.keeping import find_what_is_overdue
from app.pay.models import PayRecord
from tests.world import Actor, Employer, Worker, World, ok, shift

Json = dict[str, Any]
# Minutes from now, each apart from the others: nobody is at two places at once.
SLOTS = {
    "soon": (20, 60),
    "later": (65, 110),
    "came": (-65, 15),
    "came too": (-130, -70),
    "absent": (-200, -135),
    "said absent": (-265, -205),
    "held absent": (-330, -270),
    "disputed": (-395, -335),
    "gone": (-460, -400),
    "gone too": (-525, -465),
    "confirmed": (-590, -530),
    "reported": (-655, -595),
    "contested": (-720, -660),
    "paid": (-785, -725),
    "overdue": (-850, -790),
    "complained": (-915, -855),
    "cancelled": (112, 118),
    "excused": (119, 125),
    "agreed": (60_000, 60_060),
    "changed": (61_500, 61_560),
}
WORKED = {"gone", "gone too", "confirmed", "reported", "contested", "paid", "overdue", "complained"}


@dataclass
class Engaged:
    """One worker and one employer, and the ids of what is between them."""

    world: World
    employer: Employer
    worker: Worker
    mediator: Actor
    ids: dict[str, str] = field(default_factory=dict)  # of engagements, by their state
    found: dict[str, list[Json]] = field(default_factory=dict)  # of other things, by the names in paths

    def path(self, which: str) -> str:
        return f"/v1/engagements/{self.ids[which]}"

    def note(self, operations: str, **names: str) -> None:
        """Note which ids in a path fit together."""
        for operation in operations.split():
            self.found.setdefault(operation, []).append(names)

    async def says(self, actor: Actor, which: str, verb: str, status: int = 200, **body: Any) -> Any:
        return ok(await actor.post(f"{self.path(which)}/{verb}", body), status)

    async def uploads(self, actor: Actor) -> str:
        """Upload a picture; return its id."""
        sent = await actor.post("/v1/me/files", files={"file": ("card.png", picture(), "image/png")})
        return str(ok(sent, 201)["id"])


def picture() -> bytes:
    """Return a small PNG."""
    out = BytesIO()
    Image.new("RGB", (32, 20), "white").save(out, "PNG")
    return out.getvalue()


async def engage(world: World, employer: Employer, worker: Worker, mediator: Actor) -> Engaged:
    """Let one worker be taken on for many shifts, and bring each of them into another state."""
    between = Engaged(world, employer, worker, mediator)
    ok(await worker.put("/v1/me/consents", {"real_name": True, "position": True}))
    days = range(10, 10 + len(SLOTS))
    job = await employer.posts_job(
        shifts=[shift(8, headcount=5, days=day) for day in days],
        valid_until=shift(8, days=60)["starts_at"],
    )
    ok(await worker.applies(job), 201)
    taken = ok(await worker.get("/v1/me/engagements?limit=100"))["items"]
    mine = [one["id"] for one in taken if one["job"]["id"] == job["id"]]
    between.ids = dict(zip(SLOTS, mine, strict=True))
    now = clock.now()
    async with world.session() as session:
        for which, (begins, ends) in SLOTS.items():
            times = {"starts_at": now + timedelta(minutes=begins), "ends_at": now + timedelta(minutes=ends)}
            await session.execute(
                update(Engagement).where(Engagement.id == mine_of(between, which)).values(times)
            )
    await _come_and_go(between, now)
    await _cancel(between)
    await _pay(between)
    await _complain(between)
    await _appeal(between)
    code = ok(await employer.post(f"/v1/jobs/{job['id']}/site-code", {"mode": "fixed"}), 201)
    assert code["code"]
    between.note("read_site_code make_site_code print_site_code", job_id=job["id"])
    return between


def mine_of(between: Engaged, which: str) -> UUID:
    return UUID(between.ids[which])


async def _come_and_go(between: Engaged, now: datetime) -> None:
    worker, employer = between.worker, between.employer
    for which, (begins, ends) in SLOTS.items():
        if which in WORKED or which.startswith("came"):
            at = now + timedelta(minutes=begins)
            await between.says(employer, which, "check-in", at=at.isoformat())
        if which in WORKED:
            at = now + timedelta(minutes=ends)
            await between.says(employer, which, "check-out", at=at.isoformat())
    notes = ok(await worker.get(f"{between.path('came')}/attendance"))["items"]
    between.note("contest_attendance", engagement_id=between.ids["came"], attendance_id=notes[0]["id"])
    await between.says(worker, "soon", "running-late", minutes=15, text="堵车")
    for which in ("said absent", "held absent", "disputed"):
        await between.says(employer, which, "no-show", text="没有来")
    file = await between.uploads(worker)
    answered = await between.says(worker, "disputed", "claim/answer", agrees=False, text="到了", files=[file])
    between.note(
        "read_claim_file",
        engagement_id=between.ids["disputed"],
        claim_id=answered["claims"][0]["id"],
        file_id=file,
    )
    async with between.world.session() as session:
        held = Claim.engagement_id == mine_of(between, "held absent")
        await session.execute(update(Claim).where(held).values(answer_until=clock.now()))
    await let_claims_stand(between.world.database)
    for which in ("soon", "later"):
        between.note("check_in run_late report_turned_away", engagement_id=between.ids[which])
    between.note("say_no_show", engagement_id=between.ids["absent"])
    between.note("answer_claim take_back_no_show", engagement_id=between.ids["said absent"])
    for which in ("came", "came too"):
        between.note("check_out check_out_for_worker", engagement_id=between.ids[which])
    between.note("check_in_for_worker", engagement_id=between.ids["absent"])


async def _cancel(between: Engaged) -> None:
    worker = between.worker
    for which in ("cancelled", "excused"):
        await between.says(worker, which, "cancel", reason="病了")
        between.note("give_excuse appeal_engagement", engagement_id=between.ids[which])
    file = await between.uploads(worker)
    excuse = await between.says(worker, "excused", "excuse", 201, kind="illness", text="发烧", files=[file])
    between.note("read_excuse read_excuse_text accept_excuse reject_excuse", excuse_id=excuse["id"])
    between.note("read_excuse_file", excuse_id=excuse["id"], file_id=file)
    await between.says(between.employer, "changed", "changes", 201, description="另加搬两箱")
    changes = ok(await worker.get(between.path("changed")))["changes"]
    between.note(
        "accept_change refuse_change", engagement_id=between.ids["changed"], change_id=changes[0]["id"]
    )
    for which in ("agreed", "changed", "later"):
        between.note("cancel_engagement preview_cancelling propose_change", engagement_id=between.ids[which])


async def _pay(between: Engaged) -> None:
    worker, employer = between.worker, between.employer
    for which in ("confirmed", "reported", "contested", "paid", "overdue", "complained"):
        await between.says(employer, which, "confirm-hours", minutes=60)
    file = await between.uploads(employer)
    for which in ("reported", "contested", "paid"):
        owed = ok(await worker.get(f"{between.path(which)}/pay"))["items"][0]["owed_fen"]
        files = [file] if which == "reported" else []
        paid = {"amount_fen": owed, "method": "wechat", "paid_at": clock.now().isoformat()}
        await between.says(employer, which, "pay-report", reference="420000123", files=files, **paid)
        if which == "contested":
            await between.says(worker, which, "pay-confirmation", received=False, amount_fen=100, text="少了")
        elif which == "paid":
            await between.says(worker, which, "pay-confirmation", received=True)
        record = ok(await worker.get(f"{between.path(which)}/pay"))["items"][0]
        report_id = record["reports"][0]["id"]
        between.note("read_pay_case", record_id=record["id"])
        ids = {"engagement_id": between.ids[which], "report_id": report_id}
        if files:
            between.note("read_pay_file", **ids, file_id=file)
            between.note("confirm_pay", engagement_id=between.ids[which])
        if which == "contested":
            between.note("accept_contest", **ids)
    await between.says(worker, "overdue", "contest-hours", minutes=65, text="做得更久")
    async with between.world.session() as session:
        for which in ("overdue", "complained"):
            late = PayRecord.engagement_id == mine_of(between, which)
            await session.execute(update(PayRecord).where(late).values(due_at=clock.now()))
    await find_what_is_overdue(between.world.database)
    await between.world.deliver()
    await between.says(employer, "paid", "review", 201, stars=2, tags=["punctual"], text="干得慢")
    for which in ("gone", "gone too"):
        between.note("confirm_hours", engagement_id=between.ids[which])
    between.note("contest_hours report_pay", engagement_id=between.ids["confirmed"])
    between.note("accept_hours", engagement_id=between.ids["overdue"])
    for which in ("paid", "confirmed", "reported"):
        between.note("review_engagement list_engagement_reviews read_pay", engagement_id=between.ids[which])


async def _complain(between: Engaged) -> None:
    """Leave disputes in every state; the city's mediator acts, who is above every station."""
    worker, mediator = between.worker, between.mediator
    file = await between.uploads(worker)
    for n, acts in enumerate(("", "accept", "accept mediate", "accept resolve rate", "withdraw", "escalate")):
        which = ("complained", "gone", "paid", "confirmed", "reported", "absent")[n]
        kind, files = ("injury", [file]) if n == 0 else ("other", [])
        body = {"kind": kind, "engagement_id": between.ids[which], "text": "说好管饭,没有管", "files": files}
        case = ok(await worker.post("/v1/disputes", body), 201)
        ids = {"dispute_id": case["id"]}
        for act in acts.split():
            await _act(worker, mediator, case["id"], act)
        between.note("read_dispute read_case read_case_words read_evidence_pdf read_evidence_zip", **ids)
        between.note("export_evidence", **ids)
        if files:
            between.note("read_dispute_file read_case_file", **ids, file_id=file)
        if "rate" in acts:
            between.note("answer_dispute_rating rate_dispute", **ids)
        elif "accept" in acts:
            between.note("mediate_dispute resolve_dispute hand_dispute_over write_to_parties", **ids)
        elif acts != "withdraw":
            between.note("accept_dispute write_to_the_station withdraw_dispute escalate_dispute", **ids)


async def _act(worker: Actor, mediator: Actor, dispute_id: str, act: str) -> None:
    staff, own = f"/admin/v1/disputes/{dispute_id}", f"/v1/disputes/{dispute_id}"
    held = {"held_at": clock.now().isoformat(), "present": ["老李"], "text": "谈了一次"}
    acts: dict[str, tuple[Actor, str, Json | None]] = {
        "accept": (mediator, f"{staff}/accept", None),
        "mediate": (mediator, f"{staff}/mediate", held),
        "resolve": (mediator, f"{staff}/resolve", {"outcome": "agreed", "text": "双方和解"}),
        "escalate": (mediator, f"{staff}/escalate", {"reason": "需县级协调"}),
        "withdraw": (worker, f"{own}/withdraw", {"text": "谈好了"}),
        "rate": (worker, f"{own}/rating", {"stars": 1, "text": "太慢"}),
    }
    actor, path, body = acts[act]
    ok(await actor.post(path, body))


async def _appeal(between: Engaged) -> None:
    worker = between.worker
    file = await between.uploads(worker)
    for which, against in (("held absent", "no_show"), ("cancelled", "cancelled_late")):
        files = [file] if which == "cancelled" else []
        body = {"against": against, "text": "当天突发疾病", "files": files}
        appeal = (await between.says(worker, which, "appeal", 201, **body))["appeal"]
        between.note("read_appeal_case read_appeal uphold_appeal refuse_appeal", appeal_id=appeal["id"])
        if files:
            between.note("read_appeal_file", appeal_id=appeal["id"], file_id=file)
