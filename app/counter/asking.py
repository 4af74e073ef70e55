"""Who is asking through an assistance: the person, with the officer who stands in for them."""

from uuid import UUID

from fastapi import Depends, Request

from app.access.asking import AsHelper
from app.core.db import Session
from app.counter import queries
from app.identity.asking import stand_in


async def _assisted(request: Request, session: Session, officer: AsHelper, assistance_id: UUID) -> None:
    assistance, account = await queries.acting_for(session, officer, assistance_id)
    stand_in(request, account)
    request.state.assistance = (officer, assistance)


# Before anything else that an operation asks for: what follows takes the person for the caller.
Assisted = Depends(_assisted)
