"""The ledger's lines about what happened in the demo city."""

from datetime import datetime
from typing import Any

from app.audit.actions import Actor
from app.core.types import Base
from scripts.demo.chance import Chance
from scripts.demo.copying import Values

CITY = "1410"


def entry(
    chance: Chance,
    moment: datetime,
    actor: Actor,
    action: str,
    of: Base,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> Values:
    """Return the ledger's line for a deed on something with an id and a division."""
    row: Any = of
    return {
        "id": chance.id_at(moment),
        "at": moment,
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "action": action,
        "object_kind": action.partition(".")[0],
        "object_id": row.id,
        "division": row.division or CITY,
        "before": before,
        "after": after,
        "reason": reason,
    }
