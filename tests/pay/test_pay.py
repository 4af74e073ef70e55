"""From hours worked to wages paid: what each side may say, and where every fen is."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

from app.core import clock
from tests.contracts.furnished import picture
from tests.pay.gigs import gig, paid, parts
from tests.world import World, ok, refused, shift, tomorrow


async def test_hours_confirmed_reported_and_received_are_wages_paid(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        owed = await one.confirms(minutes=480)
        assert (owed["state"], owed["engagement_state"]) == ("due", "confirmed")
        assert parts(owed) == {"open_fen": 20000}
        assert owed["due_at"] == one.midnight.astimezone(UTC).isoformat().replace("+00:00", "Z")
        said = await one.reports(20000, reference="4200001")
        assert (said["state"], said["reports"][0]["reference"]) == ("reported", "4200001")
        done = await one.answers(received=True)
        assert (done["state"], done["engagement_state"]) == ("settled", "paid")
        assert parts(done) == {"settled_fen": 20000}
        assert done["basis"]["minutes"] == 480
        assert await one.state() == "paid"
        assert await world.count("events", "kind = 'PaySettled'") == 1
        again = await one.answers(received=True)
        assert again["reports"] == done["reports"]


async def test_wages_can_be_paid_in_parts(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(5000)
        assert parts(await one.reports(9000)) == {"open_fen": 6000, "reported_fen": 14000}
        first = await one.answers(received=True)
        assert parts(first) == {"open_fen": 6000, "reported_fen": 9000, "settled_fen": 5000}
        assert first["state"] == "due"
        more = await one.employer.post(f"{one.path}/pay-report", paid(6001))
        problem = refused(more, 422, "more_than_owed")
        assert problem["open_fen"] == 6000
        assert problem["errors"][0]["pointer"] == "/amount_fen"
        await one.reports(6000)
        await one.answers(received=True)
        assert (await one.answers(received=True))["state"] == "settled"


async def test_hours_are_confirmed_by_the_employer_after_the_start_and_with_the_right_figure(
    world: World,
) -> None:
    one = await gig(world)
    path = f"{one.path}/confirm-hours"
    refused(await one.employer.post(path, {"minutes": 480}), 409, "shift_not_begun")
    async with one.at(one.ends_at):
        refused(await one.worker.post(path, {"minutes": 480}), 404, "not_found")
        refused(await (await world.employer()).post(path, {"minutes": 480}), 404, "not_found")
        problem = refused(await one.employer.post(path, {"pieces": 3}), 422, "invalid")
        assert problem["errors"][0]["code"] == "minutes_required"
        for wrong in ({}, {"minutes": -1}, {"minutes": 1441}, {"pieces": 100_001}, {"minutes": 2**70}):
            refused(await one.employer.post(path, wrong), 422, "invalid")
        assert await one.state() == "agreed"


async def test_pieces_are_paid_by_the_piece(world: World) -> None:
    pay = {"amount_fen": 800, "per": "piece", "expected_minutes": 20}
    one = await gig(world, pay=pay)
    async with one.at(one.ends_at):
        problem = refused(
            await one.employer.post(f"{one.path}/confirm-hours", {"minutes": 480}), 422, "invalid"
        )
        assert problem["errors"][0]["code"] == "pieces_required"
        assert (await one.confirms(pieces=12))["owed_fen"] == 9600


async def test_more_than_can_be_meant_is_refused_and_not_a_failure(world: World) -> None:
    one = await gig(world, pay={"amount_fen": 99_000_000, "per": "piece", "expected_minutes": 60})
    async with one.at(one.ends_at):
        most = await one.employer.post(f"{one.path}/confirm-hours", {"pieces": 100_000})
        refused(most, 422, "owed_beyond_reason")


async def test_a_slip_is_corrected_until_somebody_acts_on_it(world: World) -> None:
    one = await gig(world)
    await one.attended(one.starts_at, one.ends_at)
    async with one.at(one.ends_at):
        nothing = await one.confirms(minutes=0)
        assert (nothing["state"], nothing["engagement_state"]) == ("settled", "paid")
        corrected = await one.confirms(minutes=240)
        assert (corrected["state"], corrected["engagement_state"]) == ("due", "confirmed")
        assert corrected["id"] == nothing["id"]
        assert parts(corrected) == {"open_fen": 10000}
        await one.reports(100)
        late = await one.employer.post(f"{one.path}/confirm-hours", {"minutes": 480})
        refused(late, 409, "hours_settled")


async def test_what_did_not_arrive_is_contested_and_can_be_conceded(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(20000)
        path = f"{one.path}/pay-confirmation"
        short = await one.worker.post(path, {"received": False, "amount_fen": 20000})
        assert refused(short, 422, "invalid")["errors"][0]["code"] == "received_all"
        contested = await one.answers(received=False, amount_fen=15000, text="少了五十")
        assert (contested["state"], contested["engagement_state"]) == ("contested", "confirmed")
        assert parts(contested) == {"settled_fen": 15000, "contested_fen": 5000}
        same = await one.answers(received=False, amount_fen=15000)
        assert same["reports"] == contested["reports"]
        refused(await one.worker.post(path, {"received": True}), 409, "nothing_reported")
        report = contested["reports"][0]["id"]
        other = await one.worker.post(path, {"received": True, "report_id": report})
        refused(other, 409, "pay_answered_already")

        accept = f"{one.path}/pay-reports/{report}/accept-contest"
        refused(await one.worker.post(accept), 404, "not_found")
        conceded = ok(await one.employer.post(accept))
        assert parts(conceded) == {"settled_fen": 15000, "open_fen": 5000}
        refused(await one.employer.post(accept), 409, "nothing_contested")
        await one.reports(5000)
        assert (await one.answers(received=True))["engagement_state"] == "paid"


async def test_hours_are_contested_once_within_seven_days(world: World) -> None:
    one = await gig(world)
    path = f"{one.path}/contest-hours"
    body = {"minutes": 600, "text": "做到晚上"}
    refused(await one.worker.post(path, body), 409, "nothing_owed")
    async with one.at(one.ends_at):
        await one.confirms()
        refused(await one.employer.post(path, body), 404, "not_found")
        less = refused(await one.worker.post(path, body | {"minutes": 480}), 422, "claims_no_more")
        assert less["owed_fen"] == 20000
    async with one.at(one.ends_at + timedelta(days=7, seconds=1)):
        refused(await one.worker.post(path, body), 409, "contest_too_late")
    async with one.at(one.ends_at + timedelta(days=7)):
        contested = await one.contests(minutes=600)
        assert parts(contested) == {"open_fen": 20000, "contested_fen": 5000}
        assert (contested["claimed_minutes"], contested["state"]) == (600, "contested")
        refused(await one.worker.post(path, body), 409, "hours_contested_already")
        late = await one.employer.post(f"{one.path}/confirm-hours", {"minutes": 1})
        refused(late, 409, "hours_settled")

        accepted = ok(await one.employer.post(f"{one.path}/accept-hours"))
        assert parts(accepted) == {"open_fen": 25000}
        assert accepted["basis"]["minutes"] == 600
        refused(await one.employer.post(f"{one.path}/accept-hours"), 409, "nothing_contested")
        undone = await one.employer.post(f"{one.path}/confirm-hours", {"minutes": 1})
        refused(undone, 409, "hours_settled")


async def test_who_was_paid_for_too_few_hours_can_still_say_so(world: World) -> None:
    one = await gig(world)
    await one.attended(one.starts_at, one.ends_at)
    async with one.at(one.ends_at):
        assert (await one.confirms(minutes=0))["engagement_state"] == "paid"
        contested = await one.contests(minutes=480)
        assert (contested["state"], contested["engagement_state"]) == ("contested", "confirmed")
        assert contested["settled_at"] is None
        conceded = ok(await one.employer.post(f"{one.path}/accept-hours"))
        assert (conceded["state"], conceded["owed_fen"]) == ("due", 20000)


async def test_conceding_the_hours_leaves_a_contested_payment_contested(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(20000)
        await one.contests(minutes=600)
        both = await one.answers(received=False)
        assert parts(both) == {"contested_fen": 25000}
        conceded = ok(await one.employer.post(f"{one.path}/accept-hours"))
        assert parts(conceded) == {"open_fen": 5000, "contested_fen": 20000}


async def test_payments_are_reported_at_a_time_that_can_be(world: World) -> None:
    one = await gig(world)
    path = f"{one.path}/pay-report"
    refused(await one.employer.post(path, paid(1)), 409, "nothing_owed")
    async with one.at(one.ends_at):
        await one.confirms()
        for moment, code in (
            (clock.now() + timedelta(minutes=2, seconds=1), "paid_in_the_future"),
            (clock.now() - timedelta(days=40), "paid_before_agreed"),
        ):
            answer = await one.employer.post(path, paid(1, paid_at=moment.isoformat()))
            assert refused(answer, 422, "invalid")["errors"][0]["code"] == code
        for wrong in ({"amount_fen": 0}, {"amount_fen": 2**31}, {"method": "bitcoin"}, {"paid_at": "x"}):
            refused(await one.employer.post(path, paid(1) | wrong), 422, "invalid")
        refused(await one.worker.post(path, paid(1)), 404, "not_found")
        other = await one.employer.post(path, paid(1, owed_for="late_cancellation"))
        refused(other, 409, "nothing_owed")


async def test_a_receipt_is_seen_by_both_and_by_nobody_else(world: World) -> None:
    one, stranger = await gig(world), await world.worker()
    sent = await one.employer.post("/v1/me/files", files={"file": ("a.png", picture(), "image/png")})
    file_id = ok(sent, 201)["id"]
    async with one.at(one.ends_at):
        await one.confirms()
        report = (await one.reports(19999, files=[file_id]))["reports"][0]
        assert report["files"] == [file_id]
        path = f"{one.path}/pay-reports/{report['id']}/files/{file_id}"
        for actor in (one.employer, one.worker):
            assert (await actor.get(path)).headers["content-type"] == "image/jpeg"
        stranger.token = await world.fresh_token(stranger)
        refused(await stranger.get(path), 404, "not_found")
        refused(await stranger.get(f"{one.path}/pay"), 404, "not_found")
        again = await one.employer.post(f"{one.path}/pay-report", paid(1, files=[file_id]))
        refused(again, 422, "attachment_unknown")


async def test_my_pay_is_listed_with_its_sums(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(5000)
        mine = ok(await one.worker.get("/v1/me/pay"))
        assert mine["sums"]["owed_fen"] == 20000
        assert (mine["sums"]["open_fen"], mine["sums"]["reported_fen"]) == (15000, 5000)
        assert mine["items"][0]["employer_name"]
        assert ok(await one.worker.get("/v1/me/pay?state=settled"))["items"] == []
        theirs = ok(await one.employer.get(f"/v1/employers/{one.employer.employer_id}/pay?state=due"))
        assert [item["id"] for item in theirs["items"]] == [mine["items"][0]["id"]]
        refused(await one.worker.get(f"/v1/employers/{one.employer.employer_id}/pay"), 404, "not_found")


async def test_what_is_held_about_pay_comes_with_the_export(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(20000, reference="4200001")
        data = await one.worker.get("/v1/me/data")
        assert data.status_code == 200

        with zipfile.ZipFile(io.BytesIO(data.content)) as archive:
            [held] = json.loads(archive.read("pay.json"))
        assert held["reports"][0]["reference"] == "4200001"


async def test_a_lump_is_shared_among_the_jobs_shifts(world: World) -> None:
    shifts = [shift(8, 3), shift(12, 6)]
    pay = {"amount_fen": 30000, "per": "job", "expected_minutes": 540}
    one = await gig(world, pay=pay, pay_settlement="on_completion", shifts=shifts)
    both = ok(await one.worker.get("/v1/me/engagements"))["items"]
    assert len(both) == 2
    owed = {}
    async with one.at(one.midnight):
        for engagement in both:
            path = f"/v1/engagements/{engagement['id']}/confirm-hours"
            record = ok(await one.employer.post(path, {"minutes": 100}))
            owed[record["starts_at"]] = record["owed_fen"]
    assert [fen for _, fen in sorted(owed.items())] == [10000, 20000]


async def test_pay_on_completion_is_due_after_the_workers_last_shift(world: World) -> None:
    shifts = [shift(days=1), shift(days=3)]
    one = await gig(world, pay_settlement="on_completion", shifts=shifts)
    both = ok(await one.worker.get("/v1/me/engagements"))["items"]
    first = min(both, key=lambda found: str(found["shift"]["starts_at"]))
    async with one.at(tomorrow(20)):
        path = f"/v1/engagements/{first['id']}/confirm-hours"
        due = ok(await one.employer.post(path, {"minutes": 480}))["due_at"]
    assert datetime.fromisoformat(due) == tomorrow(0, days=4)


async def test_pay_stays_when_the_worker_closes_the_account(world: World) -> None:
    one = await gig(world)
    async with one.at(one.ends_at):
        await one.confirms()
        await one.reports(20000)
        await one.answers(received=True)
        ok(await one.worker.delete("/v1/me"), 204)
        listed = ok(await one.employer.get(f"/v1/employers/{one.employer.employer_id}/pay"))
        assert parts(listed["items"][0]) == {"settled_fen": 20000}
