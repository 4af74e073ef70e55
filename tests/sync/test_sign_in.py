"""The province's machines sign in by secret, or by an assertion that a key of theirs signed (S14)."""

import asyncio
import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import jwt
import pytest
import time_machine

from app.core import clock
from app.stations.models import Role
from app.sync.models import Scope
from tests.sync.keys import (
    AUDIENCE,
    EC,
    ED,
    OTHER,
    RSA,
    TOKEN,
    assertion,
    by_hand,
    claims,
    form,
    pem_of,
    public,
    with_keys,
)
from tests.world import SECRET, Actor, Json, Province, World, ok, refused

CREDENTIALS = {"grant_type": "client_credentials", "client_secret": SECRET}


async def signs_in(world: World, **data: str) -> Any:
    return await world.nobody.post(TOKEN, data=data)


async def why(world: World) -> str:
    """Return why the last one was refused, as the ledger has it."""
    return str(await world.look("SELECT after->>'why' FROM ledger ORDER BY id DESC LIMIT 1"))


async def test_a_machine_signs_in_with_its_scopes_alone(world: World) -> None:
    province = await world.province(Scope.READ_JOB, Scope.PUSH)
    named = CREDENTIALS | {"client_id": province.client_id}

    answer = await signs_in(world, **named)
    assert ok(answer)["scope"] == "read:job push"
    assert (answer.headers["cache-control"], answer.json()["expires_in"]) == ("no-store", 600)
    assert ok(await signs_in(world, **named, scope="push"))["scope"] == "push"
    refused(await signs_in(world, **named, scope="push read:figures"), 400, "invalid_scope")
    refused(await signs_in(world, **named | {"grant_type": "password"}), 400, "unsupported_grant_type")


async def test_a_refusal_is_a_problem_and_an_oauth_error(world: World) -> None:
    province = await world.province()
    wrong = CREDENTIALS | {"client_id": province.client_id, "client_secret": "x" * 43}

    told = refused(answer := await signs_in(world, **wrong), 401, "invalid_client")

    assert told["error"] == "invalid_client"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert await why(world) == "secret"
    absent = refused(await signs_in(world, **wrong | {"client_id": "nobody"}), 401, "invalid_client")
    assert absent | {"instance": ""} == told | {"instance": ""}


async def test_a_secret_comes_as_basic_too_and_one_way_at_a_time(world: World) -> None:
    province = await world.province()

    def basic(client_id: str, secret: str) -> dict[str, str]:
        given = base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()
        return {"Authorization": f"Basic {given}"}

    async def asks(headers: dict[str, str], **more: str) -> Any:
        data = {"grant_type": "client_credentials"} | more
        return await world.nobody.post(TOKEN, data=data, headers=headers)

    right = basic(province.client_id, SECRET)
    ok(await asks(right))
    ok(await asks(right, client_id=province.client_id))
    refused(await asks(right, client_id="other"), 400, "invalid_request")
    refused(await asks(right, client_secret=SECRET), 400, "invalid_request")
    refused(await asks(basic(province.client_id, "wrong")), 401, "invalid_client")
    for broken in ("Basic", "Basic !", "Basic eA==", "Basic w6k6w6k=", "Basic " + "A" * 4000):
        refused(await asks({"Authorization": broken}), 401, "invalid_client")
    refused(await asks(basic("\x00", SECRET)), 401, "invalid_client")
    refused(await asks({}), 401, "invalid_client")


@pytest.mark.parametrize(
    ("key", "kid", "alg"),
    [
        (ED, "ed", "EdDSA"), (ED, None, "EdDSA"), (EC, "ec", "ES256"), (EC, None, "ES256"),
        (RSA, "rsa", "RS256"), (RSA, None, "PS256"),
    ],
)  # fmt: skip
async def test_a_machine_signs_in_by_a_key(world: World, key: Any, kid: str | None, alg: str) -> None:
    province = await with_keys(world)
    signed = assertion(province.client_id, key, kid, alg)

    ok(await signs_in(world, **form(signed)))

    refused(await signs_in(world, **form(signed)), 401, "invalid_client")
    assert await why(world) == "used before"
    again = assertion(province.client_id, key, kid, alg, aud=[AUDIENCE], nbf=int(clock.now().timestamp()))
    ok(await signs_in(world, **form(again, client_id=province.client_id)))
    other = assertion(province.client_id, key, kid, alg)
    refused(await signs_in(world, **form(other, client_id="other")), 401, "invalid_client")


