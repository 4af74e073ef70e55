"""Imports as clients see them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.core.types import Schema, Text
from app.imports.models import ImportKind, ImportState

DivisionFilter = Annotated[
    str | None, Field(None, pattern=r"^1410([0-9]{2}([0-9]{3})?)?$", description="只导出此区划及以下")
]


class ImportView(Schema):
    id: UUID = Field(description="导入编号")
    kind: ImportKind = Field(description="导入内容:用工主体、岗位或劳动者")
    state: ImportState = Field(description="检查中、待确认、有错误、写入中、完成或已取消")
    division: str = Field(description="导入机构的区划代码")
    by: str = Field(description="上传人")
    sha256: str = Field(description="文件的 SHA-256")
    rows_read: int = Field(description="文件的行数,不含标题")
    rows_checked: int = Field(description="已检查的行数")
    rows_written: int = Field(description="已写入的行数;写入整体生效,完成前都不可见")
    rows_new: int = Field(description="将新增的行数,检查完后给出")
    rows_linked: int = Field(description="已有登记、只作关联的行数")
    rows_unchanged: int = Field(description="以前导入过、跳过的行数")
    error_count: int = Field(description="错误总数")
    created_at: datetime = Field(description="上传时间")
    changed_at: datetime = Field(description="最近变动的时间")


class PreviewRow(Schema):
    row: int = Field(description="表中的行号")
    outcome: str = Field(description="new 新增、linked 关联、unchanged 跳过")
    cells: dict[str, str] = Field(description="该行的主要内容,个人信息部分隐去")


class ImportDetail(ImportView):
    preview: list[PreviewRow] = Field(description="前二十行;导入结束后不再给出")


class ImportPage(Schema):
    items: list[ImportView] = Field(description="最新的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class ImportErrorView(Schema):
    row: int = Field(description="表中的行号,标题为第 1 行")
    heading: str | None = Field(description="列名;整表或整行的错误为 null")
    code: str = Field(description="稳定的机器可读代码")
    message: str = Field(description="说明")


class ImportErrorPage(Schema):
    items: list[ImportErrorView] = Field(description="按检查的先后;至多保留一千条")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class WorkerField(StrEnum):
    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"


class EmployerField(StrEnum):
    NAME = "name"
    ID_NUMBER = "id_number"
    CONTACT_NAME = "contact_name"
    CONTACT_PHONE = "contact_phone"


class UnsealingReason(Schema):
    reason: Text = Field(description="为何需要,记入台账", examples=["春风行动电话回访"])


class _Unsealing(UnsealingReason):
    division: DivisionFilter = None


class WorkersUnsealed(_Unsealing):
    fields: list[WorkerField] = Field(
        min_length=1, max_length=3, description="要明文导出的加密项", examples=[["name", "phone"]]
    )


class EmployersUnsealed(_Unsealing):
    fields: list[EmployerField] = Field(
        min_length=1, max_length=4, description="要明文导出的加密项", examples=[["contact_phone"]]
    )


def shown(imported: Any) -> dict[str, Any]:
    """Return an import as its fields are called outside."""
    names = [name for name in ImportView.model_fields if name != "by"]
    return {name: getattr(imported, name) for name in names} | {"by": imported.staff_name}
