"""A province subscribes: to types that it may read, at an address that we may call, under its own secret."""

import base64
import os
from datetime import timedelta

import pytest
import time_machine

from app.core import clock
from app.pushes import subscribing
from app.stations.models import Role
from app.sync.models import Client, Scope
from tests.pushes.conftest import Pushed, secret
from tests.world import World, ok, refused

PATH = "/sync/v1/subscriptions/main"


async def test_a_subscription_is_put_and_put_again(pushed: Pushed) -> None:
    shown = await pushed.subscribes(types=["fair", "job", "fair"])
    assert (shown["id"], shown["types"], shown["behind"], shown["paused_at"]) == (
        "main",
        ["job", "fair"],
        0,
        None,
    )
    assert pushed.receiver.secret not in str(shown)
    again = await pushed.province.put(
        PATH, {"url": pushed.receiver.url, "types": ["job", "fair"], "secret": pushed.receiver.secret}
    )
    assert (again.status_code, again.headers["etag"]) == (200, '"1"')
    assert ok(again) == shown
    assert [one["id"] for one in ok(await pushed.province.get("/sync/v1/subscriptions"))["items"]] == ["main"]
    kept = await pushed.world.look("SELECT s::text FROM province_subscriptions s")
    assert pushed.receiver.secret.removeprefix("whsec_") not in kept


async def test_who_saw_another_version_changes_nothing(pushed: Pushed) -> None:
    await pushed.subscribes()
    body = {"url": pushed.receiver.url, "types": ["fair"], "secret": pushed.receiver.secret}
    refused(await pushed.province.put(PATH, body, headers={"If-Match": '"7"'}), 412, "stale")
    refused(await pushed.province.delete(PATH, headers={"If-Match": '"7"'}), 412, "stale")
    ok(await pushed.province.put(PATH, body, headers={"If-Match": '"1"'}))
    assert ok(await pushed.province.get(PATH))["types"] == ["fair"]


async def test_types_need_their_scopes_and_pushes_theirs(pushed: Pushed) -> None:
    body = {"url": pushed.receiver.url, "types": ["job", "fair"], "secret": secret()}
    few = await pushed.world.province(Scope.PUSH, Scope.READ_JOB)
    refused(await few.put(PATH, body), 403, "insufficient_scope")
    ok(await few.put(PATH, body | {"types": ["job"]}), 201)
    none = await pushed.world.province(Scope.READ_JOB)
    for call in (none.put(PATH, body), none.get(PATH), none.get(f"{PATH}/deliveries"), none.delete(PATH)):
        refused(await call, 403, "insufficient_scope")


async def test_what_is_taken_from_a_client_is_not_pushed_any_more(pushed: Pushed) -> None:
    await pushed.subscribes(types=["job", "fair"])
    await pushed.feed.happens()
    await pushed.feed.happens(kind="fair")
    async with pushed.world.session() as session:
        client = await session.get_one(Client, pushed.province.client_id)
        client.scopes = [one for one in client.scopes if one != Scope.READ_JOB]
    await pushed.push()
    assert [item["type"] for item in pushed.receiver.items] == ["fair"]
    async with pushed.world.session() as session:
        client = await session.get_one(Client, pushed.province.client_id)
        client.disabled_at = clock.now()
    await pushed.feed.happens(kind="fair")
    await pushed.push()
    assert len(pushed.receiver.items) == 1


async def test_another_client_sees_and_touches_nothing_of_it(pushed: Pushed) -> None:
    await pushed.subscribes()
    await pushed.feed.happens()
    await pushed.push()
    (delivery,) = await pushed.deliveries()
    other = await pushed.world.province()
    assert ok(await other.get("/sync/v1/subscriptions"))["items"] == []
    for call in (
        other.get(PATH),
        other.delete(PATH),
        other.post(f"{PATH}/pause"),
        other.post(f"{PATH}/resume"),
        other.get(f"{PATH}/deliveries"),
        other.post(f"{PATH}/deliveries/{delivery['id']}/retry"),
    ):
        refused(await call, 404, "not_found")
    ok(await other.put(PATH, {"url": pushed.receiver.url, "types": ["job"], "secret": secret()}), 201)
    refused(await other.post(f"{PATH}/deliveries/{delivery['id']}/retry"), 404, "not_found")


