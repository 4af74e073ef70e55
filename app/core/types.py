"""Columns and fields that mean the same everywhere."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import DateTime, Enum, MetaData, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import UserDefinedType
from uuid_utils.compat import uuid7

__all__ = ["Base", "Id", "Instant", "Json", "Schema", "Since", "enumeration", "new_id"]


def new_id() -> UUID:
    """Return a fresh UUIDv7: unique, and later ids sort after earlier ones."""
    return uuid7()


class Base(DeclarativeBase):
    """The parent of all tables; constraint names follow one pattern, so that problems can name them."""

    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True)}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


Id = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Since = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]


def enumeration(kind: type[StrEnum], name: str | None = None) -> Enum:
    """Store a StrEnum by its values, as text that a CHECK constraint bounds.

    The constraint is named after the enumeration, or `name` where a table has it twice.
    """
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        length=32,
        create_constraint=True,
        name=name or kind.__name__.lower(),
    )


class Point(UserDefinedType[str]):
    """PostgreSQL's own point: what SP-GiST and GiST order by distance fastest."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "point"


class Schema(BaseModel):
    """What comes in or goes out: unknown fields are refused, text is cut of outer blanks."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, str_strip_whitespace=True)


def refusal(code: str, zh: str, en: str) -> PydanticCustomError:
    """Return a field's refusal with a stable code and its message in both languages."""
    return PydanticCustomError(code, en, {"zh": zh})


def _storable(given: datetime) -> datetime:
    """Refuse what would leave the calendar when it is turned to UTC."""
    if not 1 < given.year < 9999:  # noqa: PLR2004 - the years that datetime knows
        raise refusal(
            "instant_out_of_range", "年份应在 2 至 9998 之间", "The year should be within 2 to 9998"
        )
    return given


Line = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\x00]+$")]
Moment = Annotated[AwareDatetime, AfterValidator(_storable), Field(examples=["2026-12-01T07:30:00+08:00"])]
