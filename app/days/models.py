"""The working calendar: the official days that are not what their weekday says."""

from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Base


class OfficialDay(Base):
    """A holiday, or a weekend day worked instead, as the State Council announced it for its year."""

    __tablename__ = "official_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    works: Mapped[bool]
    name: Mapped[str]
