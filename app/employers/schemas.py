"""Employers as clients see them."""

from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from stdnum.cn import uscc

from app.core.types import Line, Schema, refusal
from app.employers.models import EmployerKind, EmployerState, MemberRole
from app.geo.places import PlaceGiven, PlaceShown
from app.identity.phones import Phone


@lru_cache(maxsize=4_096)  # who posts by the thousand comes again with each
def _checked_uscc(given: str) -> str:
    """GB 32100-2015: 18 characters, check digit by weights 3^i modulo 31."""
    number = ""
    with suppress(Exception):  # whatever stdnum says, the number can't be one
        number = str(uscc.validate(given))
    # Eighteen zeros agree with their check digit, and are nobody's: no authority registers under 0.
    if not number or number.startswith("0"):
        raise refusal(
            "uscc_invalid", "统一社会信用代码有误(18 位,含校验码)", "Not a valid USCC (18 characters)"
        )
    return number


Uscc = Annotated[
    str,
    Field(max_length=30, description="统一社会信用代码", examples=["91110000600037341L"]),
    AfterValidator(_checked_uscc),
]


class Contact(Schema):
    name: Line = Field(description="联系人姓名", examples=["王芳"])
    phone: Phone


class EmployerDraft(Schema):
    kind: EmployerKind = Field(description="企业、个体工商户或个人雇主")
    name: Line = Field(description="名称;个人雇主填本人姓名", examples=["临汾市尧都区平阳家政有限公司"])
    uscc: Uscc | None = None
    id_number: Annotated[str, StringConstraints(min_length=15, max_length=24)] | None = Field(
        None, description="个人雇主的身份证件号码,加密保存"
    )
    contact: Contact = Field(description="联系人")
    place: PlaceGiven = Field(description="住所或经营场所,须在市内")

    @model_validator(mode="after")
    def _identified(self) -> Self:
        individual = self.kind is EmployerKind.INDIVIDUAL
        if individual and (self.id_number is None or self.uscc is not None):
            raise refusal(
                "id_number_required",
                "个人雇主须填身份证件号码,不填统一社会信用代码",
                "An individual gives id_number and no uscc",
            )
        if not individual and (self.uscc is None or self.id_number is not None):
            raise refusal(
                "uscc_required",
                "企业与个体工商户须填统一社会信用代码,不填身份证件号码",
                "An enterprise or sole trader gives uscc and no id_number",
            )
        return self


class EmployerChanges(Schema):
    name: Line | None = Field(None, description="名称;改名后需重新核验")
    contact: Contact | None = Field(None, description="联系人")
    place: PlaceGiven | None = Field(None, description="住所或经营场所")


class EmployerCard(Schema):
    """What anyone may know of an employer."""

    id: UUID = Field(description="用工主体编号")
    kind: EmployerKind = Field(description="类型")
    name: str = Field(description="名称;个人雇主部分隐去")
    verified: bool = Field(description="是否经核验且在有效期内")


class EmployerView(EmployerCard):
    """The public profile; members see more in `own`."""

    state: EmployerState = Field(description="状态")
    verified_until: datetime | None = Field(description="核验有效期至(每六个月复核)")
    division: str = Field(description="所在区划代码")
    uscc: str | None = Field(description="统一社会信用代码")
    rating: float | None = Field(description="评分,1 至 5;尚无评价为 null")
    hires: int = Field(description="累计录用人次")
    fees_charged: bool = Field(False, description="是否向劳动者收费:公共市场一律不收")
    disputes_lost: int = Field(description="被认定有责的争议数")
    created_at: datetime = Field(description="登记时间")
    own: "EmployerOwn | None" = Field(description="仅本主体成员可见")


class EmployerOwn(Schema):
    role: MemberRole = Field(description="我的角色")
    reason: str | None = Field(description="退回、暂停或禁止的理由")
    trusted: bool = Field(description="可先发布后审核")
    contact_name: str = Field(description="联系人")
    contact_phone: str = Field(description="联系电话,部分隐去")
    place: PlaceShown = Field(description="住所或经营场所")
    documents: int = Field(description="已上传证照数")


class MemberGiven(Schema):
    phone: Phone
    role: MemberRole = Field(MemberRole.RECRUITER, description="负责人或招聘员")


class MemberView(Schema):
    account_id: UUID = Field(description="账号编号")
    phone: str = Field(description="手机号,部分隐去")
    role: MemberRole = Field(description="角色")
    since: datetime = Field(description="加入时间")


class MemberList(Schema):
    items: list[MemberView] = Field(description="全部成员")


class DocumentView(Schema):
    id: UUID = Field(description="证照编号")
    kind: str = Field(description="证照类别")
    created_at: datetime = Field(description="上传时间")


class DocumentList(Schema):
    items: list[DocumentView] = Field(description="最新的在前")
