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
    return hourly_of(job.pay_fen, job.pay_per, job.expected_minutes, shift_minutes)


def hourly_of(amount_fen: int, per: Per, expected_minutes: int | None, shift_minutes: int) -> int:
    """Return what `hourly_fen` does, for pay that stands in no posting."""
    match per:
        case Per.HOUR:
            return amount_fen
        case Per.DAY:
            return amount_fen * 60 // shift_minutes
        case Per.PIECE | Per.JOB:
            return amount_fen * 60 // (expected_minutes or shift_minutes)


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
        pays = hourly_fen(job, shift.minutes)
        fault = await too_little(session, job.county_code or "", clock.day_of(shift.starts_at), pays)
        if fault:
            return [fault]
    return []


async def too_little(session: AsyncSession, county_code: str, day: date, pays: int) -> Fault | None:
    """Return a fault if so many fen an hour are below the county's minimum on the day."""
    least = await minimum_on(session, county_code, day)
    return below(least, pays) if least else None


def below(least: MinimumWage, pays: int) -> Fault | None:
    """Return a fault if so many fen an hour are below a minimum."""
    if pays >= least.hourly_fen:
        return None
    zh = (
        f"折合每小时 {pays / 100:.2f} 元,低于当地最低小时工资 {least.hourly_fen / 100:.2f} 元({least.source})"
    )
    en = f"{pays} fen an hour is below the local minimum of {least.hourly_fen} fen"
    return Fault("/pay/amount_fen", "below_minimum_wage", zh, en)
