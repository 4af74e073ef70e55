"""The one clock: instants are aware UTC, calendar days are Asia/Shanghai's."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def day_of(instant: datetime) -> date:
    """Return the calendar day in Shanghai on which the instant falls."""
    return instant.astimezone(SHANGHAI).date()


def today() -> date:
    """Return today's date in Shanghai."""
    return day_of(now())


def start_of(day: date) -> datetime:
    """Return the instant at which the day begins in Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


def span_of(day: date) -> tuple[datetime, datetime]:
    """Return the first instant of the day in Shanghai and of the day after."""
    return start_of(day), start_of(day + timedelta(days=1))
