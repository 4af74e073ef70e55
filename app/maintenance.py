"""What is forgotten when its time is over, on the hour."""

from app.cases import holds
from app.core import clock, events, idempotency, limits, work
from app.core.db import Database
from app.counter.leaving import forget_phones
from app.identity.messages import forget_old
from app.sync.clients import forget_assertions


@work.at_times("7 * * * *")
async def forget(database: Database) -> None:
    """Delete answers to idempotency keys, free limits, deliveries, messages, holds, phones, assertions."""
    async with database.transaction() as session:
        await idempotency.forget_expired(session, clock.now())
        await limits.forget(session)
        await events.forget_deliveries(session)
        await forget_old(session)
        await holds.forget_lapsed(session)
        await forget_phones(session)
        await forget_assertions(session)
