"""Rate limits by GCRA: one upsert in a table, exact under concurrency and across processes and crashes."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Interval, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.problems import TooMany
from app.core.types import Base, Instant


class Allowance(Base):
    """The theoretical arrival time of one key (ITU-T I.371, generic cell rate algorithm)."""

    __tablename__ = "allowances"

    key: Mapped[str] = mapped_column(primary_key=True)
    arrives_at: Mapped[Instant] = mapped_column(index=True)


@dataclass(frozen=True)
class Rate:
    """`times` at once, and as many again in every `per`."""

    name: str
    times: int
    per: timedelta

    @property
    def step(self) -> timedelta:
        return self.per // self.times  # rounded down, so that all of them fit into one instant


# Takes one if the arrival time is near enough; otherwise changes nothing and returns no row.
_TAKE = text(
    """INSERT INTO allowances AS a (key, arrives_at) VALUES (:key, :now + :step)
       ON CONFLICT (key) DO UPDATE SET arrives_at = greatest(a.arrives_at, :now) + :step
       WHERE greatest(a.arrives_at, :now) + :step <= :now + :per
       RETURNING arrives_at"""
).bindparams(
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("step", type_=Interval),
    bindparam("per", type_=Interval),
)


async def take(session: AsyncSession, rate: Rate, who: str, uses: int = 1) -> None:
    """Count uses by `who` (never personal data in the clear), or refuse with Retry-After in seconds.

    `uses` beyond what there is in all count as all of it.
    """
    key, now, step = f"{rate.name}:{who}", clock.now(), rate.step * min(uses, rate.times)
    values = {"key": key, "now": now, "step": step, "per": rate.per}
    if await session.scalar(_TAKE, values) is None:
        arrives: datetime = await session.scalar(
            text("SELECT arrives_at FROM allowances WHERE key = :key"), {"key": key}
        )
        wait_s = max(1, math.ceil((arrives + step - rate.per - now).total_seconds()))
        raise TooMany(
            f"请在 {wait_s} 秒后再试",
            f"Try again in {wait_s} seconds",
            headers={
                "Retry-After": str(wait_s),
                "RateLimit-Policy": f'"{rate.name}";q={rate.times};w={int(rate.per.total_seconds())}',
                "RateLimit": f'"{rate.name}";r=0;t={wait_s}',
            },
        )


async def forget(session: AsyncSession) -> None:
    """Delete the keys that are free again."""
    await session.execute(text("DELETE FROM allowances WHERE arrives_at < :now"), {"now": clock.now()})
