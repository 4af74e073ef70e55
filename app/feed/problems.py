"""What a reader of the feed is told when it can't go on from where it was."""

from http import HTTPStatus

from app.core.problems import Problem

SNAPSHOT = "/sync/v1/snapshot"


class CursorExpired(Problem):
    """Pruned after thirty days, or of a history that a restored database does not have."""

    status = HTTPStatus.GONE
    code = "cursor_expired"
    title = "游标已失效,请取全量快照后从其游标继续"
    title_en = "This cursor has expired; take a snapshot and go on from its cursor"

    def __init__(self) -> None:
        super().__init__(snapshot=SNAPSHOT)
