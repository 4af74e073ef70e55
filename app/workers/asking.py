"""Who is asking, as a worker."""

from typing import Annotated

from fastapi import Depends

from app.core.db import Session
from app.identity.asking import AsAccount
from app.workers.actions import worker_of
from app.workers.models import Worker


async def _worker(session: Session, account: AsAccount) -> Worker:
    return await worker_of(session, account)


AsWorker = Annotated[Worker, Depends(_worker)]
