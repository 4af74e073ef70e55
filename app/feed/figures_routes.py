"""The province's door to the figures."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.contract import answers
from app.core.db import Session
from app.core.problems import Invalid
from app.feed.figures import figures
from app.feed.figures_schemas import FiguresView
from app.feed.periods import PATTERN
from app.statistics.queries import CITY
from app.statistics.schemas import DivisionCode
from app.sync.asking import AsFiguresReader, Called
from app.sync.problems import InsufficientScope

router = APIRouter(prefix="/sync/v1", tags=["统计"], route_class=Called)


@router.get("/figures", summary="统计数据", responses=answers(InsufficientScope, Invalid))
async def read_figures(
    session: Session,
    caller: AsFiguresReader,  # noqa: ARG001 - the door's guard
    period: Annotated[
        str,
        Query(
            pattern=PATTERN,
            description="时段:日 2026-11-23、月 2026-11、季 2026-Q4 或年 2026",
            examples=["2026-Q4"],
        ),
    ],
    division: Annotated[DivisionCode, Query(description="市、县(市、区)或乡镇(街道)代码;不填为全市")] = CITY,
) -> FiguresView:
    """本市场一个时段、一级区划的统计:指标、比率、人数、供求、分区划、分工种、重点群体、招聘会。

    与本市工作人员所见相同,逐分钟更新;重点群体小于五的不列。过去的时段也可能因补录而变,以最近一次读取为准。
    """
    return await figures(session, period, division)
