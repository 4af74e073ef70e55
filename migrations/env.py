"""How migrations run: one transaction each, never waiting long for a lock."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.asyncio import create_async_engine

import app.schema  # noqa: F401 - every table, for autogenerate
from app.core.settings import Settings
from app.core.types import Base, Point

ischema_names["point"] = Point  # PostgreSQL's own point, which SQLAlchemy does not know

# Tables that migrations make and models do not: procrastinate's, PostGIS's.
FOREIGN = ("procrastinate_", "spatial_ref_sys")


def include(obj: object, name: str | None, kind: str, _reflected: bool, _to: object) -> bool:
    table = name if kind == "table" else getattr(getattr(obj, "table", None), "name", None)
    return not str(table or "").startswith(FOREIGN)


def run(connection: Connection | None) -> None:
    context.configure(
        connection=connection,
        dialect_name=None if connection else "postgresql",
        target_metadata=Base.metadata,
        include_object=include,
        compare_type=True,
        transaction_per_migration=True,
        as_sql=connection is None,
    )
    with context.begin_transaction():
        context.execute("SET LOCAL lock_timeout = '5s'")
        context.execute("SET LOCAL statement_timeout = '10min'")
        context.run_migrations()


async def online() -> None:
    url = context.config.attributes.get("url") or Settings().driver_url
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.execute(text("SET lock_timeout = '5s'"))
        await connection.commit()
        await connection.run_sync(run)
    await engine.dispose()


if context.is_offline_mode():
    run(None)
else:
    asyncio.run(online())
