"""Evidence: sent first, put to one thing, seen by who may see that thing."""

import zipfile
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from PIL import Image

from app.attachments.actions import A_DAY, put_to
from app.attachments.models import Attachment, Belongs
from app.attachments.problems import AttachmentUnknown
from app.attachments.queries import picture_of
from app.core.problems import NotFound
from tests.world import Actor, World, ok, refused


def picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "white").save(drawn, "PNG")
    return drawn.getvalue()


async def sends(actor: Actor) -> UUID:
    answer = await actor.post("/v1/me/files", files={"file": ("chat.png", picture(), "image/png")})
    return UUID(ok(answer, 201)["id"])


async def test_a_picture_is_seen_by_its_sender_alone_until_it_is_put_to_something(world: World) -> None:
    sender, other = await world.person(), await world.person()
    sent = await sends(sender)

    mine = await sender.get(f"/v1/me/files/{sent}")
    assert mine.status_code == 200
    assert mine.headers["content-type"] == "image/jpeg"
    refused(await other.get(f"/v1/me/files/{sent}"), 404, "not_found")


async def test_a_picture_is_evidence_for_one_thing_only(world: World) -> None:
    sender = await world.person()
    sent, one, other = await sends(sender), uuid4(), uuid4()
    async with world.session() as session:
        await put_to(session, sender.id, [sent], Belongs.DISPUTE, one)
        assert (await picture_of(session, one, sent)).startswith(b"\xff\xd8")
        with pytest.raises(NotFound):
            await picture_of(session, other, sent)
    async with world.session() as session:
        with pytest.raises(AttachmentUnknown):
            await put_to(session, sender.id, [sent], Belongs.DISPUTE, other)


async def test_what_is_unknown_or_anothers_is_named(world: World) -> None:
    sender, other = await world.person(), await world.person()
    mine, theirs = await sends(sender), await sends(other)
    async with world.session() as session:
        with pytest.raises(AttachmentUnknown) as refusal:
            await put_to(session, sender.id, [mine, theirs, uuid4()], Belongs.APPEAL, uuid4())
    assert [fault.pointer for fault in refusal.value.faults] == ["/files/1", "/files/2"]
    assert await world.count("attachments", "owner_id IS NOT NULL") == 0


async def test_nobody_sends_without_end(world: World) -> None:
    sender = await world.person()
    async with world.session() as session:
        session.add_all(Attachment(account_id=sender.id, picture_key="x") for _ in range(A_DAY))
    answer = await sender.post("/v1/me/files", files={"file": ("chat.png", picture(), "image/png")})
    refused(answer, 429, "too_many_attachments")


async def test_what_is_no_picture_is_refused(world: World) -> None:
    sender = await world.person()
    answer = await sender.post("/v1/me/files", files={"file": ("chat.png", b"%PDF-1.7", "image/png")})
    refused(answer, 422, "picture_invalid")


async def test_evidence_is_in_what_is_held_about_a_person(world: World) -> None:
    sender = await world.person()
    sent = await sends(sender)
    packed = await sender.get("/v1/me/data")
    assert packed.status_code == 200
    assert str(sent) in _read(packed.content, "attachments.json")


def _read(packed: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        return archive.read(name).decode()
