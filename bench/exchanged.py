"""What the exchange is measured with: a market that was published, many times over, and the province."""

import asyncio
import hashlib
import http.client
import json
import multiprocessing
import re
import subprocess
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import uvicorn
from standardwebhooks.webhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.core.db import Database
from app.core.settings import Settings
from app.feed.publishing import publish
from app.pushes.sending import push
from app.sync.models import Client, Scope
from bench.server import Served
from scripts.cluster import Cluster
from scripts.ports import any_free
from scripts.postgres import binaries
from scripts.terminal import Refused
from tests.stubs.province.vacancies import vacancy

NAME, SECRET = "bench", "a-secret-of-the-bench"
PUSH_SECRET = "whsec_" + "b2YtdGhlLWJlbmNoLW9mLXRoZS1iZW5jaC0zMmJ5dGVz"
PAGE = 1_000
BATCH = 10_000
_SQL_CHANGES = """SELECT c.id, c.mark, c.kind, c.entity_id, c.change, c.reason, c.at, r.version, r.data
  FROM province_changes c LEFT JOIN province_records r ON r.kind = c.kind AND r.entity_id = c.entity_id
 WHERE c.id > {first}"""
SQL_RECORDS = "SELECT kind, entity_id, version, data FROM province_records"
# The same data under other ids, until there are so many; each is as far from its like as the market is large.
_MULTIPLY = """
INSERT INTO province_records (kind, entity_id, division, day, data, hash, version)
SELECT kind, gen_random_uuid(), division, day - %(round)s, data, hash, 0 FROM province_records
 WHERE version > 0 LIMIT %(most)s"""
_NUMBER = """
WITH numbered AS (SELECT kind, entity_id, row_number() OVER (ORDER BY version, entity_id) AS id
                    FROM province_records),
  versions AS (UPDATE province_records r SET version = n.id FROM numbered n
                WHERE r.kind = n.kind AND r.entity_id = n.entity_id RETURNING r.kind, r.entity_id, r.version)
INSERT INTO province_changes (id, mark, kind, entity_id, change, at, published_at)
SELECT version, right(gen_random_uuid()::text, 12), kind, entity_id, 'created', now(), now() FROM versions"""


class Filled(NamedTuple):
    """How fast the market was published, against COPY in of what came of it: rows a second."""

    published: float
    copied: float


class Speeds(NamedTuple):
    """One thing measured once: ours and PostgreSQL's alone, rows a second."""

    ours: float
    sql: float


async def publish_all(settings: Settings) -> int:
    """Publish what the market touched; return how many changes."""
    database = Database(settings.driver_url, 4)
    while await publish(database):
        pass
    async with database.transaction() as session:
        session.add(
            Client(
                id=NAME,
                name="省平台",
                secret_digest=hashlib.sha256(SECRET.encode()).digest(),
                scopes=[scope.value for scope in Scope],
                calls_a_minute=10_000_000,
            )
        )
    await database.close()
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM province_changes").fetchone()
    return int(row[0]) if row else 0


def fill(cluster: Cluster, settings: Settings, records: int) -> Filled:
    """Publish the market, and multiply what came of it to so many records."""
    began = time.perf_counter()
    changes = asyncio.run(publish_all(settings))
    published = changes / (time.perf_counter() - began)
    copied = changes / copy_in(cluster, ["province_records", "province_changes"])
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("TRUNCATE province_changes")
        there = changes
        for round_ in range(1, 1_000):
            if there >= records:
                break
            most = records - there
            there += connection.execute(_MULTIPLY, {"round": round_, "most": most}).rowcount
        connection.execute(_NUMBER)
    # Packed as it is written once; and the second time for the map of what is visible to all.
    cluster.execute("VACUUM FULL province_records;\nVACUUM (ANALYZE) province_records;", "gigs")
    cluster.execute("VACUUM (ANALYZE) province_changes", "gigs")
    return Filled(published, copied)


def copy_out(cluster: Cluster, select: str) -> float:
    """Return the seconds that PostgreSQL needs to hand out these rows."""
    return _psql(cluster, f"COPY ({select}) TO STDOUT", Path("/dev/null"))


def copy_in(cluster: Cluster, tables: Sequence[str], where: str = "true") -> float:
    """Return the seconds that PostgreSQL needs to take the rows of these tables in, indexes and all."""
    took = 0.0
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        for table in tables:
            connection.execute(f"CREATE TEMP TABLE again (LIKE {table} INCLUDING ALL)")
            with connection.cursor().copy(f"COPY (SELECT * FROM {table} WHERE {where}) TO STDOUT") as rows:  # noqa: S608
                content = b"".join(bytes(row) for row in rows)
            began = time.perf_counter()
            with connection.cursor().copy("COPY again FROM STDIN") as rows:
                for at in range(0, len(content), 1 << 20):
                    rows.write(content[at : at + (1 << 20)])
            took += time.perf_counter() - began
            connection.execute("DROP TABLE again")
    return took


