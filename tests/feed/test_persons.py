"""Who a record is about: sealed to the province's key, while the person consents, and in the ledger."""

import json
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey, OKPKey, RSAKey

from app.stations.models import Role
from app.sync import public_keys
from app.sync.models import Scope
from tests.inbound.asked import asked, sharing
from tests.security.canaries import ID_NUMBER, NAME, PHONES, found_in
from tests.world import Province, Worker, World, ok, refused, shift

ALGORITHMS = ["ECDH-ES+A256KW", "RSA-OAEP-256", "A256GCM"]
Key = ECKey | RSAKey | OKPKey


def sealing(key: Key, kid: str = "enc-1", **more: Any) -> dict[str, Any]:
    """Return the public JWK as a client has it registered."""
    jwk = {**key.as_dict(private=False), "kid": kid, "use": "enc", **more}
    public_keys.check(jwk)
    return jwk


async def reader(world: World, *keys: dict[str, Any]) -> Province:
    return await world.province(Scope.READ_PERSON, Scope.READ_ENGAGEMENT, keys=list(keys))


async def known(world: World) -> Worker:
    """Return a worker whose every detail would be recognised, who consents to sharing."""
    worker = await world.worker(verified=False)
    ok(await worker.put("/v1/me/consents", {"real_name": True, "province": True}))
    ok(await worker.post("/v1/me/worker/real-name", {"name": NAME, "id_number": ID_NUMBER}))
    return worker


async def engaged(world: World, worker: Worker) -> str:
    """Take a worker on in the city and tell the province; return the engagement's id."""
    employer = await world.employer(trusted=True)
    ok(await worker.applies(await employer.posts_job(shifts=[shift(headcount=2)])), 201)
    await world.publish()
    found: str = ok(await worker.get("/v1/me/engagements"))["items"][0]["id"]
    return found


def opened(text: str, key: Key) -> dict[str, Any]:
    found = jwe.decrypt_compact(text, key, algorithms=ALGORITHMS)
    said: dict[str, Any] = json.loads(found.plaintext or b"")
    return said | {"header": found.headers()}


@pytest.mark.parametrize("kind", ["EC", "RSA", "OKP"])
async def test_only_who_has_the_private_key_reads_who_it_is(world: World, kind: str) -> None:
    keys: dict[str, Key] = {
        "EC": ECKey.generate_key("P-256"),
        "RSA": RSAKey.generate_key(2048),
        "OKP": OKPKey.generate_key("X25519"),
    }
    key = keys[kind]
    worker, province = await known(world), await reader(world, sealing(key))
    id_ = await engaged(world, worker)

    answer = await province.get(f"/sync/v1/engagements/{id_}/person")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/jose"
    assert answer.headers["cache-control"] == "no-store"
    assert found_in(answer.text, [NAME, ID_NUMBER, worker.phone]) == []
    said = opened(answer.text, key)
    assert (said["name"], said["id_number"], said["phone"]) == (NAME, ID_NUMBER, f"+86{worker.phone}")
    assert (said["type"], said["id"], said["worker_id"]) == ("engagement", id_, str(worker.id))
    assert said["header"]["enc"] == "A256GCM"
    assert said["header"]["kid"] == "enc-1"


async def test_the_feed_itself_names_nobody(world: World) -> None:
    await engaged(world, await known(world))
    silent = await world.worker()
    await engaged(world, silent)
    everything = await world.province()
    feed = (await everything.get("/sync/v1/changes?limit=1000")).text
    assert found_in(feed, [NAME, ID_NUMBER, *PHONES, silent.phone]) == []
    assert "欧***" in feed
    assert str(silent.id) not in feed, "who did not consent is no worker to the province"