NOT_CALLED = [
    "http://127.0.0.1:1/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.100.100.200/",
    "https://10.0.0.1/",
    "https://[::1]/",
    "https://2130706433/",
    "https://user:secret@192.0.43.8/",
    "http://192.0.43.8/",
    "https://192.0.43.8:99999/",
    "https://" + "a" * 64 + ".com/",
    "https://a..b/",
    "https://xn--/",
    "https://[::1",
    "https://no-such-name.invalid/",
    "ftp://192.0.43.8/",
    "https://",
    "https:///x",
    "https://exa mple.com/",
]
NO_SECRETS = [
    "whsec_",
    "whsec_YQ==",
    f"whsec_{base64.b64encode(os.urandom(23)).decode()}",
    f"whsec_{base64.b64encode(os.urandom(65)).decode()}",
    base64.b64encode(os.urandom(32)).decode(),
    "whsec_" + "a" * 41,
    "whsec_\x00" + "a" * 40,
]


async def test_an_address_that_we_would_not_call_is_refused(pushed: Pushed) -> None:
    for url in NOT_CALLED:
        answer = await pushed.province.put(PATH, {"url": url, "types": ["job"], "secret": secret()})
        assert answer.status_code == 422, url
        assert answer.json()["errors"][0]["pointer"] == "/url"
    refused(await pushed.province.get(PATH), 404, "not_found")


async def test_a_secret_is_as_the_standard_has_it(pushed: Pushed) -> None:
    for given in NO_SECRETS:
        body = {"url": pushed.receiver.url, "types": ["job"], "secret": given}
        answer = await pushed.province.put(PATH, body)
        assert refused(answer, 422, "invalid")["errors"][0]["pointer"] == "/secret"
        assert given == "whsec_" or given not in answer.text


async def test_there_are_twenty_at_most(pushed: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "MOST", 2)
    await pushed.subscribes("one")
    await pushed.subscribes("two")
    body = {"url": pushed.receiver.url, "types": ["job"], "secret": secret()}
    refused(await pushed.province.put("/sync/v1/subscriptions/3", body), 409, "too_many_subscriptions")
    await pushed.subscribes("two", 200)
    ok(await pushed.province.delete("/sync/v1/subscriptions/one"), 204)
    await pushed.subscribes("3")


async def test_it_begins_at_a_cursor_that_is_known(pushed: Pushed) -> None:
    first = await pushed.feed.happens()
    second = await pushed.feed.happens()
    body = {"url": pushed.receiver.url, "types": ["job"], "secret": pushed.receiver.secret}
    for expired in ("1-000000000000", "7-c4ca4238a0b9", "0-000000000001", "fffffffffffffff-c4ca4238a0b9"):
        refused(await pushed.province.put(PATH, body | {"from": expired}), 410, "cursor_expired")
    for malformed in ("1", "x-y", "1-c4ca4238a0b", "\x00"):
        refused(await pushed.province.put(PATH, body | {"from": malformed}), 422, "invalid")
    await pushed.subscribes("main", 201, **{"from": "1-c4ca4238a0b9"})
    await pushed.push()
    assert [item["id"] for item in pushed.receiver.items] == [str(second)]
    # Set back to the beginning: all of it again.
    await pushed.subscribes("main", 200, **{"from": "0-000000000000"})
    await pushed.push()
    assert set(pushed.receiver.held) == {str(first), str(second)}


async def test_what_is_pruned_is_told_once_and_it_goes_on_from_the_present(pushed: Pushed) -> None:
    await pushed.subscribes()
    for _ in range(3):
        await pushed.feed.happens()
    await pushed.world.look("DELETE FROM province_changes WHERE id < 3")
    await pushed.push()
    assert [(one["type"], one["data"]) for one in pushed.receiver.taken] == [
        ("cursor_expired", {"snapshot": "/sync/v1/snapshot"})
    ]
    new = await pushed.feed.happens()
    await pushed.push()
    assert [item["id"] for item in pushed.receiver.items] == [str(new)]
    refused(
        await pushed.province.put(
            PATH,
            {"url": pushed.receiver.url, "types": ["job"], "secret": secret(), "from": "0-000000000000"},
        ),
        410,
        "cursor_expired",
    )


