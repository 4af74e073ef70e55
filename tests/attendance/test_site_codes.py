"""The codes of a site: fixed or rotating, typed or scanned, guessed at, printed."""

from datetime import UTC, timedelta

from app.attendance.models import CodeMode
from app.attendance.site_codes import CodeNow, poster_of
from app.core import clock
from app.jobs.models import Job
from tests.attendance.gate import Gate, gate
from tests.world import World, ok, refused

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


async def make(at: Gate, mode: str = "fixed") -> str:
    code: str = ok(await at.employer.post(f"/v1/jobs/{at.job['id']}/site-code", {"mode": mode}), 201)["code"]
    return code


async def test_a_fixed_code_lets_in_until_a_new_one_is_made(world: World) -> None:
    at, next_one = await gate(world), await gate(world)
    path = f"/v1/jobs/{at.job['id']}/site-code"
    async with at.at(-HOUR, next_one.worker, next_one.employer):
        refused(await at.employer.get(path), 404, "not_found")
        first = await make(at)
        shown = ok(await at.employer.get(path))
        assert (shown["code"], shown["mode"], shown["valid_until"]) == (first, "fixed", None)
        refused(await at.worker.get(path), 404, "not_found")
        refused(await at.worker.post(path, {"mode": "fixed"}), 404, "not_found")
        refused(await next_one.comes(site_code=first), 422, "site_code_wrong")
    async with at.at(-HOUR + SECOND):
        second = await make(at)
        assert second != first
    async with at.at(-HOUR + 2 * SECOND):
        problem = refused(await at.comes(site_code=first), 422, "site_code_wrong")
        assert problem["errors"][0]["pointer"] == "/site_code"
        typed = second.lower().replace("-", " ").replace("0", "O").replace("1", "l")
        ok(await at.comes(site_code=typed))
        assert (await at.notes())[0]["method"] == "site_code"


async def test_an_event_from_offline_is_judged_by_the_code_of_its_time(world: World) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        first = await make(at)
    async with at.at(HOUR):
        await make(at)
        refused(await at.comes(site_code=first), 422, "site_code_wrong")
        assert (
            ok(await at.comes(site_code=first, at=at.moment(-HOUR / 2).isoformat()))["state"] == "checked_in"
        )


async def test_a_rotating_code_lives_for_half_a_minute_and_one_more_on_each_side(world: World) -> None:
    at = await gate(world)
    async with at.at(timedelta()):
        code = await make(at, "rotating")
        path = f"/v1/jobs/{at.job['id']}/site-code"
        shown = ok(await at.employer.get(path))
        assert shown["code"] == code
        assert shown["valid_until"] == at.moment(30 * SECOND).astimezone(UTC).isoformat().replace(
            "+00:00", "Z"
        )
        refused(await at.employer.get(f"{path}.pdf"), 409, "fixed_codes_only")
    async with at.at(29 * SECOND):
        assert ok(await at.employer.get(path))["code"] == code
    async with at.at(60 * SECOND):
        assert ok(await at.employer.get(path))["code"] != code
        refused(await at.comes(site_code=code), 422, "site_code_wrong")
    async with at.at(59 * SECOND):
        ok(await at.comes(site_code=code))


async def test_guessing_is_stopped(world: World) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        code = await make(at)
        for n in range(10):
            refused(await at.comes(site_code=f"AAAAA-AAAA{n}"), 422, "site_code_wrong")
        answer = await at.comes(site_code=code)
        assert refused(answer, 429, "too_many_requests")
        assert int(answer.headers["Retry-After"]) > 0
        assert await at.notes() == []


async def test_the_poster_is_one_page_that_says_the_code(world: World) -> None:
    at = await gate(world)
    path = f"/v1/jobs/{at.job['id']}/site-code.pdf"
    async with at.at(-HOUR):
        refused(await at.employer.get(path), 404, "not_found")
        code = await make(at)
        printed = await at.employer.get(path)
        assert printed.headers["content-type"] == "application/pdf"
        assert printed.content.startswith(b"%PDF")
        assert b"/Count 1" in printed.content
    job = Job(title="卸" * 100, places={"wgs84": {"address": "路" * 200}})
    data, marks = poster_of(job, CodeNow(code, CodeMode.FIXED, clock.now(), None))
    assert marks == {"code": code}
    assert (data["title"], data["code"]) == ("卸" * 100, code)
