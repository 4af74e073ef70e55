"""What a hostile province can send: refused or made harmless, nothing changed, memory bounded, no 5xx."""

# ruff: noqa: E501 - lists of wrong things read best a case a line

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import pytest

from app.core.settings import LOCAL_TOKEN_KEY
from tests.exchange.link import Link, linked, peak_mib
from tests.stubs.province.city import Credentials
from tests.stubs.province.keys import made
from tests.stubs.province.vacancies import vacancy
from tests.world import Province, World, ok

MIB = 1024 * 1024
JOBS, BATCHES = "/sync/v1/inbound/jobs", "/sync/v1/inbound/batches"
NDJSON = {"Content-Type": "application/x-ndjson"}
_WHAT_IS_THERE = """SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
  SELECT 'vacancy ' || CAST(to_jsonb(v) AS text) AS line FROM province_vacancies v
  UNION ALL SELECT 'code ' || CAST(to_jsonb(c) AS text) FROM province_codes c
  UNION ALL SELECT 'job ' || id || ' ' || state || ' ' || version FROM jobs
  UNION ALL SELECT 'subscription ' || id || ' ' || version FROM province_subscriptions
  UNION ALL SELECT 'record ' || entity_id || ' ' || version FROM province_records
) AS there"""


@pytest.fixture
async def province(world: World) -> Province:
    """Return a machine that has sent one vacancy, SX-1, which is shown."""
    province = await world.province()
    taken = ok(await province.put(f"{JOBS}/SX-1", {"version": 1, **vacancy(1)}))
    assert taken["state"] == "shown", taken
    return province


@pytest.fixture
async def link(world: World, province: Province, tmp_path: Path) -> AsyncIterator[Link]:  # noqa: ARG001
    async with linked(world, tmp_path) as link:
        yield link


