"""What a machine of the province signs in with stands in no log, no figure, no answer and no table (S7)."""

import base64
import json
import re
from typing import Any

import httpx

from app.stations.models import Role
from tests.processes import serving
from tests.sync.keys import TOKEN, assertion, form, with_keys
from tests.world import SECRET, World, ok


async def test_secrets_assertions_and_tokens_stand_nowhere(world: World) -> None:
    province, operator = await with_keys(world), await world.staff(role=Role.OPERATOR)
    path = f"/admin/v1/sync/clients/{province.client_id}/secret"
    named = {"grant_type": "client_credentials", "client_id": province.client_id}
    wrong = "wrong-but-a-secret-elsewhere"
    basic = base64.b64encode(f"{province.client_id}:{SECRET}".encode()).decode()
    renewed = ok(await operator.post(path, {"old_lives_h": 1}, headers={"Idempotency-Key": "k"}))
    async with (
        serving(world.settings, LOG_LEVEL="INFO") as api,
        httpx.AsyncClient(base_url=api.address) as http,
    ):
        signed = assertion(province.client_id, aud=api.address)
        sent: list[dict[str, Any]] = [
            {"data": named | {"client_secret": SECRET}},
            {"data": named | {"client_secret": wrong}},
            {"data": named | {"client_secret": wrong * 20}},
            {"data": {"grant_type": "client_credentials"}, "headers": {"Authorization": f"Basic {basic}"}},
            {"data": form(signed)},
            {"data": form(signed)},
            {"data": form(signed, client_secret=SECRET)},
            {"json": form(signed, client_secret=SECRET)},
            {"params": named | {"client_secret": SECRET}},
        ]
        answers = [await http.post(TOKEN, **one) for one in sent]
        assert [answer.status_code for answer in answers] == [200, 401, 422, 200, 200, 401, 400, 422, 422]
        tokens = [answer.json()["access_token"] for answer in answers if answer.is_success]
        bearer = {"Authorization": f"Bearer {tokens[0]}"}
        ok(await http.get("/sync/v1/changes", headers=bearer))
        figures = (await http.get("/metrics")).text
    said = api.said()
    assert said.count('"answered"') > len(sent)
    hidden = [SECRET, wrong, basic, signed, renewed["client_secret"], *tokens]
    hidden += [one.rpartition(".")[2] for one in (signed, *tokens)]
    refusals = "".join(answer.text for answer in answers if answer.is_error)
    tables = await world.look("SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'")
    for table in (one for one in tables.split(",") if re.match(r"province|ledger|idempotency|procrast", one)):
        refusals += json.dumps(await world.look(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t'))  # noqa: S608
    for told, text in {"log": said, "figures": figures, "refusals, tables": refusals}.items():
        assert [one for one in hidden if one in text] == [], told
