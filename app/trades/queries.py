"""Which trades there are."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.problems import Fault
from app.trades.models import CertificateKind, Trade

UNKNOWN_TRADE = ("trade_unknown", "没有这个工种代码,见 /v1/trades", "No such trade code; see /v1/trades")
RETIRED_TRADE = ("trade_retired", "该工种已停用,请另选", "This trade is retired; choose another")
UNKNOWN_CERTIFICATE = (
    "certificate_unknown",
    "没有这个证书代码,见 /v1/trades",
    "No such certificate code; see /v1/trades",
)


def trades() -> Select[Trade]:
    return select(Trade).order_by(Trade.code)


async def unknown_trades(session: AsyncSession, codes: Iterable[str], pointer: str) -> list[Fault]:
    """Return a fault for each code that is no trade, pointing into the list at `pointer`."""
    given = list(codes)
    known = set(await session.scalars(select(Trade.code).where(Trade.code.in_(given)))) if given else set()
    return [Fault(f"{pointer}/{n}", *UNKNOWN_TRADE) for n, code in enumerate(given) if code not in known]


async def unknown_certificates(session: AsyncSession, codes: Iterable[str], pointer: str) -> list[Fault]:
    """Return a fault for each code that is no certificate."""
    given = list(codes)
    known = (
        set(await session.scalars(select(CertificateKind.code).where(CertificateKind.code.in_(given))))
        if given
        else set()
    )
    return [Fault(f"{pointer}/{n}", *UNKNOWN_CERTIFICATE) for n, c in enumerate(given) if c not in known]
