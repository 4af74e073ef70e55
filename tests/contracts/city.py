"""What the city sets and announces, and work that got stuck."""

from typing import Any, NamedTuple

from sqlalchemy import text, update

from app.core.sms import Message
from app.identity.messages import text_to
from app.identity.models import SmsMessage
from app.stations.models import Role
from tests.streams.media import kept_replay
from tests.world import Actor, World, ok

_FAILED = """INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)
             VALUES ('work', 'sms.send', '{"message_id": "0193a3c0"}', 'failed', 17)
             RETURNING id"""


class OfTheCity(NamedTuple):
    """Ids by the names in paths, and those that fit an operation."""

    ids: dict[str, list[str]]
    fitting: dict[str, list[dict[str, str]]]


async def furnish_city(world: World, staff: dict[Role, Actor], division: str) -> OfTheCity:
    """Leave a draft, a published notice, a trade, failed work and an unsent message behind."""
    manager, operator = staff[Role.MANAGER], staff[Role.OPERATOR]
    notices = []
    for verb in ("", "publish"):
        body: dict[str, Any] = {"kind": "notice", "title": "通知", "text": "正文", "division": division}
        notice = ok(await manager.post("/admin/v1/notices", body), 201)
        if verb:
            ok(await manager.post(f"/admin/v1/notices/{notice['id']}/{verb}"))
        notices.append(notice["id"])
    ok(await operator.post("/admin/v1/trades", {"code": "9901", "name": "试飞", "group": "新职业"}), 201)
    async with world.session() as session:
        failed = await session.scalar(text(_FAILED))
    async with world.session() as session:
        await text_to(session, f"+86{world.new_phone()}", Message("told", {"job": "卸货"}, "通知"))
        refused = (
            update(SmsMessage)
            .where(SmsMessage.template == "told")
            .values(failure="isv.REFUSED")
            .returning(SmsMessage.id)
        )
        unsent = (await session.scalars(refused)).one()
    draft, published = ({"notice_id": one} for one in notices)
    return OfTheCity(
        {
            "notice_id": notices,
            "county_code": ["141002"],
            "effective_from": ["2099-01-01"],
            "code": ["9901"],
            "work_id": [str(failed)],
            "message_id": [str(unsent)],
            "run_id": [await kept_replay(world)],
        },
        {
            "publish_notice": [draft],
            "change_notice": [draft],
            "read_notice": [published],
            "withdraw_notice": [published],
        },
    )
