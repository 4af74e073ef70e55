"""The stations' door to the state of the exchange and its differences."""

from fastapi import APIRouter

from app.access.asking import AsOperator
from app.core.db import Session, Transacted
from app.feed import comparing, standing
from app.feed.digest_schemas import DifferenceList, DifferenceView, ExchangeView

router = APIRouter(prefix="/admin/v1/sync", tags=["省平台对接"], route_class=Transacted)


@router.get("", summary="对接状况")
async def read_exchange(
    session: Session,
    officer: AsOperator,  # noqa: ARG001 - the door's guard: figures of the whole city
) -> ExchangeView:
    """发往省平台的变更到了哪里,落后多少,省平台应有多少条,最近的比较有多少处不同。"""
    return ExchangeView.model_validate(await standing.now(session))


@router.get("/differences", summary="两边的差异")
async def read_differences(
    session: Session,
    officer: AsOperator,  # noqa: ARG001 - the door's guard: counts and hashes of the whole city
) -> DifferenceList:
    """省平台各客户端各类型最近一次比较的时间、位置,哪些县哪些日不同,现在是否仍不同。"""
    found = await comparing.last_comparisons(session)
    return DifferenceList(items=[DifferenceView.model_validate(one) for one in found])