def now() -> int:
    return int(clock.now().timestamp())


def confused(client_id: str, key: Any, kid: str) -> str:
    """HMAC with the public key for a secret."""
    head = by_hand({"alg": "HS256", "kid": kid}, claims(client_id)).rsplit(".", 1)[0]
    digest = hmac.new(pem_of(key), head.encode(), hashlib.sha256).digest()
    return head + "." + base64.urlsafe_b64encode(digest).decode().rstrip("=")


FORGED: dict[str, tuple[Callable[[str], str], str]] = {
    "unsigned": (lambda c: by_hand({"alg": "none"}, claims(c)), "signature"),
    "unsigned, of a key": (lambda c: by_hand({"alg": "None", "kid": "ed"}, claims(c)), "signature"),
    "signature cut": (lambda c: assertion(c).rsplit(".", 1)[0] + ".", "signature"),
    "by another": (lambda c: assertion(c, OTHER), "signature"),
    "by another, no key named": (lambda c: assertion(c, OTHER, None), "signature"),
    "by a key that is not ours to know": (lambda c: assertion(c, ED, "else"), "key"),
    "by one key in another's name": (lambda c: assertion(c, EC, "ed", "ES256"), "signature"),
    "hmac with the public key": (lambda c: confused(c, RSA, "rsa"), "signature"),
    "hmac with the point": (lambda c: confused(c, ED, "ed"), "signature"),
    "a key of its own": (
        lambda c: jwt.encode(
            claims(c), OTHER, "EdDSA", {"kid": "mine", "jwk": public(OTHER, "mine"), "jku": "http://x/"}
        ),
        "key",
    ),
    "a key of its own in a known one's name": (
        lambda c: jwt.encode(claims(c), OTHER, "EdDSA", {"kid": "ed", "jwk": public(OTHER, "ed")}),
        "signature",
    ),
    "a key by address": (
        lambda c: jwt.encode(claims(c), OTHER, "EdDSA", {"kid": "ed", "x5u": "http://169.254.169.254/"}),
        "signature",
    ),
    "critical": (
        lambda c: jwt.encode(claims(c), ED, "EdDSA", {"kid": "ed", "crit": ["x"], "x": 1}),
        "unknown client",  # it is not even read
    ),
    "by another algorithm of its kind": (lambda c: assertion(c, RSA, "rsa", "RS512"), "signature"),
    "for another": (lambda c: assertion(c, aud="http://elsewhere/token"), "audience"),
    "for us and another": (lambda c: assertion(c, aud=[AUDIENCE, "http://elsewhere/"]), "audience"),
    "for nobody": (lambda c: assertion(c, aud=None), "audience"),
    "for an object": (lambda c: assertion(c, aud={"$ne": 1}), "audience"),
    "over": (lambda c: assertion(c, exp=now() - 1), "expired"),
    "without an end": (lambda c: assertion(c, exp=None), "expired"),
    "for a day": (lambda c: assertion(c, exp=now() + 86_400), "good for too long"),
    "for ever": (lambda c: by_hand_signed(c, '"exp": 1e999'), "time"),
    "until text": (lambda c: assertion(c, exp="tomorrow"), "time"),
    "until true": (lambda c: assertion(c, exp=True), "time"),
    "of tomorrow": (lambda c: assertion(c, nbf=now() + 3_600), "not yet valid"),
    "issued tomorrow": (lambda c: assertion(c, iat=now() + 3_600), "not yet valid"),
    "issued long ago": (lambda c: assertion(c, iat=now() - 3_600), "issued too long ago"),
    "without a number": (lambda c: assertion(c, jti=None), "number"),
    "of a number that is none": (lambda c: assertion(c, jti="\x00"), "number"),
    "of an endless number": (lambda c: assertion(c, jti="x" * 1_000), "number"),
    "issued by another": (lambda c: assertion(c, iss="province"), "issuer"),
    "deep": (lambda c: assertion(c, deep=deep(900)), "unreadable"),
}  # fmt: skip
# What names nobody, or nobody that there is.
STRANGE = {
    "empty": "",
    "no token": "x.y.z",
    "deeper": "e30." + base64.urlsafe_b64encode(b"[" * 5_900).decode() + ".x",
    "half a character": by_hand({"alg": "EdDSA"}, {"sub": "\ud800"}),
    "a list": by_hand({"alg": "EdDSA"}, {"sub": ["province"]}),
    "of nobody": assertion("nobody"),
}


