"""In the local environment alone: what would have been sent by SMS."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from app.core.db import Session, Transacted
from app.identity.messages import text_of, to_phone
from app.identity.phones import normalised
from app.identity.schemas import MessageList, MessageView

router = APIRouter(prefix="/dev", tags=["本地开发"], route_class=Transacted, include_in_schema=False)


@router.get("/messages")
async def list_messages(
    session: Session, to: Annotated[str, Query(max_length=20), AfterValidator(normalised)]
) -> MessageList:
    """List the messages to a phone, newest first, whether or not the worker has been round."""
    return MessageList(
        items=[
            MessageView(to=to, text=text_of(message), sent_at=message.sent_at or message.created_at)
            for message in await session.scalars(to_phone(to))
        ]
    )
