"""Staff accounts of every role and level, the province's client, and the secrets of both."""

import base64
import hashlib
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.passwords import hashed
from app.core.keyring import blind_index
from app.geo.reference import ZONE
from app.stations.models import Role, Staff
from app.sync.models import Client, Scope
from scripts.demo.chance import Chance
from scripts.demo.identities import full_name
from scripts.demo.ledger import CITY
from scripts.demo.reference import Reference

EVERYWHERE = (Role.REVIEWER, Role.MEDIATOR, Role.MANAGER)
AT_SOME = (Role.CLERK, Role.REVIEWER, Role.MEDIATOR, Role.MANAGER, Role.AUDITOR)
COUNTIES = ("141002", "141024", "141081", ZONE)
AT_MARKETS = (Role.CLERK, Role.MANAGER)
TOWNSHIPS = ("141002002", "141002101", "141024100", "141081200")
CLIENT_ID = "province-demo"


def secret_of(name: str) -> str:
    """Return the demo's secret of this name, 16 characters of base32.

    It follows from the installation's index key, so it outlives demo.json and needs no file of its own.
    """
    return base64.b32encode(blind_index(name, "demo-secret")[:10]).decode()


def password() -> str:
    """Return the password of all demo staff."""
    return f"demo-{secret_of('password')[:8].lower()}"


def totp_secret(username: str) -> str:
    return secret_of(f"totp/{username}") + secret_of(f"totp-more/{username}")


def client_secret() -> str:
    return secret_of("province") + secret_of("province-more")


def staff(reference: Reference, today: datetime, seed: str) -> list[Staff]:
    """Return all six roles in the city, three in each county, five in some counties and townships.

    The zone's five are as a county's; a market has a manager and a clerk.
    """
    chance, kept = Chance("staff", seed), hashed(password())
    since = today - timedelta(days=365)
    posts = [(role, CITY) for role in Role]
    posts += [(role, code) for code in reference.boundaries for role in EVERYWHERE]
    posts += [(role, code) for code in COUNTIES for role in AT_SOME if role not in EVERYWHERE]
    posts += [(role, code) for code in TOWNSHIPS for role in AT_SOME]
    posts += [(role, code) for code in reference.markets for role in AT_MARKETS]
    stations = reference.stations | reference.markets
    made = []
    for role, division in posts:
        one = Staff(
            id=chance.id_at(since),
            username=f"{role}-{division}",
            name=full_name(chance),
            role=role,
            station_id=stations[division].id,
            password_hash=kept,
            created_at=since,
        )
        one.totp_secret = totp_secret(one.username)
        made.append(one)
    return made


def client(today: datetime) -> Client:
    """Return the province's client; its row tells that the demo city is there."""
    digest = hashlib.sha256(client_secret().encode()).digest()
    return Client(
        id=CLIENT_ID,
        ledger_id=uuid5(NAMESPACE_URL, CLIENT_ID),
        name="省级平台(演示)",
        secret_digest=digest,
        scopes=[scope.value for scope in Scope],
        addresses=["0.0.0.0/0", "::/0"],
        created_at=today,
    )


async def is_there(session: AsyncSession) -> bool:
    """Tell whether the demo city was loaded (primary key)."""
    return await session.get(Client, CLIENT_ID) is not None
