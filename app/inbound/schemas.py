"""The province's vacancies as they come in, what became of them, and the table of codes."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.core.types import Line, Moment, Schema, Text, refusal
from app.employers.schemas import Contact, Uscc
from app.geo.places import PlaceGiven
from app.inbound.models import CodeKind, VacancyState
from app.inbound.storing import Status
from app.jobs.models import PaySettlement, Per
from app.jobs.schemas import Insurance, Requirements, ShiftDraft

NAME = r"^[A-Za-z0-9._\-]+$"
MOST_VERSION = 2**53 - 1  # what every JSON reader keeps exactly
SourceIdText = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NAME)]
TheirCode = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=NAME)]
Version = Annotated[
    int,
    Field(ge=1, le=MOST_VERSION, description="版本号,逐版增大;旧版本不覆盖新版本", examples=[1]),
]


class ProvincialPay(Schema):
    amount_fen: int = Field(gt=0, le=100_000_000, description="金额,分", examples=[18000])
    per: Per = Field(description="按小时、天、件或整单")


class ProvincialEmployer(Schema):
    name: Line = Field(description="用工主体名称", examples=["太原某某物流有限公司"])
    uscc: Uscc
    contact: Contact | None = Field(None, description="联系人,加密保存;不填时劳动者见到人社服务热线 12333")


class Origin(Schema):
    city_job_id: UUID | None = Field(None, description="原为本市上报的岗位时,本市的岗位编号")


class ProvincialJob(Schema):
    """A vacancy in our own JSON. What the law asks for may be missing: it is then held, not refused."""

    version: Version | None = Field(None, description="版本号;不填时须以 If-Match 指明所替换的版本")
    title: Line = Field(description="标题", examples=["仓库分拣"])
    trade: TheirCode = Field(description="工种代码,省平台的或本市的", examples=["0302"])
    division: TheirCode | None = Field(
        None, description="区划代码,省平台的或本市的;写明 place 时可不填", examples=["141002"]
    )
    description: Text | None = Field(None, description="工作内容")
    place: PlaceGiven | None = Field(
        None, description="工作地点,须在市内;不填时以乡镇(九位 division)的驻地标注并写明"
    )
    pay: ProvincialPay | None = Field(None, description="报酬")
    expected_minutes: int | None = Field(
        None, ge=1, le=60_000, description="计件、整单计酬时预计用时(分钟):每件,或整单"
    )
    pay_settlement: PaySettlement | None = Field(None, description="结算方式")
    requirements: Requirements | None = Field(None, description="条件")
    insurance: Insurance | None = Field(None, description="保险")
    shifts: list[ShiftDraft] = Field(
        min_length=1, max_length=100, description="班次;已开始的可以照列,不再招人"
    )
    valid_until: Moment | None = Field(None, description="信息有效期至")
    employer: ProvincialEmployer = Field(description="用工主体")
    origin: Origin | None = Field(None, description="来源")


class BatchLine(Schema):
    """One line of a batch: a vacancy, or that it is closed."""

    source_id: SourceIdText = Field(description="省平台的岗位编号", examples=["SX-2026-000123"])
    version: Version | None = Field(None, description="版本号;也可写在 job 内")
    job: ProvincialJob | None = Field(None, description="岗位;关闭时不填")
    closed: bool = Field(False, description="true 表示岗位已关闭")

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if self.closed == (self.job is not None):
            raise refusal(
                "job_or_closed",
                "job 与 closed: true 须有且只有一项",
                "Give either job or closed: true",
            )
        within = self.job.version if self.job else None
        if self.version is None:
            self.version = within
        if self.version is None or (within is not None and within != self.version):
            raise refusal("version_required", "须写明一个版本号", "State one version")
        return self


class FaultView(Schema):
    pointer: str = Field(description="所在字段(JSON Pointer)")
    code: str = Field(description="机器可读代码")
    message: str = Field(description="说明")


class VacancyView(Schema):
    source_id: str = Field(description="省平台的岗位编号")
    version: int = Field(description="已有的最新版本")
    state: VacancyState = Field(
        description="received 待处理,waiting 等待代码对照,held 不符合规定暂不展示,own 即本市上报的岗位,"
        "shown 已展示,closed 已关闭或过期"
    )
    faults: list[FaultView] = Field(description="未展示的原因")
    trade_code: str | None = Field(description="所报的工种代码")
    division_code: str | None = Field(description="所报的区划代码")
    job_id: UUID | None = Field(description="展示它的本市岗位编号,供报名事件对应")
    own_job_id: UUID | None = Field(description="state 为 own 时,即本市的这一岗位")
    received_at: datetime = Field(description="最新版本的收到时间")
    settled_at: datetime | None = Field(description="最近一次处理时间")


class VacancyTaken(VacancyView):
    status: Status = Field(description="stored 已存,unchanged 与已有的相同,closed 已关闭")


class VacancyPage(Schema):
    items: list[VacancyView] = Field(description="按省平台的岗位编号")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class CodeMeaning(Schema):
    ours: Annotated[str, StringConstraints(min_length=1, max_length=12, pattern=r"^[0-9]+$")] = Field(
        description="本市的工种代码(四位)或区划代码(县六位、乡镇九位)", examples=["0301"]
    )


class CodeView(Schema):
    kind: CodeKind = Field(description="trade 工种,division 区划")
    theirs: str = Field(description="省平台的代码")
    ours: str | None = Field(description="本市的代码;尚未对照为 null")
    ours_name: str | None = Field(description="本市代码的名称")
    vacancies: int = Field(description="用此代码且未关闭的省级岗位数;未对照时即在等待的")
    first_seen_at: datetime = Field(description="首次见到的时间")
    mapped_at: datetime | None = Field(description="对照的时间")
    version: int = Field(description="版本,供 If-Match")


class CodePage(Schema):
    items: list[CodeView] = Field(description="按种类和代码")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


def content_of(job: ProvincialJob) -> str:
    """Return what is kept of a vacancy as it came, as JSON: all but its version and whom to call."""
    return job.model_dump_json(exclude={"version": True, "employer": {"contact"}}, exclude_none=True)
