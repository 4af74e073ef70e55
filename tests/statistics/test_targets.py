"""The yearly targets, and what the market contributed."""

import time_machine

from app.core import clock
from app.stations.models import Role
from tests.engagements.hired import ENDS, Hired, hired
from tests.statistics.city import count
from tests.world import YAODU, Json, World, ok, refused, shift


async def works(one: Hired) -> None:
    async with one.at(ENDS):
        ok(await one.employer.post(f"{one.path}/check-in", {"at": clock.now().isoformat()}))
        ok(await one.employer.post(f"{one.path}/confirm-hours", {"minutes": 480}))


def of(answer: Json, kind: str, division: str = "1410") -> tuple[int | None, int | None]:
    (found,) = [one for one in answer["items"] if (one["kind"], one["division"]) == (kind, division)]
    return found["value"], found["contributed"]


async def test_the_operator_sets_them_and_all_read_them_beside_what_was_done(world: World) -> None:
    one = await hired(world)
    groups = {"name_shown": "老李", "home": YAODU, "key_groups": ["hard_to_employ"]}
    ok(await one.worker.put("/v1/me/worker", groups))
    await works(one)
    await count(world)
    year = one.starts_at.year
    operator = await world.staff("1410", Role.OPERATOR)
    given = {
        "targets": [
            {"kind": "hard_to_employ_placed", "value": 3200},
            {"kind": "hard_to_employ_placed", "division": "141002", "value": 200},
            {"kind": "subsidised_trainings", "value": 35000},
        ]
    }
    ok(await operator.put(f"/admin/v1/targets/{year}", given))
    for role in Role:
        answer = await (await world.staff("141002", role)).get(f"/admin/v1/targets/{year}")
        found = ok(answer)
        assert of(found, "hard_to_employ_placed") == (3200, 1)
        assert of(found, "hard_to_employ_placed", "141002") == (200, 1)
        assert of(found, "new_urban_jobs") == (None, 1)
        assert of(found, "disabled_placed") == (None, 0)
        # Of trainings the market knows nothing.
        assert of(found, "subsidised_trainings") == (35000, None)
        assert "不等于完成数" in found["note"]
    assert of(ok(await operator.get(f"/admin/v1/targets/{year - 1}")), "new_urban_jobs") == (None, 0)
    assert await world.count("ledger", "action = 'targets.set'") == 1


async def test_only_the_operator_sets_them_and_nobody_over_another_s_change(world: World) -> None:
    given = {"targets": [{"kind": "new_urban_jobs", "value": 47000}]}
    for role in set(Role) - {Role.OPERATOR}:
        staff = await world.staff("1410", role)
        refused(await staff.put("/admin/v1/targets/2026", given), 404, "not_found")
    operator = await world.staff("1410", Role.OPERATOR)
    seen = (await operator.get("/admin/v1/targets/2026")).headers["etag"]
    assert seen == '"0"'
    ok(await operator.put("/admin/v1/targets/2026", given, headers={"If-Match": seen}))
    refused(await operator.put("/admin/v1/targets/2026", given, headers={"If-Match": seen}), 412, "stale")
    twice = {"targets": [*given["targets"], *given["targets"]]}
    refused(await operator.put("/admin/v1/targets/2026", twice), 422, "invalid")
    nowhere = {"targets": [{"kind": "new_urban_jobs", "division": "141099", "value": 1}]}
    refused(await operator.put("/admin/v1/targets/2026", nowhere), 422, "invalid")
    refused(await operator.put("/admin/v1/targets/1999", given), 422, "invalid")


async def test_a_worker_counts_once_a_year_however_often_placed(world: World) -> None:
    one = await hired(world)
    await works(one)
    other = await one.employer.posts_job(shifts=[shift(8, days=6)])
    ok(await one.worker.applies(other), 201)
    mine = ok(await one.worker.get("/v1/me/engagements"))["items"]
    second = next(each["id"] for each in mine if each["id"] != one.id)
    begins = next(each["shift"]["starts_at"] for each in mine if each["id"] == second)
    with time_machine.travel(begins, tick=False):
        one.employer.token = await world.fresh_token(one.employer)
        path = f"/v1/engagements/{second}"
        ok(await one.employer.post(f"{path}/check-in", {"at": clock.now().isoformat()}))
        ok(await one.employer.post(f"{path}/confirm-hours", {"minutes": 480}))
    await count(world)
    assert await world.count("active_days", "part = 'placed'") == 2
    found = ok(await (await world.staff()).get(f"/admin/v1/targets/{one.starts_at.year}"))
    assert of(found, "new_urban_jobs")[1] == 1
