"""Fairs as stations plan them, for the tests of what comes before, during and after."""

from typing import Any

from app.stations.models import Role
from tests.world import Actor, Employer, Json, World, ok, tomorrow

FAIRS = "/admin/v1/fairs"


def draft(hour: int = 9, hours: int = 2, days: int = 3, **given: Any) -> Json:
    """Return a fair as a manager sends it: online, of an hour to come in Shanghai."""
    return {
        "title": "周三直播带岗",
        "mode": "online",
        "starts_at": tomorrow(hour, days=days).isoformat(),
        "ends_at": tomorrow(hour + hours, days=days).isoformat(),
    } | given


async def plan(manager: Actor, hour: int = 9, hours: int = 2, days: int = 3, **given: Any) -> Json:
    fair: Json = ok(await manager.post(FAIRS, draft(hour, hours, days, **given)), 201)
    return fair


async def opened(manager: Actor, hour: int = 9, hours: int = 2, days: int = 3, **given: Any) -> Json:
    """Return a fair that everybody can see and book."""
    fair = await plan(manager, hour, hours, days, **given)
    shown: Json = ok(await manager.post(f"{FAIRS}/{fair['id']}/open"))
    return shown


async def invited(manager: Actor, fair: Json, employer: Employer, **given: Any) -> Json:
    body = {"employer_id": employer.employer_id} | given
    booth: Json = ok(await manager.post(f"{FAIRS}/{fair['id']}/booths", body), 201)
    return booth


async def accepted(manager: Actor, fair: Json, employer: Employer, **given: Any) -> Json:
    """Return an accepted booth: the employer was invited and comes."""
    booth = await invited(manager, fair, employer, **given)
    held: Json = ok(await employer.post(f"/v1/employers/{employer.employer_id}/booths/{booth['id']}/accept"))
    return held


async def shows(manager: Actor, booth: Json, *jobs: Json, at: list[str] | None = None) -> Json:
    """Put jobs on a booth, planned at these minutes if any are given; return the booth."""
    minutes = at or [""] * len(jobs)
    listed = [
        {"job_id": job["id"], "planned_at": when or None} for job, when in zip(jobs, minutes, strict=True)
    ]
    path = f"{FAIRS}/{booth['fair_id']}/booths/{booth['id']}/jobs"
    shown: Json = ok(await manager.put(path, {"jobs": listed}))
    return shown


async def with_booth(
    world: World, *, jobs: int = 1, **given: Any
) -> tuple[Actor, Json, Employer, list[Json]]:
    """Return a city manager, a bookable fair, an employer with an accepted booth, and the jobs it shows."""
    manager, employer = await world.staff("1410", Role.MANAGER), await world.employer(trusted=True)
    fair = await opened(manager, **given)
    posted = [await employer.posts_job(title=f"仓库卸货 {n}") for n in range(1, jobs + 1)]
    await shows(manager, await accepted(manager, fair, employer), *posted)
    shown: Json = ok(await manager.get(f"{FAIRS}/{fair['id']}"))
    return manager, shown, employer, posted
