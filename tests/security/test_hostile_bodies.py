"""Bodies that no client of ours would send: each operation answers 4xx as its contract says (S1)."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.main import BODY_LIMIT
from tests.contracts.furnished import Furnished, furnish, picture
from tests.security.test_mass_assignment import TAKERS
from tests.world import World, refused

JSON = "application/json"
HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", JSON),
    "no JSON": (b"{", JSON),
    "null": (b"null", JSON),
    "a list": (b"[]", JSON),
    "a word": (b'"x"', JSON),
    "another kind": (b"<a/>", "application/xml"),
    "a form": (b"a=1", "application/x-www-form-urlencoded"),
    "no kind": (b"{}", ""),
    "broken UTF-8": (b'{"\xff": "\xfe"}', JSON),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), JSON),
    "nested without end": (b"[" * 100_000, JSON),
    "nested objects": (b'{"a":' * 100_000, JSON),
    "a number without end": (b'{"a": ' + b"9" * 5_000 + b"}", JSON),
    "a surrogate for a name": (b'{"\\ud800": 1}', JSON),
    "NaN": (b'{"a": NaN, "b": Infinity, "c": -Infinity, "d": 1e999}', JSON),
}
# What a value may be, in place of each field of a right body.
VALUES: list[Any] = [
    None, True, 0, -1, 2**31, 2**63, 2**200, 1e308, "", " ", "\x00", "a\x00b", "\ud800", "x" * 5_000,
    "９" * 20, "\u202e", "'; DROP TABLE jobs; --", "{{7*7}}", [], [None], {}, {"a": {}},
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1410", "00000000-0000-0000-0000-000000000000",
]  # fmt: skip


@pytest.fixture
async def city(world: World) -> Furnished:
    return await furnish(world)


def _as_documented(answer: httpx.Response, operation: dict[str, Any], sent: object) -> None:
    assert str(answer.status_code) in operation["responses"], (operation["operationId"], sent, answer.text)
    assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, (operation["operationId"], sent)
    if answer.is_error:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("kind", HOSTILE)
async def test_bodies_that_are_no_bodies(city: Furnished, kind: str) -> None:
    content, media = HOSTILE[kind]
    for path, method, operation in TAKERS:
        actor, where = city.caller(path, operation), city.address(path, operation)
        headers = {"content-type": media} if media else {}
        answer = await actor.call(method.upper(), where, content=content, headers=headers)
        _as_documented(answer, operation, kind)


async def test_each_field_takes_no_more_than_its_kind(city: Furnished) -> None:
    for path, method, operation in TAKERS:
        actor, where = city.caller(path, operation), city.address(path, operation)
        body = city.bodies.get(operation["operationId"], {})
        if operation["operationId"] in {"send_code", "staff_sign_in"}:
            continue  # limits and locks would answer in their place
        for name in body:
            for value in VALUES:
                sent = json.dumps(body | {name: value})  # ASCII, so that a lone surrogate can be sent
                headers = {"content-type": JSON}
                answer = await actor.call(method.upper(), where, content=sent, headers=headers)
                _as_documented(answer, operation, (name, value))


async def test_a_body_is_cut_off_where_it_becomes_too_large(city: Furnished) -> None:
    async def without_end() -> AsyncIterator[bytes]:
        for _ in range(2 * BODY_LIMIT // 1_000_000):
            yield b" " * 1_000_000

    declared = await city.worker.post("/v1/employers", content=b" " * (BODY_LIMIT + 1))
    refused(declared, 413, "too_large")
    chunked = await city.worker.post("/v1/employers", content=without_end(), headers={"content-type": JSON})
    refused(chunked, 413, "too_large")


async def test_a_form_with_a_key_is_told_by_its_fields(city: Furnished) -> None:
    path = f"/v1/employers/{city.employer.employer_id}/documents"
    headers = {"Idempotency-Key": "licence-1"}

    def send(content: bytes) -> Any:
        files = {"file": ("a.png", content, "image/png")}
        return city.employer.post(path, files=files, data={"kind": "licence"}, headers=headers)

    first = await send(picture())
    again = await send(picture())
    assert first.status_code == again.status_code == httpx.codes.CREATED
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    refused(await send(picture() + b"x"), 422, "idempotency_key_reused")


async def test_forms_that_are_no_forms(city: Furnished) -> None:
    path = "/v1/me/worker/certificates"
    for media, content in [
        ("multipart/form-data", b"--x\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nfoo"),
        ("multipart/form-data; boundary=x", b"--x\r\n" * 50_000),
        ("application/json", b"{}"),
        ("", b""),
    ]:
        headers = {"content-type": media} if media else {}
        answer = await city.worker.post(path, content=content, headers=headers)
        assert answer.status_code in {400, 422}, (media, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_queries_that_are_no_queries(city: Furnished) -> None:
    for query in ["limit=0", "limit=1e9", "cursor=%00", "cursor=AAAA", "cursor=é", "limit=1&limit=x"]:
        answer = await city.worker.get(f"/v1/me/notifications?{query}")
        refused(answer, 422, "cursor_invalid" if "AAAA" in query else "invalid")
    for method, path in [
        ("TRACE", "/v1/me"),
        ("X" * 50, "/v1/me"),
        ("GET", "/v1/%00"),
        ("GET", "/v1/jobs/%ff"),
    ]:
        answer = await city.worker.call(method, path)
        assert answer.status_code in {404, 405, 422}
        assert answer.headers["content-type"] == "application/problem+json"
