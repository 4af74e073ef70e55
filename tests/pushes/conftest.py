"""A receiver that may be called, changes to be pushed, and a subscription to them."""

import base64
import dataclasses
import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core import ports
from app.core.types import new_id
from app.pushes.sending import push
from tests.stubs.receiver import Receiver, receiving
from tests.world import Json, Province, World, ok

_HAPPENS = text(
    """WITH given AS (SELECT CAST(:kind AS text) AS kind, CAST(:entity AS uuid) AS entity_id,
                          CAST(:data AS text) AS data, CAST(:change AS text) AS change,
                          CAST(:reason AS text) AS reason,
                          (SELECT coalesce(max(id), 0) + 1 FROM province_changes) AS id),
    kept AS (INSERT INTO province_records (kind, entity_id, division, day, data, hash, version)
        SELECT kind, entity_id, '141002', DATE '2026-11-23', data, sha256(convert_to(data, 'UTF8')), id
          FROM given WHERE data IS NOT NULL
        ON CONFLICT (kind, entity_id) DO UPDATE SET data = excluded.data, version = excluded.version),
    gone AS (DELETE FROM province_records r USING given g
              WHERE g.data IS NULL AND r.kind = g.kind AND r.entity_id = g.entity_id)
    INSERT INTO province_changes (id, mark, kind, entity_id, change, reason, at, published_at)
    SELECT id, substr(md5(CAST(id AS text)), 1, 12), kind, entity_id, change, reason, now(), now() FROM given
    RETURNING id"""
)


def secret() -> str:
    return f"whsec_{base64.b64encode(os.urandom(32)).decode()}"


@dataclasses.dataclass
class Feed:
    """Changes as the publisher leaves them."""

    world: World

    async def happens(self, entity: UUID | None = None, data: str | None = "{}", kind: str = "job") -> UUID:
        """Let something be as `data` says, or be gone (None)."""
        entity = entity or new_id()
        async with self.world.session() as session:
            values = {"kind": kind, "entity": entity, "data": data}
            how = {"change": "changed" if data else "removed", "reason": None if data else "expired"}
            await session.execute(_HAPPENS, values | how)
        return entity


@dataclasses.dataclass
class Pushed:
    """A province that subscribed with one receiver."""

    world: World
    province: Province
    receiver: Receiver
    feed: Feed

    async def subscribes(self, id_: str = "main", status: int = 201, **changes: Any) -> Json:
        body = {"url": self.receiver.url, "types": ["job"], "secret": self.receiver.secret} | changes
        shown: Json = ok(await self.province.put(f"/sync/v1/subscriptions/{id_}", body), status)
        return shown

    async def push(self) -> None:
        """Send what is due."""
        await push(self.world.database)

    async def deliveries(self, state: str | None = None) -> list[Json]:
        """Return what is listed, oldest first."""
        self.province.token = await self.world.province_token(self.province.client_id)
        params = {"limit": 100} | ({"state": state} if state else {})
        items = ok(await self.province.get("/sync/v1/subscriptions/main/deliveries", params=params))["items"]
        return list(reversed(items))

    async def shown(self) -> Json:
        self.province.token = await self.world.province_token(self.province.client_id)
        shown: Json = ok(await self.province.get("/sync/v1/subscriptions/main"))
        return shown


@pytest.fixture
async def pushed(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pushed]:
    async with receiving(secret()) as receiver:
        allowed = (receiver.address.removeprefix("http://"),)
        monkeypatch.setattr(ports, "_installed", [dataclasses.replace(ports.ports(), allowed=allowed)])
        yield Pushed(world, await world.province(), receiver, Feed(world))
