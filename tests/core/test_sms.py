"""Messages reach the providers signed, with their id, and refusals never tell the phone."""

import logging
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from hashlib import sha256

import httpx
import pytest

from app.core import outbound
from app.core.clock import now
from app.core.sms import LocalSms, Message, Sms, SmsRefused, aliyun, tencent
from app.core.sms.aliyun import AliyunSms
from app.core.sms.tencent import TencentSms
from tests.stubs.sms import KEY_ID, KEY_SECRET, Mood, Received, SmsStub, sms_stub

PHONE = "+8613800138000"
SIGN_NAME = "临汾零工市场"
CODE = Message("code", {"minutes": "5", "code": "048 ~*/+=&中"}, "验证码 048,5 分钟内有效。")
Make = Callable[..., Sms]


@pytest.fixture
async def stub() -> AsyncIterator[SmsStub]:
    async with sms_stub() as running:
        yield running


@pytest.fixture
async def http(stub: SmsStub) -> AsyncIterator[httpx.AsyncClient]:
    async with outbound.client({stub.address.removeprefix("http://")}, timeout_s=0.5) as client:
        yield client


@pytest.fixture(params=["aliyun", "tencent"])
def made(request: pytest.FixtureRequest, stub: SmsStub, http: httpx.AsyncClient) -> Make:
    """Make an adapter of either provider, with another key if asked."""

    def make(key_id: str = KEY_ID, key_secret: str = KEY_SECRET) -> Sms:
        if request.param == "aliyun":
            return AliyunSms(
                http,
                key_id=key_id,
                key_secret=key_secret,
                sign_name=SIGN_NAME,
                templates={"code": "SMS_154950909"},
                endpoint=stub.address,
            )
        return TencentSms(
            http,
            key_id=key_id,
            key_secret=key_secret,
            app_id="1400006666",
            sign_name=SIGN_NAME,
            templates={"code": "1110:code,minutes"},
            endpoint=stub.address,
        )

    return make


async def refusal(sms: Sms, message: Message = CODE) -> SmsRefused:
    with pytest.raises(SmsRefused) as refused:
        await sms.send(PHONE, message, "0199-a")
    return refused.value


async def test_a_message_arrives_signed_with_its_id_and_values(made: Make, stub: SmsStub) -> None:
    await made().send(PHONE, CODE, "0199-a")

    assert stub.messages in (
        [Received(PHONE, "SMS_154950909", dict(CODE.params), SIGN_NAME, "0199-a")],
        [Received(PHONE, "1110", ["048 ~*/+=&中", "5"], SIGN_NAME, "0199-a")],
    )


async def test_each_request_is_signed_anew(made: Make, stub: SmsStub) -> None:
    sms = made()

    for number in range(3):
        await sms.send(PHONE, CODE, str(number))

    assert [message.message_id for message in stub.messages] == ["0", "1", "2"]


async def test_a_wrong_secret_is_refused_for_good(made: Make, stub: SmsStub) -> None:
    for sms in (made(key_secret="another"), made(key_id="another")):
        assert not (await refusal(sms)).retryable

    assert stub.messages == []


async def test_a_request_signed_an_hour_ago_is_refused(
    made: Make, stub: SmsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_hour_ago = now() - timedelta(hours=1)
    monkeypatch.setattr(aliyun, "now", lambda: an_hour_ago)
    monkeypatch.setattr(tencent, "now", lambda: an_hour_ago)

    assert (await refusal(made())).code in {"InvalidTimeStamp.Expired", "AuthFailure.SignatureExpire"}
    assert stub.messages == []


@pytest.mark.parametrize(
    ("mood", "codes", "retryable"),
    [
        (Mood.THROTTLED, {"Throttling.User", "RequestLimitExceeded"}, True),
        (Mood.LIMITED, {"isv.BUSINESS_LIMIT_CONTROL", "LimitExceeded.PhoneNumberThirtySecondLimit"}, True),
        (Mood.FAILED, {"isv.MOBILE_NUMBER_ILLEGAL", "InvalidParameterValue.IncorrectPhoneNumber"}, False),
        (Mood.BROKEN, {"unreadable"}, True),
        (Mood.SLOW, {"unreachable"}, True),
    ],
)
async def test_a_refusal_tells_its_code_and_whether_to_try_again(
    made: Make, stub: SmsStub, mood: Mood, codes: set[str], retryable: bool
) -> None:
    stub.mood = mood

    refused = await refusal(made())

    assert refused.code in codes
    assert refused.retryable is retryable


async def test_a_lost_answer_is_tried_again_and_the_copy_carries_the_same_id(
    made: Make, stub: SmsStub
) -> None:
    stub.mood = Mood.LOST
    sms = made()
    assert (await refusal(sms)).retryable

    stub.mood = Mood.WELL
    await sms.send(PHONE, CODE, "0199-a")

    assert [message.message_id for message in stub.messages] == ["0199-a", "0199-a"]


async def test_an_absent_provider_can_be_tried_again(http: httpx.AsyncClient) -> None:
    sms = AliyunSms(
        http,
        key_id="a",
        key_secret="b",
        sign_name="c",
        templates={"code": "d"},
        endpoint="http://127.0.0.1:9",
    )

    refused = await refusal(sms)

    assert (refused.code, refused.retryable) == ("unreachable", True)


async def test_an_unknown_template_or_a_missing_value_is_refused_before_sending(
    made: Make, stub: SmsStub
) -> None:
    assert (await refusal(made(), Message("other", {}, ""))).code == "template_unknown"
    if isinstance(made(), TencentSms):
        assert (await refusal(made(), Message("code", {"code": "1"}, ""))).code == "template_value_missing"

    assert stub.messages == []


@pytest.mark.parametrize(
    "mood", [Mood.THROTTLED, Mood.LIMITED, Mood.FAILED, Mood.BROKEN, Mood.SLOW, Mood.LOST]
)
async def test_phone_and_code_are_in_no_trace_and_no_log(
    made: Make, stub: SmsStub, mood: Mood, caplog: pytest.LogCaptureFixture
) -> None:
    stub.mood = mood

    with caplog.at_level(logging.DEBUG):
        refused = await refusal(made())

    told = "".join(traceback.format_exception(refused)) + caplog.text + repr(CODE)
    assert "13800138000" not in told
    assert "048" not in told


def test_a_code_that_echoes_what_was_sent_is_not_repeated() -> None:
    assert str(SmsRefused("bad phone 13800138000", retryable=False)) == "unreadable"


async def test_the_local_provider_takes_everything() -> None:
    await LocalSms().send(PHONE, CODE, "0199-a")


def test_aliyuns_documented_example_is_signed_as_documented() -> None:
    """The fixed example (固定参数示例) of Aliyun's page on the V3 signature."""
    query = aliyun.canonical_query(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-content-sha256": sha256(b"").hexdigest(),
    }

    assert aliyun.authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers) == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tencents_documented_example_is_signed_as_documented() -> None:
    """The example of Tencent Cloud's page on signature v3, with its example key."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}

    assert tencent.authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        product="cvm",
        at=1551113065,
        headers=headers,
        body=body,
    ) == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )
