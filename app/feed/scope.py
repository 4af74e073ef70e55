"""How the publisher looks at what was touched: a statement a type for all of it, by primary key.

What it finds are facts, or why the province is not to have the thing. Nothing depends on the present time, so
the same rows give the same facts whenever they are read.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from app.feed.models import Reason
from app.mapping.facts import Facts

Found = dict[UUID, Facts | Reason]
CITY = "city"  # the source of what is ours


def among(column: InstrumentedAttribute[UUID], ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Return whether the column is one of the ids: one parameter, however many they are."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))
