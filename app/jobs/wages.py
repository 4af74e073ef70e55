"""What an hour pays, and the least that it must (rule 4)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import Fault
from app.jobs.models import Job, MinimumWage, Per, Shift


def hourly_fen(job: Job, shift_minutes: int) -> int:
    """Return the pay for an hour of a shift, in fen rounded down.

    By the hour it is the pay itself; by the day the pay over the shift's hours; by the piece over the
    minutes that a piece is expected to take; for the whole over the minutes expected, or the shift's.
    """
    if job.pay_fen is None or job.pay_per is None:
        raise ValueError("a job without pay")
    match job.pay_per:
        case Per.HOUR:
            return job.pay_fen
        case Per.DAY:
            return job.pay_fen * 60 // shift_minutes
        case Per.PIECE:
            return job.pay_fen * 60 // (job.expected_minutes or shift_minutes)
        case Per.JOB:
            return job.pay_fen * 60 // (job.expected_minutes or shift_minutes)


async def minimum_on(session: AsyncSession, county_code: str, day: date) -> MinimumWage | None:
    """Return the minimum wage in force in a county on a day (primary key)."""
    return await session.scalar(
        select(MinimumWage)
        .where(MinimumWage.county_code == county_code, MinimumWage.effective_from <= day)
        .order_by(MinimumWage.effective_from.desc())
        .limit(1)
    )


async def wage_faults(session: AsyncSession, job: Job, shifts: Sequence[Shift]) -> list[Fault]:
    """Return a fault if a shift pays less for an hour than its county's minimum on its day."""
    for shift in shifts:
        least = await minimum_on(session, job.county_code or "", clock.day_of(shift.starts_at))
        pays = hourly_fen(job, shift.minutes)
        if least and pays < least.hourly_fen:
            zh = (
                f"折合每小时 {pays / 100:.2f} 元,"
                f"低于当地最低小时工资 {least.hourly_fen / 100:.2f} 元({least.source})"
            )
            en = f"{pays} fen an hour is below the local minimum of {least.hourly_fen} fen"
            return [Fault("/pay/amount_fen", "below_minimum_wage", zh, en)]
    return []
