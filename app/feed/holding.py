"""What the province has of a person, and when it read who she or he is: for the person's own copy."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import ActorKind, Entry
from app.core import wall
from app.engagements.models import Application, Engagement
from app.feed.models import Kind, Record
from app.feed.persons import READING
from app.identity.holdings import holds


@holds("province")
async def _shared(session: AsyncSession, account_id: UUID) -> dict[str, Any]:
    """Return the records that name the person now, and each reading (index object_id, id)."""
    records = []
    for kind, about in ((Kind.ENGAGEMENT, Engagement), (Kind.APPLICATION, Application)):
        found = await session.execute(
            select(Record.entity_id, Record.data)
            .join(about, about.id == Record.entity_id)
            .where(Record.kind == kind, about.worker_id == account_id)
            .order_by(Record.entity_id)
        )
        told = [(id_, json.loads(data)) for id_, data in found]
        records += [{"type": kind.value, "id": id_, "data": data} for id_, data in told if data["worker"]]
    readings = (
        select(Entry.at, Entry.actor_name, Entry.after)
        .where(Entry.object_id == account_id, Entry.action == READING, Entry.actor_kind == ActorKind.PROVINCE)
        .order_by(Entry.id)
    )
    # The ledger is the stations'; what of it is about the person is hers or his to know.
    async with wall.lifted(session):
        read = (await session.execute(readings)).all()
    return {"shared": records, "read": [{"at": at, "by": by, "about": after} for at, by, after in read]}