def _psql(cluster: Cluster, sql: str, out: Path) -> float:
    found = binaries()
    if found is None:
        raise Refused("The bench needs PostgreSQL.")
    began = time.perf_counter()
    with out.open("wb") as file:
        subprocess.run([found / "psql", cluster.url(), "-XqAtc", sql], stdout=file, check=True)
    return time.perf_counter() - began


class Province:
    """One connection of the province's to a real API."""

    def __init__(self, served: Served) -> None:
        place = urllib.parse.urlsplit(served.base_url)
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=300)
        form = {"grant_type": "client_credentials", "client_id": NAME, "client_secret": SECRET}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._call("POST", "/sync/v1/oauth/token", urllib.parse.urlencode(form).encode(), headers)
        self._token = {"Authorization": f"Bearer {json.loads(answer.read())['access_token']}"}

    def changes(self, most: int) -> tuple[int, float]:
        """Follow the feed from its beginning over so many changes; return how many, and seconds."""
        cursor, count, began = "0-000000000000", 0, time.perf_counter()
        while count < most:
            body = self._get(f"/sync/v1/changes?limit={PAGE}&after={cursor}").read()
            count += body.count(b'{"cursor":')
            found = re.search(rb'"next_cursor":"([^"]+)","has_more":(true|false)}$', body)
            if found is None or found[2] == b"false":
                break
            cursor = found[1].decode()
        return count, time.perf_counter() - began

    def snapshot(self, encoding: str) -> tuple[int, float]:
        """Fetch the whole; return its bytes, and seconds."""
        began, size = time.perf_counter(), 0
        answer = self._get("/sync/v1/snapshot", {"Accept-Encoding": encoding})
        while piece := answer.read(1 << 20):
            size += len(piece)
        return size, time.perf_counter() - began

    def digest(self) -> tuple[int, float]:
        """Read the digest of all postings; return how many, and seconds."""
        began = time.perf_counter()
        found = json.loads(self._get("/sync/v1/digest?type=job").read())
        return int(found["count"]), time.perf_counter() - began

    def batch(self, name: str) -> float:
        """Send a batch of new vacancies; return the seconds until the last answer."""
        body = b"".join(
            json.dumps(
                {"source_id": f"{name}-{number}", "version": 1, "job": vacancy(number)}, ensure_ascii=False
            ).encode()
            + b"\n"
            for number in range(BATCH)
        )
        began = time.perf_counter()
        answer = self._call(
            "POST", "/sync/v1/inbound/batches", body, self._token | {"Content-Type": "application/x-ndjson"}
        )
        told = answer.read()
        took = time.perf_counter() - began
        if told.count(b'"status":"stored"') != BATCH:
            raise Refused(f"The batch was not stored: {told[:300]!r}")
        return took

    def subscribe(self, url: str) -> None:
        types = [scope.removeprefix("read:") for scope in Scope if scope.startswith("read:")]
        body = {"url": url, "types": [one for one in types if one not in ("person", "figures")]}
        given = json.dumps(body | {"secret": PUSH_SECRET}).encode()
        headers = self._token | {"Content-Type": "application/json"}
        self._call("PUT", "/sync/v1/subscriptions/bench", given, headers).read()

    def _get(self, path: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        return self._call("GET", path, None, self._token | (headers or {}))

    def _call(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        if answer.status >= 400:
            raise Refused(f"{method} {path}: {answer.status} {answer.read()[:500]!r}")
        return answer


def changes_after(most: int) -> str:
    """Return the rows that a feed of so many changes is made of."""
    return _SQL_CHANGES.format(first=0) + f" AND c.id <= {most} ORDER BY c.id"


class Receiver(NamedTuple):
    """A receiver in a process of its own: checks each signature and counts."""

    port: int
    taken: "Synchronized[int]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/changes"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Receive pushes while the block runs."""
    context = multiprocessing.get_context("spawn")
    count = context.Value("q", 0)
    receiver = Receiver(any_free(), count)
    process = context.Process(target=_receive, args=(receiver.port, count), daemon=True)
    process.start()
    try:
        yield receiver
    finally:
        process.terminate()
        process.join()


def _receive(port: int, count: "Synchronized[int]") -> None:
    webhook = Webhook(PUSH_SECRET)

    async def take(request: Request) -> Response:
        told: Any = webhook.verify(await request.body(), dict(request.headers))
        count.value += len(told["data"]["items"])
        return Response(status_code=204)

    app = Starlette(routes=[Route("/changes", take, methods=["POST"])])
    uvicorn.run(app, port=port, log_level="warning")


async def push_all(settings: Settings, receiver: Receiver, most: int) -> float:
    """Push the last so many changes as the worker does; return the seconds until all were taken."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM province_deliveries")
        connection.execute(
            """UPDATE province_subscriptions
                  SET position = (SELECT max(id) FROM province_changes) - %s, failing_since = NULL""",
            [most],
        )
    database = Database(settings.driver_url, 12)
    receiver.taken.value, began = 0, time.perf_counter()
    while receiver.taken.value < most:
        await push(database)
        if time.perf_counter() - began > 300:
            raise Refused(f"Only {receiver.taken.value} of {most} events were pushed.")
    took = time.perf_counter() - began
    await database.close()
    return took
