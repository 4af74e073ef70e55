"""Personal data stands in no log, figure or refusal (S7), and in no dump (S8)."""

import json
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import pytest

from app.core.contract import Audience
from app.core.migrated import ROOT
from tests.conftest import at
from tests.processes import Process, serving
from tests.security.canaries import ID_NUMBER, NAME, PHONES, Scene, appear, found_in
from tests.world import World, ok, refused


def remote(world: World, address: str) -> World:
    """Return the same city through a real server."""
    there = World(world.app, world.settings)
    there.http = httpx.AsyncClient(base_url=address, timeout=30)
    return there


async def test_canaries_go_through_every_route_and_stand_in_no_log_figure_or_refusal(world: World) -> None:
    worker = Process("app.worker", world.settings, LOG_LEVEL="INFO")
    async with serving(world.settings, LOG_LEVEL="INFO") as api, remote(world, api.address) as there:
        worker.start()
        try:
            scene = await appear(there)
            refusals = await _everywhere(there, scene)
            figures = (await there.http.get("/metrics")).text
        finally:
            worker.stop()
        logged = api.said() + worker.said()

    assert len(refusals) > 300
    assert logged.count('"answered"') > 300
    assert "http_requests_total" in figures
    for told, text in {"log": logged, "figures": figures, "refusals": "\n".join(refusals)}.items():
        assert found_in(text, scene.all) == [], told


async def _everywhere(world: World, scene: Scene) -> list[str]:
    """Send the canaries to each operation, in every place that it has for them; return the refusals."""
    refusals = []
    for audience in Audience:
        contract = json.loads((ROOT / "openapi" / f"{audience}.json").read_text("utf-8"))
        for path, item in contract["paths"].items():
            for method, operation in item.items():
                # These never end; they have tests of their own.
                if operation["operationId"] in {
                    "close_me",
                    "sign_out",
                    "stream_notifications",
                    "stream_board",
                    "stream_fair",
                }:
                    continue
                for sent in _sendings(path, operation):
                    answer = await scene.worker.call(method.upper(), **sent)
                    if answer.is_error:
                        refusals.append(answer.text + str(answer.headers))
    strays = (f"/v1/{ID_NUMBER}", f"/{PHONES[0]}?name={quote(NAME)}")
    return refusals + [(await world.nobody.get(stray)).text for stray in strays]


def _sendings(path: str, operation: dict[str, Any]) -> list[dict[str, Any]]:
    fields = (
        *("name", "id_number", "phone", "code", "refresh_token", "title", "place", "contact", "reason"),
        *("text", "reference", "push_token", "site_code", "proof", "present", "against", "excuse", "files"),
    )
    loaded = {field: {"x": ID_NUMBER} for field in fields} | {"password": [NAME]}
    unreal = "0193a3c0-0000-7000-8000-000000000000"
    with_ids = path
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + ID_NUMBER + rest.partition("}")[2]
        with_ids = with_ids.replace("{" + rest.partition("}")[0] + "}", unreal)
    queried = {parameter["name"]: NAME for parameter in operation.get("parameters", [])}
    found: list[dict[str, Any]] = [
        {"path": path},
        {"path": with_ids, "params": queried | {"lng": ID_NUMBER, "q": "\x00" + NAME}},
        {"path": with_ids, "headers": {"Idempotency-Key": PHONES[0] * 30, "If-Match": ID_NUMBER + "x"}},
    ]
    if "requestBody" in operation:
        found += [
            {"path": with_ids, "json": loaded},
            {"path": with_ids, "json": dict.fromkeys(fields, NAME + "\x00" + PHONES[0])},
            {"path": with_ids, "content": f'{{"name": "{NAME}", "id_number": {ID_NUMBER}'},
            {"path": with_ids, "data": {"kind": ID_NUMBER + "\x00", "client_secret": NAME}},
        ]
    return found


@pytest.fixture
async def superuser(world: World, superuser_url: str) -> Any:
    name = world.settings.database_url.rpartition("/")[2]
    connection = await asyncpg.connect(at(superuser_url, name))
    yield connection
    await connection.close()


async def test_a_dump_holds_no_canary(world: World, superuser: Any) -> None:
    scene = await appear(world)
    await world.deliver()

    tables = await superuser.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = 0
    for table in (record["tablename"] for record in tables):
        content = await superuser.fetch(f'SELECT t::text AS row FROM "{table}" t')  # noqa: S608
        rows += len(content)
        held = found_in("\n".join(record["row"] for record in content), scene.sealed)
        # The household's home is where the work is, and that is public.
        assert held == [], table
    assert rows > 100
    texts = [m["text"] for m in ok(await world.nobody.get(f"/dev/messages?to={PHONES[0]}"))["items"]]
    assert any(PHONES[2] in text for text in texts), "whom to call is told, sealed"


async def test_a_flipped_byte_and_a_swapped_row_are_refused(world: World, superuser: Any) -> None:
    scene, other = await appear(world), await world.worker()
    ok(await scene.worker.get("/v1/me/worker"))

    await superuser.execute(
        """UPDATE workers w SET id_number_sealed = o.id_number_sealed FROM workers o
           WHERE w.id <> o.id AND w.id_number_sealed IS NOT NULL AND o.id_number_sealed IS NOT NULL"""
    )
    for worker in (scene.worker, other):
        refused(await worker.get("/v1/me/worker"), 500, "unexpected")

    await superuser.execute(
        "UPDATE employers SET contact_sealed = set_byte(contact_sealed, 40, get_byte(contact_sealed, 40) # 1)"
    )
    path = f"/v1/employers/{scene.household.employer_id}"
    refused(await scene.household.get(path), 500, "unexpected")


def test_the_search_for_canaries_finds_them() -> None:
    for text in (NAME, json.dumps(NAME), b'"'.hex() + NAME.encode().hex() + "22", f'{{"x": "{ID_NUMBER}"}}'):
        assert found_in(f"… {text} …", [NAME, ID_NUMBER])
    assert not found_in("2026-11-23T02:31:00.123456Z a123456b", ["123456"])
