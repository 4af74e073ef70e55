"""The evidence of a dispute in one PDF, or in a ZIP with everything that it is made from."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.problems import NotFound


async def pdf_for_worker(session: AsyncSession, account_id: UUID, dispute_id: UUID) -> bytes:
    raise NotFound


async def zip_for_worker(session: AsyncSession, account_id: UUID, dispute_id: UUID) -> bytes:
    raise NotFound


async def for_staff(session: AsyncSession, officer: Any, dispute_id: UUID, format_: str, reason: str) -> Any:
    raise NotFound
