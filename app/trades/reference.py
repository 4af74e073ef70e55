"""The trades and certificates in data/, loaded as reference data."""

import csv
from importlib.resources import files

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.trades.models import CertificateKind, Trade

DATA = files("app.trades") / "data"


def rows(name: str) -> list[dict[str, str]]:
    """Return a file of the reference data as dictionaries."""
    return list(csv.DictReader((DATA / name).read_text("utf-8").splitlines()))


async def load(session: AsyncSession) -> None:
    """Insert what is missing; what the city changed stays."""
    await session.execute(insert(CertificateKind).on_conflict_do_nothing(), rows("certificates.csv"))
    trades = [
        {
            "code": row["code"],
            "name": row["name"],
            "group": row["group"],
            "hazardous": row["hazardous"] == "true",
            "certificate": row["certificate"] or None,
            "synonyms": row["synonyms"] or "",
        }
        for row in rows("trades.csv")
    ]
    await session.execute(insert(Trade).on_conflict_do_nothing(), trades)