@pytest.mark.parametrize("status", [410, 422])
async def test_what_is_pruned_while_a_message_waits_is_told_too(pushed: Pushed, status: int) -> None:
    await pushed.subscribes()
    for _ in range(3):
        await pushed.feed.happens()
    pushed.receiver.temper = lambda _: status
    await pushed.push()
    pushed.receiver.taken.clear()
    await pushed.feed.happens()
    await pushed.world.look("DELETE FROM province_changes WHERE id < 4")
    pushed.receiver.temper = lambda _: 204
    ok(await pushed.province.post(f"{PATH}/resume"))
    await pushed.push()
    await pushed.push()
    assert "cursor_expired" in [one["type"] for one in pushed.receiver.taken]
    assert await pushed.deliveries("pending") == []
    new = await pushed.feed.happens()
    await pushed.push()
    assert [item["id"] for item in pushed.receiver.taken[-1]["data"]["items"]] == [str(new)]


async def test_both_secrets_sign_for_a_day(pushed: Pushed) -> None:
    with time_machine.travel(clock.now()) as traveller:
        await pushed.subscribes()
        old, new = pushed.receiver.secret, secret()
        shown = await pushed.subscribes(status=200, secret=new)
        assert shown["old_secret_until"]
        for of_now in (old, new):
            pushed.receiver.secret = of_now
            await pushed.feed.happens()
            await pushed.push()
        assert (len(pushed.receiver.taken), pushed.receiver.forged) == (2, 0)
        traveller.shift(timedelta(hours=25))
        pushed.receiver.secret = old
        await pushed.feed.happens()
        await pushed.push()
        assert pushed.receiver.forged == 1
        pushed.receiver.secret = new
        traveller.shift(timedelta(seconds=10))
        await pushed.push()
        assert len(pushed.receiver.taken) == 3


async def test_paused_it_waits_and_resumed_it_goes_on(pushed: Pushed) -> None:
    await pushed.subscribes()
    ok(await pushed.province.post(f"{PATH}/pause"))
    await pushed.feed.happens()
    await pushed.push()
    assert pushed.receiver.ids == []
    assert (await pushed.shown())["behind"] == 1
    ok(await pushed.province.post(f"{PATH}/resume"))
    await pushed.push()
    assert len(pushed.receiver.held) == 1


async def test_another_address_is_called_at_once(pushed: Pushed) -> None:
    await pushed.subscribes(url=f"{pushed.receiver.address}/wrong")
    await pushed.feed.happens()
    await pushed.push()
    assert [one["last_status"] for one in await pushed.deliveries("pending")] == [404]
    await pushed.subscribes(status=200)
    await pushed.push()
    assert len(pushed.receiver.held) == 1


async def test_deliveries_come_in_pages(pushed: Pushed) -> None:
    await pushed.subscribes()
    for _ in range(3):
        await pushed.feed.happens()
        await pushed.push()
    first = ok(await pushed.province.get(f"{PATH}/deliveries?limit=2"))
    rest = ok(await pushed.province.get(f"{PATH}/deliveries?limit=2&cursor={first['next_cursor']}"))
    listed = [one["id"] for one in (*first["items"], *rest["items"])]
    assert listed == list(reversed(pushed.receiver.ids))
    assert rest["next_cursor"] is None


async def test_nobody_but_an_operator_reaches_the_stuck(world: World) -> None:
    auditor = await world.staff("1410", Role.AUDITOR)
    refused(await auditor.get("/admin/v1/sync/deliveries"), 404, "not_found")


async def test_nothing_that_is_told_or_signed_with_is_logged(
    pushed: Pushed, capfd: pytest.CaptureFixture[str]
) -> None:
    await pushed.subscribes(url=f"{pushed.receiver.url}?token=canary-1")
    await pushed.feed.happens(data='{"name":"canary-2"}')
    pushed.receiver.temper = lambda _: 503
    await pushed.push()
    logged = "".join(capfd.readouterr())
    assert "canary" not in logged
    assert pushed.receiver.secret not in logged
