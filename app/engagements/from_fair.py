"""Where somebody saw the job that is asked for; the fairs, above, check it (AppliedAtFair)."""

from typing import NamedTuple
from uuid import UUID

from app.core.problems import refuse_field


class FromFair(NamedTuple):
    """At which fair, and at which of its marks; nowhere, if at none."""

    fair_id: UUID | None = None
    mark_id: UUID | None = None

    def must_be_whole(self) -> None:
        """Refuse a mark of no fair."""
        if self.mark_id and not self.fair_id:
            zh, en = "填 mark_id 须同时填 fair_id", "A mark_id takes its fair_id"
            raise refuse_field("/mark_id", "fair_required", zh, en)


AT_NONE = FromFair()