async def test_each_reading_is_in_the_ledger_and_the_person_sees_it(world: World) -> None:
    worker, key = await known(world), ECKey.generate_key("P-256")
    province, id_ = await reader(world, sealing(key)), await engaged(world, worker)
    for _ in range(2):
        assert (await province.get(f"/sync/v1/engagements/{id_}/person")).is_success
    auditor = await world.staff(role=Role.AUDITOR)
    items = ok(await auditor.get("/admin/v1/ledger", params={"action": "person.unseal"}))["items"]
    assert [(one["actor_kind"], one["object_id"]) for one in items] == [("province", str(worker.id))] * 2
    assert found_in(json.dumps(items), [NAME, ID_NUMBER, worker.phone]) == []
    with ZipFile(BytesIO((await worker.get("/v1/me/data")).content)) as mine:
        held = json.loads(mine.read("province.json"))
    assert [(one["type"], one["id"]) for one in held["shared"]] == [("engagement", id_)]
    assert [one["by"] for one in held["read"]] == [province.client_id] * 2


async def test_without_consent_there_is_nobody(world: World) -> None:
    province, silent = await reader(world, sealing(ECKey.generate_key("P-256"))), await world.worker()
    id_ = await engaged(world, silent)
    path = f"/sync/v1/engagements/{id_}/person"
    refused(await province.get(path), 404, "not_found")
    ok(await silent.put("/v1/me/consents", {"real_name": True, "province": True}))
    assert (await province.get(path)).is_success
    ok(await silent.put("/v1/me/consents", {"real_name": True, "province": False}))
    refused(await province.get(path), 404, "not_found")
    assert await world.count("ledger", "action = 'person.unseal'") == 1
    refused(await province.get(path.replace(id_, str(UUID(int=7)))), 404, "not_found")


async def test_who_asks_for_a_vacancy_is_named_while_the_request_stands(world: World) -> None:
    case, key = await asked(world), ECKey.generate_key("P-256")
    province = await reader(world, sealing(key))
    path = f"/sync/v1/applications/{case.id}/person"
    refused(await province.get(path), 404, "not_found")
    await world.publish()
    assert opened((await province.get(path)).text, key)["worker_id"] == str(case.worker.id)
    ok(await case.says("declined"))
    await world.publish()
    refused(await province.get(path), 404, "not_found")
    refused(await province.get(path.replace("applications", "engagements")), 404, "not_found")


async def test_an_application_for_a_job_of_the_city_is_not_the_provinces(world: World) -> None:
    worker, employer = await sharing(world), await world.employer(trusted=True)
    application = ok(await worker.applies(await employer.posts_job(hiring="review")), 201)
    await world.publish()
    province = await reader(world, sealing(ECKey.generate_key("P-256")))
    refused(await province.get(f"/sync/v1/applications/{application['id']}/person"), 404, "not_found")


async def test_the_newest_key_is_sealed_to_and_without_one_nothing_is_read(world: World) -> None:
    worker, old, new = await known(world), ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    id_ = await engaged(world, worker)
    path = f"/sync/v1/engagements/{id_}/person"
    both = await reader(world, sealing(old, "old"), sealing(new, "new"))
    assert opened((await both.get(path)).text, new)["header"]["kid"] == "new"

    signing = {**new.as_dict(private=False), "kid": "sig", "use": "sig"}
    none = await reader(world, signing, sealing(old, "old", exp=1))
    refused(await none.get(path), 409, "no_sealing_key")
    assert await world.count("ledger", "action = 'person.unseal'") == 1


async def test_it_needs_a_scope_of_its_own(world: World) -> None:
    worker = await known(world)
    id_ = await engaged(world, worker)
    keys = [sealing(ECKey.generate_key("P-256"))]
    others = await world.province(*(set(Scope) - {Scope.READ_PERSON}), keys=keys)
    path = f"/sync/v1/engagements/{id_}/person"
    refused(await others.get(path), 403, "insufficient_scope")
    refused(await world.nobody.get(path), 401, "unauthenticated")
    refused(await worker.get(path), 401, "unauthenticated")
