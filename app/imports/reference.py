"""What rows are checked against and changes seldom: townships within reach, trades, minimum wages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Self

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core import clock
from app.geo.models import Division, Level
from app.geo.places import read_back
from app.geo.points import Wgs84
from app.imports.columns import Cells, Column
from app.jobs.models import MinimumWage
from app.trades.models import Trade
from app.trades.queries import trades

TOWNSHIP = Column(
    "乡镇", "乡镇、街道的名称或九位代码,须在本机构服务区划内;重名的写明县(市、区),如 尧都区屯里镇", "屯里镇"
)
_SEVERAL = "有重名的乡镇,请写明县(市、区)或填九位代码"


class Township(NamedTuple):
    code: str
    name: str
    county_code: str
    county: str
    seat: Wgs84
    within_reach: bool


@dataclass
class Reference:
    """Read once a slice: townships by code and name, trades by code and name."""

    now: datetime
    today: date
    townships: dict[str, list[Township]] = field(default_factory=lambda: defaultdict(list))
    trades: dict[str, Trade] = field(default_factory=dict)
    trade_codes: dict[str, str] = field(default_factory=dict)
    wages: dict[str, list[MinimumWage]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    async def load(cls, session: AsyncSession, served: Sequence[str]) -> Self:
        found = cls(clock.now(), clock.today())
        for trade in await session.scalars(trades()):
            found.trades[trade.code] = found.trades[trade.name] = trade
            found.trade_codes[trade.code] = found.trade_codes[trade.name] = trade.code
        county = aliased(Division)
        rows = await session.execute(
            select(Division, county.name)
            .join(county, county.code == Division.parent_code)
            .where(Division.level.in_([Level.TOWNSHIP, Level.ZONE]))
            .order_by(Division.code)
        )
        for division, county_name in rows.all():
            if division.seat is None:
                continue
            township = Township(
                division.code,
                division.name,
                division.code[:6],
                county_name,
                read_back(division.seat),
                division.code.startswith(tuple(served)),
            )
            for name in (township.code, township.name, county_name + township.name):
                found.townships[name].append(township)
        latest_first = select(MinimumWage).order_by(MinimumWage.effective_from.desc())
        for wage in await session.scalars(latest_first):
            found.wages[wage.county_code].append(wage)
        return found

    def township(self, cells: Cells, column: Column = TOWNSHIP) -> Township | None:
        """Return the township that a cell names; what is out of the station's reach is a mistake."""
        text = cells.text(column)
        if text is None:
            return None
        named = self.townships.get(text, [])
        near = [one for one in named if one.within_reach]
        if not named:
            cells.line.wrong(column, "township_unknown", "没有这个乡镇、街道,见说明页")
        elif not near:
            cells.line.wrong(column, "out_of_reach", "不在本机构的服务区划内")
        elif len(near) > 1:
            cells.line.wrong(column, "township_ambiguous", _SEVERAL)
        else:
            return near[0]
        return None

    def minimum(self, county_code: str, day: date) -> MinimumWage | None:
        """Return the minimum wage in force in a county on a day."""
        return next((one for one in self.wages[county_code] if one.effective_from <= day), None)
