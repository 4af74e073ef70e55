"""Who is told of what staff did for a person at the counter."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import afterwards
from app.counter.events import DoneForPerson
from app.counter.models import Assistance
from app.identity.models import Account
from app.notifications.actions import Letter, tell
from app.notifications.kinds import Both, Values
from app.stations.models import Staff, Station


@afterwards(DoneForPerson)
async def tell_whom_it_was_done_for(session: AsyncSession, event: DoneForPerson) -> None:
    """Tell the person by SMS; who has no phone stood there, and needs no errand to hear of it again."""
    assistance = await session.get_one(Assistance, event.assistance_id)
    account = await session.get(Account, assistance.account_id)
    if account is None or account.phone_index is None:
        return
    station = await session.get_one(Station, assistance.station_id)
    officer = await session.get_one(Staff, assistance.staff_id)
    call = station.phone or "12333"
    values: Values = {
        "station": station.name,
        "officer": officer.name,
        "deed": Both(event.deed, event.operation.replace("_", " ")),
        "unless": Both(f"不是您本意请致电 {call}。", f"If you did not ask for it, call {call}."),
    }
    data = {"assistance_id": str(assistance.id)}
    await tell(session, Letter(account.id, "done_for_you", str(event.deed_id), values, data))