def deep(levels: int) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return found


def by_hand_signed(client_id: str, member: str) -> str:
    named = f'"iss": "{client_id}", "sub": "{client_id}", "aud": "{AUDIENCE}", "jti": "1"'
    body = f"{{{named}, {member}}}"
    head = by_hand({"alg": "EdDSA", "kid": "ed"}, {}).split(".")[0]
    signed = f"{head}.{base64.urlsafe_b64encode(body.encode()).decode().rstrip('=')}"
    return signed + "." + base64.urlsafe_b64encode(ED.sign(signed.encode())).decode().rstrip("=")


async def test_no_forged_assertion_opens_the_door(world: World) -> None:
    province = await with_keys(world)
    ok(await signs_in(world, **form(assertion(province.client_id))))

    for name, (forge, reason) in FORGED.items():
        answer = await signs_in(world, **form(forge(province.client_id)))
        if name == "deep":
            assert answer.status_code in {200, 401}, answer.text  # as deep as the parser goes: no failure
            continue
        refused(answer, 401, "invalid_client")
        assert await why(world) == reason, name
    for name, given in STRANGE.items():
        answer = await signs_in(world, **form(given))
        assert answer.status_code == (400 if name == "empty" else 401), (name, answer.text)
    refused(await signs_in(world, **form("x" * 8_001)), 422, "invalid")
    kind = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}
    refused(await signs_in(world, **form(assertion("x")) | kind), 400, "invalid_request")
    both = form(assertion(province.client_id), client_secret=SECRET)
    refused(await signs_in(world, **both), 400, "invalid_request")
    untyped = form(assertion(province.client_id))
    del untyped["client_assertion_type"]
    refused(await signs_in(world, **untyped), 400, "invalid_request")


async def test_of_an_assertion_a_hundred_times_at_once_one_is_good(world: World) -> None:
    province = await with_keys(world)
    given = form(assertion(province.client_id))

    answers = await asyncio.gather(*(signs_in(world, **given) for _ in range(100)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 99}
    assert await world.count("province_assertions") == 1
    assert await world.count("ledger", "action = 'province.sign_in'") == 2  # and the secret at first


async def test_keys_rotate_while_tokens_are_asked_for(world: World) -> None:
    """A new key beside the old one, then the old one away: nobody who has one of them is ever refused."""
    province, operator = await with_keys(world), await world.staff(role=Role.OPERATOR)
    path = f"/admin/v1/sync/clients/{province.client_id}/keys"

    async def asks(key: Any, kid: str) -> int:
        return int((await signs_in(world, **form(assertion(province.client_id, key, kid)))).status_code)

    assert await asks(OTHER, "new") == 401
    meanwhile = asyncio.gather(*(asks(ED, "ed") for _ in range(5)))
    ok(await operator.post(path, {"jwk": public(OTHER, "new")}), 201)
    assert await meanwhile == [200] * 5
    assert [await asks(OTHER, "new"), await asks(ED, "ed")] == [200, 200]
    ok(await operator.delete(f"{path}/ed"), 204)
    assert [await asks(OTHER, "new"), await asks(ED, "ed")] == [200, 401]


async def test_a_key_ends_when_it_was_said_to(world: World) -> None:
    province = await with_keys(world, ed=timedelta(hours=1))
    ok(await signs_in(world, **form(assertion(province.client_id))))

    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1)):
        refused(await signs_in(world, **form(assertion(province.client_id))), 401, "invalid_client")
        ok(await signs_in(world, **form(assertion(province.client_id, EC, "ec", "ES256"))))


