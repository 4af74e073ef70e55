"""Whether the process is up, whether it can serve, and its figures."""

import ipaddress
import math

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy import text

from app.core.db import Database
from app.core.migrated import expected_revision
from app.core.problems import NotFound, NotReady
from app.feed.queries import lag

LAG = Gauge("province_lag_seconds", "Age of the oldest thing that is not in the province's feed yet")
routes = APIRouter(include_in_schema=False)
_READY = text(
    """SELECT (SELECT version_num FROM alembic_version) = :revision
         AND EXISTS (SELECT FROM divisions WHERE level = 'township')
         AND EXISTS (SELECT FROM trades) AND EXISTS (SELECT FROM stations)"""
)


@routes.get("/healthz")
async def is_up() -> dict[str, str]:
    """Say that the process is up."""
    return {"status": "up"}


@routes.get("/readyz")
async def is_ready(request: Request) -> dict[str, str]:
    """Say whether the database is reachable and migrated and the reference data is in."""
    database: Database = request.app.state.database
    try:
        async with database.transaction(read_only=True) as session:
            ready = await session.scalar(_READY, {"revision": expected_revision()})
    except Exception as error:  # whatever it is, the answer is that we are not ready
        raise NotReady from error
    if not ready:
        raise NotReady(
            "数据库尚未迁移或参考数据未载入", "The database is not migrated or lacks reference data"
        )
    return {"status": "ready"}


@routes.get("/metrics")
async def figures(request: Request) -> Response:
    """Give the figures to who asks from inside; a proxy's header means that it came from outside."""
    inside = request.client and ipaddress.ip_address(request.client.host).is_private
    if not inside or "x-forwarded-for" in request.headers:
        raise NotFound
    database: Database = request.app.state.database
    try:
        async with database.transaction(read_only=True) as session:
            LAG.set((await lag(session)).total_seconds())
    except Exception:  # noqa: BLE001 - the other figures are wanted all the more while the database is away
        LAG.set(math.nan)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
