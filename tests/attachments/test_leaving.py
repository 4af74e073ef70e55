"""Pictures go with the account, but for what the other side's case rests on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.attachments.models import Attachment
from app.core.files import FileAbsent
from app.core.ports import ports
from tests.attendance.gate import gate
from tests.world import World, ok

HOUR = timedelta(hours=1)


async def test_pictures_of_illness_and_unused_ones_are_erased_when_the_account_closes(world: World) -> None:
    at = await gate(world)
    async with at.at(-HOUR):
        illness, unused = await at.upload(at.worker), await at.upload(at.worker)
        complaint = await at.upload(at.worker)
        ok(await at.worker.post(f"{at.path}/cancel", {"reason": "病了"}))
        excuse = {"kind": "illness", "text": "发烧", "files": [illness]}
        ok(await at.worker.post(f"{at.path}/excuse", excuse), 201)
        about = {"kind": "fraud", "engagement_id": at.id, "text": "地址是假的", "files": [complaint]}
        ok(await at.worker.post("/v1/disputes", about), 201)
        async with world.session() as session:
            keys = {str(one.id): one.picture_key for one in await session.scalars(select(Attachment))}
        assert (await at.worker.delete("/v1/me")).status_code == 204
    await world.deliver()
    assert await world.count("attachments") == 1
    for gone in (illness, unused):
        with pytest.raises(FileAbsent):
            await ports().files.get(keys[gone])
    assert await ports().files.get(keys[complaint])
