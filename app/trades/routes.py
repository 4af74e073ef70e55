"""Trades: the mobile app's door."""

from fastapi import APIRouter
from pydantic import Field

from app.core.db import Session, Transacted
from app.core.types import Schema
from app.trades.queries import trades

router = APIRouter(prefix="/v1/trades", tags=["参考数据"], route_class=Transacted)


class TradeView(Schema):
    code: str = Field(description="工种代码", examples=["0301"])
    name: str = Field(description="名称", examples=["搬运装卸"])
    group: str = Field(description="类别")
    hazardous: bool = Field(description="是否为未成年人禁忌劳动")
    certificate: str | None = Field(description="依法须持的证书代码;不需要为 null")
    retired: bool = Field(description="已停用:新岗位不能再选,已有的岗位仍用此名称")


class TradeList(Schema):
    items: list[TradeView] = Field(description="全部工种,按代码排列")


@router.get("", summary="工种列表")
async def list_trades(session: Session) -> TradeList:
    """约六十个零工工种,代码稳定。"""
    return TradeList(items=[TradeView.model_validate(trade) for trade in await session.scalars(trades())])
