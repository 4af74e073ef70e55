"""Which division a point lies in, and what divisions there are."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.geo.models import Division, Level
from app.geo.places import stored
from app.geo.points import Wgs84

# Boundaries are drawn to about a hundred metres: a point this near a county still counts as in it.
BORDER_TOLERANCE_M = 500


@dataclass(frozen=True)
class Location:
    """The county that a point lies in, and the township whose seat is nearest within that county.

    A development zone comes before any township where its boundary, drawn by staff, covers the point.
    Townships have no published boundaries, so the nearest seat stands for the township; where the
    seat's position is approximate, so is the answer (`approximate`).
    """

    county: Division
    township: Division

    @property
    def approximate(self) -> bool:
        return self.township.position_source == "approximate"


async def locate(session: AsyncSession, point: Wgs84) -> Location | None:
    """Return where the point lies; None outside the city and further than 500 m from its border."""
    here = stored(point)
    county = await session.scalar(
        # GiST on divisions.boundary: ST_DWithin finds the few counties near, the distance orders them.
        select(Division)
        .where(Division.level == Level.COUNTY, func.ST_DWithin(Division.boundary, here, BORDER_TOLERANCE_M))
        .order_by(func.ST_Distance(Division.boundary, here), Division.code)
        .limit(1)
    )
    if county is None:
        return None
    township = (
        await session.scalars(
            # A county has at most twenty-odd townships: sorting them is cheap.
            select(Division)
            .where(
                Division.parent_code == county.code,
                or_(
                    Division.level == Level.TOWNSHIP,
                    and_(Division.level == Level.ZONE, func.ST_Covers(Division.boundary, here)),
                ),
            )
            .order_by(
                (Division.level == Level.ZONE).desc(), func.ST_Distance(Division.seat, here), Division.code
            )
            .limit(1)
        )
    ).one()
    return Location(county, township)


def below(code: str | None, level: Level | None) -> Select[Division]:
    """Return the divisions at and below a code, by code."""
    statement = select(Division).order_by(Division.code)
    if code:
        statement = statement.where(Division.code.startswith(code, autoescape=True))
    if level:
        statement = statement.where(Division.level == level)
    return statement
