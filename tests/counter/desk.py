"""A counter: an officer, a person before them, and what each does."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from tests.contracts.engaged import picture
from tests.world import Actor, World, ok

Json = dict[str, Any]


@dataclass
class Desk:
    """An officer with an assistance: `call` does for the person what the app can do."""

    officer: Actor
    assistance: Json

    @property
    def path(self) -> str:
        return f"/admin/v1/assistances/{self.assistance['id']}"

    @property
    def account_id(self) -> str:
        return str(self.assistance["account_id"])

    async def get(self, path: str, **given: Any) -> httpx.Response:
        return await self.officer.get(f"{self.path}{path}", **given)

    async def post(self, path: str, json: Any = None, **given: Any) -> httpx.Response:
        return await self.officer.post(f"{self.path}{path}", json, **given)

    async def put(self, path: str, json: Any = None, **given: Any) -> httpx.Response:
        return await self.officer.put(f"{self.path}{path}", json, **given)

    async def delete(self, path: str, **given: Any) -> httpx.Response:
        return await self.officer.delete(f"{self.path}{path}", **given)


async def code_sent_to(world: World, phone: str) -> str:
    """Return the code that a phone got last."""
    found = re.search(r"验证码 (\d{6})", (await Actor(world, phone=phone).texts())[0])
    assert found
    return found.group(1)


async def by_code(world: World, officer: Actor, phone: str) -> Desk:
    """Let the person with a phone agree by a code."""
    begun = ok(await officer.post("/admin/v1/assistances", {"phone": phone}), 201)
    code = await code_sent_to(world, phone)
    path = f"/admin/v1/assistances/{begun['id']}/confirm"
    return Desk(officer, ok(await officer.post(path, {"code": code})))


def paper(**who: str) -> Json:
    """Return a signed sheet as a client sends it."""
    return {"data": who, "files": {"sheet": ("sheet.png", picture(), "image/png")}}


async def on_paper(officer: Actor, **who: str) -> Desk:
    """Let a person without a phone agree by a signed sheet."""
    return Desk(officer, ok(await officer.post("/admin/v1/assistances/on-paper", **paper(**who)), 201))
