"""What a reader of the feed, or of a person in it, is refused."""

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


class NoSealingKey(Problem):
    """What is sealed is sealed to a key of the client's own."""

    status = HTTPStatus.CONFLICT
    code = "no_sealing_key"
    title = "该客户端没有登记有效的加密公钥(use 为 enc)"
    title_en = "This client has no valid public key to seal to (use: enc)"