async def test_a_secret_is_changed_without_a_stop(world: World) -> None:
    province, operator = await world.province(), await world.staff(role=Role.OPERATOR)
    path = f"/admin/v1/sync/clients/{province.client_id}/secret"

    async def signs(secret: str) -> int:
        answer = await signs_in(
            world, **CREDENTIALS | {"client_id": province.client_id, "client_secret": secret}
        )
        return int(answer.status_code)

    first = ok(await operator.post(path, {"old_lives_h": 2}))["client_secret"]
    assert [await signs(SECRET), await signs(first)] == [200, 200]
    second = ok(await operator.post(path, {"old_lives_h": 0}))["client_secret"]
    assert [await signs(first), await signs(second), await signs(SECRET)] == [401, 200, 401]
    third = ok(await operator.post(path, {"old_lives_h": 1}))["client_secret"]
    assert [await signs(second), await signs(third)] == [200, 200]
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1)):
        assert [await signs(second), await signs(third)] == [401, 200]


async def test_whoever_may_not_call_gets_no_token(world: World) -> None:
    """A right secret from elsewhere, or of a client that was stopped: answered as a wrong one is."""
    elsewhere = await world.province()
    operator = await world.staff(role=Role.OPERATOR)
    path = f"/admin/v1/sync/clients/{elsewhere.client_id}"
    named = CREDENTIALS | {"client_id": elsewhere.client_id}
    ok(await operator.patch(path, {"addresses": ["203.0.113.0/24", "2001:db8::/32"]}))
    refused(await signs_in(world, **named), 401, "invalid_client")
    assert await why(world) == "address"
    ok(await operator.patch(path, {"addresses": ["127.0.0.0/8"]}))
    ok(await signs_in(world, **named))
    ok(await operator.post(f"{path}/disable", {"reason": "密钥疑似泄露"}))
    refused(await signs_in(world, **named), 401, "invalid_client")
    assert await why(world) == "disabled"


async def test_nobody_is_kept_out_by_who_fails_in_their_name(world: World) -> None:
    """And the ledger does not grow with each failure: sixty a minute are enough to see it."""
    province = await world.province()
    wrong = CREDENTIALS | {"client_id": province.client_id, "client_secret": "x" * 43}

    answers = await asyncio.gather(*(signs_in(world, **wrong) for _ in range(150)))

    assert {answer.status_code for answer in answers} == {401}
    assert 60 <= await world.count("ledger", "action = 'province.sign_in_refused'") <= 75
    ok(await signs_in(world, **CREDENTIALS | {"client_id": province.client_id}))


async def test_tokens_are_asked_for_sixty_times_a_minute(world: World) -> None:
    province = await world.province()
    right = CREDENTIALS | {"client_id": province.client_id}

    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        answers = await asyncio.gather(*(signs_in(world, **right) for _ in range(100)))

    counted = Counter(answer.status_code for answer in answers)
    assert counted == {200: 60, 429: 40}
    late = next(answer for answer in answers if answer.status_code == 429)
    assert int(late.headers["retry-after"]) >= 1


def _of(world: World, token: str) -> Province:
    return Province(world, token=token)


async def test_no_other_token_opens_the_provinces_doors(world: World) -> None:
    province, worker, staff = await world.province(), await world.worker(), await world.staff()
    door = "/sync/v1/changes"
    ok(await province.get(door))

    header, held = jwt.get_unverified_header(province.token or ""), claims("x")
    strangers: list[Json | str | None] = [
        None, worker.token, staff.token,
        by_hand({"alg": "none", "typ": "at+jwt", "kid": header["kid"]}, held),
        jwt.encode(held, OTHER, "EdDSA", header),
        assertion(province.client_id),
    ]  # fmt: skip
    for token in strangers:
        refused(await Actor(world, token=token).get(door), 401, "unauthenticated")  # type: ignore[arg-type]
    for path in ("/v1/me", "/admin/v1/me"):
        refused(await province.get(path), 401, "unauthenticated")
    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=1)):
        refused(await province.get(door), 401, "unauthenticated")
