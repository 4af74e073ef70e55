"""The province's clients, and when each called last."""

from datetime import datetime

from sqlalchemy import Select, select, true

from app.audit.models import Entry
from app.sync.models import Client


def clients(client_id: str | None = None) -> Select[Client, datetime | None, str | None]:
    """Return clients by id, with time and address of the last entry of each (index actor_id, id)."""
    last = (
        select(Entry.at, Entry.address)
        .where(Entry.actor_id == Client.ledger_id)
        .order_by(Entry.id.desc())
        .limit(1)
        .lateral()
    )
    statement = select(Client, last.c.at, last.c.address).join(last, onclause=true(), isouter=True)
    if client_id is not None:
        statement = statement.where(Client.id == client_id)
    return statement.order_by(Client.id)
