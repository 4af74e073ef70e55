"""The stub province against the city: snapshot, changes, pushes, comparing; each alone keeps it equal."""

from pathlib import Path

import pytest

from tests.exchange.equal import AGAIN_NOW, everything_has_gone_up, rows_that_differ, until
from tests.exchange.link import Link, linked, peak_mib
from tests.exchange.market import Market
from tests.stubs.province.city import Refusal
from tests.stubs.province.life import Mood, Province
from tests.stubs.province.vacancies import vacancy
from tests.stubs.proxy import Trouble
from tests.world import World, ok, refused


@pytest.mark.timeout(120)
async def test_a_copy_is_kept_by_changes_and_another_by_pushes(world: World, tmp_path: Path) -> None:
    market = await Market.founded(world, 7)
    await market.goes_on(15)
    async with linked(world, tmp_path) as link:
        await everything_has_gone_up(world)
        await link.begins()
        assert link.province.copy.count("job") > 0
        await market.goes_on(25)

        await everything_has_gone_up(world)
        await link.province.catch_up()

        assert await rows_that_differ(world, link.province.copy) == set()
        assert await rows_that_differ(world, link.listener.copy) == set()
        assert link.listener.counted["pushed"] > 0
        assert link.listener.counted["forged"] == 0
        assert await link.province.compare() == []

        # A fault of ours is found to the row in a few requests, and healed.
        spoilt = next(iter(link.province.copy.all("job")))
        link.province.copy.spoil("job", spoilt)
        tried = link.province.city.tried
        [found] = await link.province.compare()
        assert (found.type, found.id, found.why) == ("job", spoilt, "内容不同")
        assert link.province.city.tried - tried < 40
        assert await link.province.heal() == []


@pytest.mark.timeout(240)
async def test_nothing_is_lost_in_whatever_mood_the_province_was(world: World, tmp_path: Path) -> None:
    market = await Market.founded(world, 8)
    await market.goes_on(15)
    async with linked(world, tmp_path) as link:
        await everything_has_gone_up(world)
        await link.begins()
        held = peak_mib(link.worker)
        for mood in Mood:
            link.listener.mood = mood
            await market.goes_on(8)
            await until(lambda mood=mood: _tried(world, link.listener, mood))  # type: ignore[misc]
        link.listener.mood = Mood.WELL

        await everything_has_gone_up(world)
        assert await rows_that_differ(world, link.listener.copy) == set()
        assert peak_mib(link.worker) - held < 100


async def test_a_message_that_comes_late_brings_nothing_back(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    employer = await world.employer(trusted=True)
    async with linked(world, tmp_path) as link:
        await everything_has_gone_up(world)
        await link.begins()
        late = iter([Trouble.LATE])
        monkeypatch.setattr("tests.stubs.proxy.LATE_S", 6)
        monkeypatch.setattr(link.up._random, "random", lambda: 0.99)
        monkeypatch.setattr(link.up._random, "choice", lambda _: next(late, None))
        link.up.chance = 1
        job = await employer.posts_job()
        await until(lambda: _is_held_back(link))
        ok(await employer.post(f"/v1/jobs/{job['id']}/close"))
        await everything_has_gone_up(world)
        assert job["id"] not in link.listener.copy.all("job")
        before = link.listener.counted["pushed"] + link.province.counted["pushed"]

        await link.up.heal()

        assert link.listener.counted["pushed"] + link.province.counted["pushed"] > before
        assert job["id"] not in link.listener.copy.all("job")
        assert job["id"] not in link.province.copy.all("job")


async def _tried(world: World, province: Province, mood: Mood) -> bool:
    await world.look(AGAIN_NOW)
    return province.counted[f"while {mood}"] > 0


async def _is_held_back(link: Link) -> bool:
    return link.up.seen[Trouble.LATE] == 1


@pytest.mark.timeout(120)
async def test_somebody_applies_above_is_taken_on_and_known_while_consenting(
    world: World, tmp_path: Path
) -> None:
    worker = await world.worker()
    async with linked(world, tmp_path) as link:
        province = link.province
        await province.start_over()
        told = await province.send("SX-1", vacancy(1))
        job = ok(await worker.get(f"/v1/jobs/{told['job_id']}"))
        refused(await worker.applies(job, 0), 409, "province_consent_missing")
        ok(await worker.put("/v1/me/consents", {"province": True}))
        asked = ok(await worker.applies(job, 0), 201)
        await everything_has_gone_up(world)
        await province.catch_up()

        sealed = await province.person("application", asked["id"], link.keys.sealing)
        assert (sealed["name"], sealed["phone"].endswith(worker.phone)) == ("李建国", True)
        assert "李建国" not in str(province.copy.all("application")[asked["id"]])
        await province.answer(asked["id"], "accepted")
        [engagement] = ok(await worker.get("/v1/me/engagements"))["items"]
        assert engagement["state"] == "agreed"

        ok(await worker.put("/v1/me/consents", {"province": False}))
        await everything_has_gone_up(world)
        await province.catch_up()
        assert province.copy.all("application") == {}
        with pytest.raises(Refusal, match="404"):
            await province.person("application", asked["id"], link.keys.sealing)


@pytest.mark.timeout(120)
async def test_a_city_that_went_back_is_taken_over_anew(world: World, tmp_path: Path) -> None:
    employer = await world.employer(trusted=True)
    jobs = [await employer.posts_job() for _ in range(3)]
    async with linked(world, tmp_path) as link:
        await everything_has_gone_up(world)
        await link.begins()
        ok(await employer.post(f"/v1/jobs/{jobs[0]['id']}/close"))
        await everything_has_gone_up(world)
        await link.province.catch_up()
        # As after a restore: another history, whose versions begin below those that the copy has.
        await world.look("WITH gone AS (DELETE FROM province_changes) DELETE FROM province_records")
        await world.look("INSERT INTO province_touched (kind, entity_id) SELECT 'job', id FROM jobs")
        await world.look(
            "INSERT INTO province_touched (kind, entity_id) SELECT 'employer', id FROM employers"
        )
        await everything_has_gone_up(world)

        await link.province.catch_up()
        assert link.province.counted["snapshots"] == 2
        ok(await employer.post(f"/v1/jobs/{jobs[1]['id']}/close"))
        await everything_has_gone_up(world)
        await link.province.catch_up()
        assert set(link.province.copy.all("job")) == {jobs[2]["id"]}
        assert await link.province.compare() == []


@pytest.mark.timeout(120)
async def test_a_vacancy_that_comes_late_overwrites_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with linked(world, tmp_path) as link:
        province, late = link.province, iter([Trouble.LATE])
        await province.start_over()
        monkeypatch.setattr("tests.stubs.proxy.LATE_S", 6)
        monkeypatch.setattr(link.down._random, "random", lambda: 0.99)
        monkeypatch.setattr(link.down._random, "choice", lambda _: next(late, None))
        link.down.chance = 1
        told = await province.send("SX-1", vacancy(1, description="第一版:搬运。"))
        await province.send("SX-1", vacancy(1, description="第二版:搬运、清理。"))
        assert link.down.seen[Trouble.LATE] == 1

        await link.heal()

        kept = await world.look("SELECT version FROM province_vacancies WHERE source_id = 'SX-1'")
        assert kept == province.sent["SX-1"]
        job = ok(await world.nobody.get(f"/v1/jobs/{told['job_id']}"))
        assert job["description"] == "第二版:搬运、清理。"
