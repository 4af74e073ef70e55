"""Cursors: opaque, signed, and good only for the query that they came from."""

import base64
import hashlib
import hmac
import json
from typing import Any

from app.core.problems import Fault, Invalid


class CursorRefused(Invalid):
    code = "cursor_invalid"
    title = "游标无效,请从第一页重新查询"
    title_en = "This cursor is not valid here; start from the first page"

    def __init__(self) -> None:
        super().__init__(faults=[Fault("/cursor", self.code, self.title, self.title_en, "query")])


class Cursors:
    """Signs cursors with one key; the scope (who asks, with which filters) is signed along."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.sha256(b"cursors" + key).digest()

    def sign(self, values: list[Any], scope: str) -> str:
        """Return the cursor for a row's sort values; instants and ids go as text."""
        body = json.dumps(values, separators=(",", ":"), default=str).encode()
        return base64.urlsafe_b64encode(self._mac(body, scope) + body).decode().rstrip("=")

    def read(self, cursor: str, scope: str) -> list[Any]:
        """Return the values, or refuse a cursor that is not ours or belongs to another query."""
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError as error:
            raise CursorRefused from error
        if not hmac.compare_digest(raw[:10], self._mac(raw[10:], scope)):
            raise CursorRefused
        values: list[Any] = json.loads(raw[10:])
        return values

    def _mac(self, body: bytes, scope: str) -> bytes:
        return hmac.new(self._key, scope.encode() + b"\0" + body, hashlib.sha256).digest()[:10]
