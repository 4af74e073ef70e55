"""A vacancy of the province that is shown, one that waits for a code, and the right bodies."""

from tests.inbound.vacancies import vacancy
from tests.world import Json, Province, ok

JOBS = "/sync/v1/inbound/jobs"
THEIRS = "SX-0301"
BODIES: dict[str, Json] = {
    "put_inbound_job": vacancy(version=3, division="141002", origin={"city_job_id": None}),
    "map_province_code": {"ours": "0301"},
}


async def furnish_inbound(province: Province) -> dict[str, list[str]]:
    """Let the province send them; return the ids."""
    ok(await province.put(f"{JOBS}/SX-1", vacancy()))
    ok(await province.put(f"{JOBS}/SX-2", vacancy(trade=THEIRS)))
    return {"source_id": ["SX-1", "SX-2"], "theirs": [THEIRS]}