@pytest.fixture
async def http(link: Link) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the API as a process of its own."""
    headers = {"Authorization": f"Bearer {await link.province.city._signed_in()}"}
    async with httpx.AsyncClient(
        base_url=link.api.address, timeout=60, headers=headers, trust_env=False
    ) as http:
        yield http


async def test_malformed_vacancies_change_nothing(world: World, province: Province) -> None:
    good = {"version": 9, **vacancy(1)}
    before = await world.look(_WHAT_IS_THERE)
    wrong: list[bytes | dict[str, Any]] = [
        b"", b"{", b"[]", b"null", b"\x00", b"\xff\xfe", b'"\\ud800"', b"[" * 100_000, b'{"a":' * 100_000,
        *(
            json.dumps(good | {"version": version}).encode()
            for version in (0, -1, 2**63, 10**400, 1.5, "x", None, [1])
        ),
        json.dumps(good).replace('"version": 9', '"version": 1e400').encode(),
        json.dumps(good).replace('"version": 9', '"version": NaN').encode(),
        good | {"title": "\x00"}, good | {"title": "岗" * 100_000}, good | {"title": ""}, good | {"title": "\ud800"},
        good | {"pay": {"amount_fen": 2**31, "per": "day"}}, good | {"pay": {"amount_fen": -1, "per": "day"}},
        good | {"place": {"lng": 1e308, "lat": 0, "datum": "wgs84", "address": "x"}},
        good | {"place": {"lng": 111.5, "lat": 36.0, "datum": "mars", "address": "x"}},
        good | {"shifts": []}, good | {"shifts": good["shifts"] * 1_000},
        good | {"shifts": [{"starts_at": "9999-12-31T23:59:59Z", "ends_at": "0001-01-01T00:00:00Z", "headcount": 1}]},
        good | {"valid_until": "+275760-09-13T00:00:00Z"}, good | {"state": "shown"}, good | {"job_id": "x"},
        good | {"employer": {"name": "x", "uscc": "0" * 18}}, good | {"employer": None},
    ]  # fmt: skip
    for body in wrong:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = await province.put(
            f"{JOBS}/SX-1", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in {400, 409, 413, 422}, (content[:200], answer.text[:500])
    for name in ("a" * 65, "..", "%00", "a%2Fb", "岗位", "a b", "%F0%28"):
        answer = await province.put(f"{JOBS}/{name}", json=good)
        assert answer.status_code in {400, 404, 405, 422}, (name, answer.text[:300])
    assert await world.look(_WHAT_IS_THERE) == before


async def test_a_batch_of_rubbish_is_answered_by_the_line(world: World, province: Province) -> None:
    before = await world.look(_WHAT_IS_THERE)
    lines = [
        b"{", b"null", b"[]", b"1e999", b"\xff\xff", b'{"source_id": "\\u0000"}', b"[" * 30_000, b'{"a":' * 9_000,
        b'{"source_id": "SX-9", "version": 1}', b'{"source_id": "SX-9", "version": 99999999999999999999, "closed": true}',
        b'{"source_id": "SX-9", "version": 1, "job": {}}', b'{"source_id": "' + b"9" * 300 + b'", "version": 1, "closed": true}',
    ]  # fmt: skip
    answer = await province.post(BATCHES, content=b"\n".join(lines) + b"\n", headers=NDJSON)

    assert answer.status_code == 200, answer.text[:300]
    told = [json.loads(line) for line in answer.text.splitlines() if line]
    assert {one["status"] for one in told} == {"invalid"}
    assert len(told) == len(lines)
    assert await world.look(_WHAT_IS_THERE) == before


async def test_what_is_huge_is_refused_in_bounded_memory(
    world: World, link: Link, http: httpx.AsyncClient
) -> None:
    before, held = await world.look(_WHAT_IS_THERE), peak_mib(link.api)
    bomb = gzip.compress(b"0" * 200 * MIB)
    line = b'{"source_id": "SX-9", "version": 1, "closed": true, "x": "' + b"x" * MIB + b'"}\n'

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * MIB

    for path, method, given in (
        (f"{JOBS}/SX-1", "PUT", {"content": b'{"title": "' + b"x" * 20 * MIB}),
        (f"{JOBS}/SX-1", "PUT", {"content": bomb, "headers": {"Content-Encoding": "gzip"}}),
        (f"{JOBS}/SX-1", "PUT", {"content": endless()}),
        (BATCHES, "POST", {"content": b"x" * 65 * MIB, "headers": NDJSON}),
        (BATCHES, "POST", {"content": endless(), "headers": NDJSON}),
        (BATCHES, "POST", {"content": bomb, "headers": NDJSON | {"Content-Encoding": "gzip"}}),
        (BATCHES, "POST", {"content": b"{}\n" * 10_001, "headers": NDJSON}),
        (BATCHES, "POST", {"content": line * 3, "headers": NDJSON}),
        ("/sync/v1/oauth/token", "POST", {"data": {"client_assertion": "x" * 5 * MIB}}),
        ("/sync/v1/digest/compare", "POST", {"content": b"[" * 20 * MIB}),
    ):
        # The server may hang up in the middle of what is too long.
        with suppress(httpx.TransportError):
            answer = await http.request(method, path, **given)
            assert answer.status_code < 500, (path, answer.text[:300])
    assert await world.look(_WHAT_IS_THERE) == before
    assert peak_mib(link.api) - held < 150
    assert (await http.get(JOBS)).status_code == 200


async def test_forged_and_replayed_sign_ins_are_refused(world: World) -> None:
    keys, path = made(), "/sync/v1/oauth/token"
    machine = await world.province(keys=keys.public())
    http, url = world.http, f"{world.settings.reached_at}{path}"
    form = Credentials(machine.client_id, key=keys.signing).form(url)
    assert (await http.post(path, data=form)).status_code == 200
    assert (await http.post(path, data=form)).status_code == 401, "an assertion is good once"

    stranger = made().signing
    claims = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    claims |= {"jti": "another", "exp": int(time.time()) + 60}
    public = keys.public()[0]
    mine = jwt.PyJWK(keys.signing.as_dict(private=True)).key
    for assertion in (
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, public["x"], algorithm="HS256"),
        jwt.encode(claims, jwt.PyJWK(stranger.as_dict(private=True)).key, headers={"kid": public["kid"]}, algorithm="ES256"),
        jwt.encode(claims, jwt.PyJWK(stranger.as_dict(private=True)).key, headers={"jwk": stranger.as_dict(private=False)}, algorithm="ES256"),
        jwt.encode(claims | {"aud": "https://elsewhere"}, mine, algorithm="ES256"),
        jwt.encode(claims | {"exp": 1}, mine, algorithm="ES256"),
        jwt.encode(claims | {"exp": 2**70}, mine, algorithm="ES256"),
        jwt.encode(claims | {"sub": "somebody"}, mine, algorithm="ES256"),
        "x.y.z", "..", "",
    ):  # fmt: skip
        answer = await http.post(path, data=form | {"client_assertion": assertion})
        assert answer.status_code in {400, 401, 422}, answer.text


async def test_forged_tokens_are_refused(province: Province) -> None:
    token = province.token or ""
    head, claims, signature = token.split(".")
    other = jwt.decode(token, options={"verify_signature": False})
    for forged in (
        "x", f"{head}.{claims}.", f"{head}.{claims}.{signature[:-2]}AA",
        jwt.encode(other, "", algorithm="none"),
        jwt.encode(other | {"aud": "admin"}, LOCAL_TOKEN_KEY, algorithm="EdDSA", headers={"kid": "local-only"}),
        jwt.encode(other | {"exp": 1}, LOCAL_TOKEN_KEY, algorithm="EdDSA", headers={"kid": "local-only"}),
        jwt.encode(other | {"sub": "\x00"}, LOCAL_TOKEN_KEY, algorithm="EdDSA", headers={"kid": "../local-only"}),
    ):  # fmt: skip
        for path in ("/sync/v1/changes", "/sync/v1/snapshot", JOBS):
            answer = await province.get(path, headers={"Authorization": f"Bearer {forged}"})
            assert answer.status_code == 401, (forged, answer.text)


async def test_odd_questions_have_answers(province: Province) -> None:
    odd = [
        "",
        "0",
        "-1",
        "1e9",
        "9" * 400,
        "\x00",
        "岗",
        "' OR 1=1 --",
        "../..",
        "zz-000000000000",
        "f" * 16 + "-" + "0" * 12,
    ]
    for path, names in {
        "/sync/v1/changes": ("after", "types", "limit", "compact"),
        "/sync/v1/snapshot": ("types",),
        "/sync/v1/digest": ("type", "division", "day", "cursor"),
        "/sync/v1/figures": ("period", "division"),
        JOBS: ("state", "cursor", "limit"),
    }.items():  # fmt: skip
        for name in names:
            for value in odd:
                answer = await province.get(path, params={name: value})
                assert answer.status_code < 500, (path, name, value, answer.text[:300])
    ranges = [
        "bytes=0-",
        "bytes=-1",
        "bytes=9-1",
        "bytes=0-0,2-3",
        "bytes=" + "9" * 400 + "-",
        "x=1-2",
        "bytes=a-b",
    ]
    for given in ranges:
        answer = await province.get("/sync/v1/snapshot", headers={"Range": given, "Accept-Encoding": "gzip"})
        assert answer.status_code < 500, (given, answer.text[:300])


async def test_who_dawdles_keeps_nobody_else_waiting(
    world: World, link: Link, http: httpx.AsyncClient
) -> None:
    before = await world.look(_WHAT_IS_THERE)
    place = urlsplit(link.api.address)
    head = (
        f"POST {BATCHES} HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: {http.headers['authorization']}\r\n"
        "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n"
    ).encode()
    dawdlers = []
    for n in range(200):
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(
            head[: 40 + n] if n % 2 else head + b'{"source_id": "SX-9", "version": 1, "closed": true}\n{'
        )
        dawdlers.append((reader, writer))
    await asyncio.sleep(0.2)

    began = time.monotonic()
    answers = [await http.get("/sync/v1/changes") for _ in range(10)]
    took_s = time.monotonic() - began
    for _, writer in dawdlers:
        writer.close()

    assert {answer.status_code for answer in answers} == {200}
    assert took_s < 10
    assert (await http.get(f"{JOBS}/SX-1")).status_code == 200
    assert await world.look(_WHAT_IS_THERE) == before
