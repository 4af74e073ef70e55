"""What the stub takes of a pushed message: only what the city signed, once in effect."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.stubs.province.city import City, Credentials
from tests.stubs.province.copy import Copy
from tests.stubs.province.life import Province

NEW, OLD, STRANGE = ("whsec_" + b64encode(letter * 32).decode() for letter in (b"n", b"o", b"s"))
BODY = json.dumps(
    {
        "type": "changes",
        "data": {"items": [{"type": "job", "id": "1", "change": "created", "version": 3, "data": {"n": 1}}]},
    }
).encode()


@pytest.fixture
def province(tmp_path: Path) -> Province:
    return Province(City("http://city", Credentials("us", "secret")), Copy(), tmp_path, [NEW, OLD])


def signed(secret: str, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, BODY.decode()),
    }


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_either_secret_signs_and_a_repetition_changes_nothing(province: Province, secret: str) -> None:
    for _ in range(3):
        assert province.take(BODY, signed(secret)) == HTTPStatus.NO_CONTENT
    assert province.copy.all("job") == {"1": {"n": 1}}
    assert (province.counted["repeated"], len(province.last)) == (2, 1)


def test_what_is_forged_tampered_or_old_is_refused(province: Province) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=6)
    for headers in (
        {},
        signed(STRANGE),
        signed(NEW, long_ago),
        signed(NEW) | {"webhook-id": "msg_2"},
        signed(NEW) | {"webhook-signature": "v1,"},
        signed(NEW) | {"webhook-signature": "nonsense"},
        signed(NEW) | {"webhook-timestamp": "x"},
    ):
        assert province.take(BODY, headers) == HTTPStatus.UNAUTHORIZED
    assert province.take(BODY + b" ", signed(NEW)) == HTTPStatus.UNAUTHORIZED
    assert province.copy.all("job") == {}
