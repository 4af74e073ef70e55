"""Help at the counter as staff's clients see it."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.core.types import Schema, Text, refusal
from app.counter.models import AssistanceState, Consent
from app.counter.queries import ThroughWhat
from app.identity.phones import Phone
from app.workers.models import KeyGroup

Code = Annotated[
    str, Field(pattern=r"^[0-9]{6}$", description="本人收到并当面告知的验证码", examples=["123456"])
]
NamePart = Annotated[str, StringConstraints(min_length=2, max_length=50, pattern=r"^[^\x00-\x1f\x7f0-9]+$")]


def _one_of(given: Schema, *names: str) -> None:
    if sum(getattr(given, name) is not None for name in names) != 1:
        raise refusal(
            "one_of", f"{'、'.join(names)} 须且只须填一项", f"Give exactly one of {', '.join(names)}"
        )


class AssistanceWanted(Schema):
    """Whose consent is asked for by a code: by the phone, or by the worker if within reach."""

    phone: Phone | None = None
    worker_id: UUID | None = Field(None, description="辖区内劳动者的编号,验证码发到其手机")

    @model_validator(mode="after")
    def _one(self) -> Self:
        _one_of(self, "phone", "worker_id")
        return self


class CodeGiven(Schema):
    code: Code


class ReasonGiven(Schema):
    reason: Text = Field(description="理由,记入台账", examples=["核对签字"])


class AssistanceView(Schema):
    id: UUID = Field(description="代办编号")
    state: AssistanceState = Field(description="待本人同意、在办、已结束、已超时")
    consent: Consent = Field(description="同意方式:短信验证码,或签字的同意书")
    account_id: UUID | None = Field(description="本人的账号编号,即劳动者编号;同意之前为 null")
    person: str | None = Field(description="本人展示的称呼;未填资料为 null")
    staff_id: UUID = Field(description="经办人编号")
    staff: str = Field(description="经办人", examples=["张工"])
    station_id: UUID = Field(description="机构编号")
    station: str = Field(description="机构")
    created_at: datetime = Field(description="开始时间")
    confirmed_at: datetime | None = Field(description="本人同意的时间")
    until: datetime = Field(description="到此时失效")
    ended_at: datetime | None = Field(description="结束时间")


class AssistancePage(Schema):
    items: list[AssistanceView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ErrandView(Schema):
    id: UUID = Field(description="编号")
    worker_id: UUID = Field(description="要告知的劳动者")
    person: str | None = Field(description="其展示的称呼")
    station_id: UUID = Field(description="负责联系的机构编号")
    station: str = Field(description="负责联系的机构")
    kind: str = Field(description="消息类别", examples=["taken_on"])
    text: str = Field(description="要告知的内容,与消息相同")
    due_at: datetime | None = Field(description="最迟何时告知;无此时限为 null")
    created_at: datetime = Field(description="产生时间")
    done_at: datetime | None = Field(description="告知时间")


class ErrandPage(Schema):
    items: list[ErrandView] = Field(description="最早的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ErrandOutcome(Schema):
    how: Annotated[Text, Field(max_length=500)] = Field(
        description="怎样告知的,加密保存", examples=["打邻居电话,本人接听"]
    )


class WorkerSought(Schema):
    """What a worker is found by; in the body, for it is personal."""

    phone: Phone | None = None
    id_number: Annotated[str, StringConstraints(min_length=15, max_length=24)] | None = Field(
        None, description="证件号码,须完整"
    )
    name: NamePart | None = Field(None, description="真实姓名或其中相连的两个字以上", examples=["建国"])

    @model_validator(mode="after")
    def _one(self) -> Self:
        _one_of(self, "phone", "id_number", "name")
        return self


class PersonView(Schema):
    """A worker as the counter finds them."""

    id: UUID = Field(description="劳动者编号")
    name_shown: str = Field(description="展示的称呼")
    name_masked: str | None = Field(description="实名姓名,部分隐去", examples=["李**"])
    id_number_masked: str | None = Field(description="证件号码,部分隐去")
    phone_masked: str | None = Field(description="手机号,部分隐去;没有手机为 null", examples=["138****8000"])
    verified: bool = Field(description="是否已实名")
    key_groups: list[KeyGroup] = Field(description="本人申报的重点群体")
    division: str | None = Field(description="住处所在区划代码;不详为 null")
    reached_through: ThroughWhat = Field(description="怎样联系:本人手机,或经由就业服务站")
    created_at: datetime = Field(description="登记时间")


class PersonList(Schema):
    items: list[PersonView] = Field(description="找到的劳动者,最新的在前")
    more: bool = Field(description="还有更多:请写得更具体")


class PersonPage(Schema):
    items: list[PersonView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ContactView(Schema):
    reached_through: ThroughWhat = Field(description="本人手机,或经由就业服务站")
    phone: str | None = Field(description="手机号", examples=["13800138000"])
    note: str | None = Field(description="没有手机的,怎样能找到")
    station_id: UUID | None = Field(description="负责联系的机构编号")
    station: str | None = Field(description="负责联系的机构")
    station_phone: str | None = Field(description="该机构电话")


class PhoneGiven(Schema):
    phone: Phone


class PhoneConfirmed(PhoneGiven):
    code: Code
