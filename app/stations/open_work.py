"""What a station has in hand: each floor above says how it counts its own."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

Count = Callable[[UUID], Select[int]]

_counts: dict[str, Count] = {}


def open_work(name: str) -> Callable[[Count], Count]:
    """Register the statement that counts what a station has in hand of one kind."""

    def register(count: Count) -> Count:
        _counts[name] = count
        return count

    return register


async def at_station(session: AsyncSession, station_id: UUID) -> dict[str, int]:
    """Return the figures by their names, in one statement."""
    columns: list[Any] = [
        count(station_id).scalar_subquery().label(name) for name, count in sorted(_counts.items())
    ]
    return dict((await session.execute(select(*columns))).mappings().one()) if columns else {}
