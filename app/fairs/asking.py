"""Who looks at a fair: an account, or a device that gives itself a name and is otherwise nobody."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request

from app.fairs.viewing import Onlooker
from app.identity.asking import AsAnyone

ViewerId = Annotated[
    UUID | None,
    Header(alias="X-Viewer", description="未登录的设备自取的随机 UUID,只用于同一场内不重复计人;不填则不计"),
]


def _onlooker(request: Request, account: AsAnyone, device: ViewerId = None) -> Onlooker:
    is_local, client = request.app.state.settings.is_local, request.client
    address = None if is_local or client is None else client.host
    return Onlooker(account.id if account else None, device, address)


AsOnlooker = Annotated[Onlooker, Depends(_onlooker)]
