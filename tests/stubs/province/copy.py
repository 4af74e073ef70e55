"""The province's copy of the city: of each thing the newest version that came, by whichever way."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

Json = dict[str, Any]
TYPES = ("job", "employer", "engagement", "fair", "station", "application")
_TABLES = """
CREATE TABLE IF NOT EXISTS records (
  generation INTEGER, type TEXT, id TEXT, version INTEGER, data TEXT,
  PRIMARY KEY (generation, type, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
"""
_APPLY = """
INSERT INTO records VALUES (?, ?, ?, ?, ?)
ON CONFLICT (generation, type, id) DO UPDATE SET version = excluded.version, data = excluded.data
WHERE excluded.version > records.version
"""


def canonical(data: Any) -> str:
    """Write JSON as the digest counts it: keys in order, no blanks, characters as they are."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Copy:
    """A SQLite file, or memory.

    What was removed stays as a version without data, so that an older message cannot bring it back.
    """

    def __init__(self, file: str = ":memory:") -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.executescript(_TABLES)
        self._generation: int = self._kept("generation") or 0

    @property
    def cursor(self) -> str | None:
        """Where to go on reading; none: begin with a snapshot."""
        cursor: str | None = self._kept("cursor")
        return cursor

    def apply(self, items: Iterable[Json], *, cursor: str | None = None) -> int:
        """Take changes in, and the cursor that they lead to, at once; return how many were news."""
        rows = [(self._generation, *_row(item)) for item in items]
        with self._transaction():
            before = self._db.total_changes
            self._db.executemany(_APPLY, rows)
            news = self._db.total_changes - before
            if cursor is not None:
                self._keep("cursor", cursor)
        return news

    def load(self, lines: Iterable[Json]) -> str:
        """Replace everything by a snapshot; return its cursor. Refuses one that has no end.

        Versions of before mean nothing any more where the city itself went back (its restore), so the new
        generation begins empty; what was pushed meanwhile is among the changes after the cursor.
        """
        end, count, generation = None, 0, self._generation + 1
        with self._transaction():
            for line in lines:
                if "cursor" in line:
                    end = line
                else:
                    self._db.execute(_APPLY, (generation, *_row(line)))
                    count += 1
            if end is None or end["count"] != count:
                raise Incomplete(f"a snapshot of {count} lines without its end")
            self._db.execute("DELETE FROM records WHERE generation <> ?", [generation])
            self._keep("generation", generation)
            self._keep("cursor", end["cursor"])
        self._generation = generation
        cursor: str = end["cursor"]
        return cursor

    def all(self, kind: str) -> dict[str, Any]:
        """Return what there is of a type: id and data."""
        return {id_: json.loads(data) for id_, _, data in self._rows(kind)}

    def versions(self, kind: str) -> dict[str, int]:
        return {id_: version for id_, version, _ in self._rows(kind)}

    def hashes(self, kind: str) -> Iterator[tuple[str, bytes, Json]]:
        """Give id, the SHA-256 of the data's canonical form, and the data of each thing of a type."""
        for id_, _, data in self._rows(kind):
            yield id_, hashlib.sha256(data.encode()).digest(), json.loads(data)

    def count(self, kind: str) -> int:
        found: int = self._db.execute(
            "SELECT count(*) FROM records WHERE generation = ? AND type = ? AND data IS NOT NULL",
            [self._generation, kind],
        ).fetchone()[0]
        return found

    def spoil(self, kind: str, id_: str) -> None:
        """Damage one thing, as a fault of ours would: for tests of comparing."""
        self._db.execute(
            "UPDATE records SET data = json_set(data, '$.spoilt', 1)"
            " WHERE generation = ? AND type = ? AND id = ?",
            [self._generation, kind, id_],
        )

    def close(self) -> None:
        self._db.close()

    def _rows(self, kind: str) -> list[tuple[str, int, str]]:
        return self._db.execute(
            "SELECT id, version, data FROM records WHERE generation = ? AND type = ? AND data IS NOT NULL"
            " ORDER BY id",
            [self._generation, kind],
        ).fetchall()

    def _kept(self, name: str) -> Any:
        row = self._db.execute("SELECT value FROM state WHERE name = ?", [name]).fetchone()
        return row and row[0]

    def _keep(self, name: str, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", [name, value])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


class Incomplete(Exception):  # noqa: N818 - the line's doing
    """The snapshot broke off."""


def _row(item: Json) -> tuple[str, str, int, str | None]:
    data = None if item["data"] is None else canonical(item["data"])
    return item["type"], item["id"], item["version"], data
