"""Which vacancies came down, and what became of them."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.keyring import keys
from app.core.problems import NotFound
from app.inbound.models import Code, Vacancy, VacancyState


async def one(session: AsyncSession, source_id: str) -> Vacancy:
    """Return a vacancy by the province's id for it, or 404."""
    vacancy = await session.get(Vacancy, source_id)
    if vacancy is None:
        raise NotFound
    return vacancy


async def page(
    session: AsyncSession, state: VacancyState | None, limit: int, cursor: str | None
) -> tuple[list[Vacancy], str | None]:
    """Return a page by id (primary key; index state, source_id)."""
    scope = f"inbound-vacancies/{state}"
    statement = select(Vacancy).order_by(Vacancy.source_id).limit(limit + 1)
    if state:
        statement = statement.where(Vacancy.state == state)
    if cursor:
        statement = statement.where(Vacancy.source_id > keys().cursors.read(cursor, scope)[0])
    found = (await session.scalars(statement)).all()
    more = len(found) > limit
    return list(found[:limit]), keys().cursors.sign([found[limit - 1].source_id], scope) if more else None


async def page_of_codes(
    session: AsyncSession, statement: Select[*tuple[Any, ...]], limit: int, cursor: str | None, scope: str
) -> tuple[list[Any], str | None]:
    """Return a page of codes by kind and code (primary key)."""
    statement = statement.order_by(Code.kind, Code.theirs).limit(limit + 1)
    if cursor:
        kind, theirs = keys().cursors.read(cursor, scope)
        statement = statement.where((Code.kind > kind) | ((Code.kind == kind) & (Code.theirs > theirs)))
    found = (await session.execute(statement)).all()
    last = found[limit - 1][0] if len(found) > limit else None
    following = keys().cursors.sign([last.kind, last.theirs], scope) if last else None
    return list(found[:limit]), following
