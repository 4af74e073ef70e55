"""The board as screens read it."""

from uuid import UUID

from pydantic import Field

from app.core.types import Schema
from app.jobs.search_schemas import JobCard


class BoardStation(Schema):
    id: UUID = Field(description="机构编号")
    name: str = Field(description="机构名称")
    division: str = Field(description="服务的区划代码")


class Board(Schema):
    station: BoardStation = Field(description="哪个机构的大屏")
    jobs: int = Field(description="服务区域内正在招聘的岗位数")
    places: int = Field(description="尚缺人数,各岗位合计")
    newest: list[JobCard] = Field(description="最新发布的二十个")
    urgent: list[JobCard] = Field(description="二十四小时内开工仍有空缺的,最早的在前,至多二十个")
    most_places: list[JobCard] = Field(description="缺人最多的二十个")
