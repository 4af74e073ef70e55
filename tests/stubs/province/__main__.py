"""The stub province beside the demo city: `make province` starts it."""

import argparse
import asyncio
import json
import secrets
import sys
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from tests.stubs.province import demo
from tests.stubs.province.city import City, Credentials, Refusal
from tests.stubs.province.copy import Copy
from tests.stubs.province.doors import PUSHES, application
from tests.stubs.province.keys import Keys, kept
from tests.stubs.province.life import Province, Said
from tests.stubs.province.vacancies import numbered

TOLD_AT_FIRST = 40
COMPARE_EVERY_S = 30
POLL_EVERY_S = 10  # beside the pushes, which tell at once
_WAYS = {"in": "市 → 省", "out": "省 → 市"}


def main() -> None:
    """Serve the province until told to stop."""
    parser = argparse.ArgumentParser(prog="make province", description=__doc__)
    parser.add_argument("--city", required=True, help="the city's address, http://127.0.0.1:8000")
    parser.add_argument("--port", type=int, required=True, help="where our page is and pushes come in")
    parser.add_argument("--handout", type=Path, required=True, help="demo.json: who we are")
    parser.add_argument("--folder", type=Path, required=True, help="for our copy and keys")
    asked = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(asked.city, asked.port, asked.handout, asked.folder))


async def _serve(address: str, port: int, handout: Path, folder: Path) -> None:
    await _await_readiness(address)
    told, keys = _prepared(handout, folder)
    await demo.register(address, told, keys)
    credentials = Credentials(
        told["province"]["client_id"], key=keys.signing, token_url=told["province"]["token_url"]
    )
    secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    copy = Copy(str(folder / "copy.sqlite"))
    province = Province(City(address, credentials), copy, folder, [secret], tells=_printer())
    config = uvicorn.Config(
        application(province, numbered), host="127.0.0.1", port=port, log_level="warning", lifespan="off"
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve())
        living = group.create_task(_live(province, told, keys, f"http://127.0.0.1:{port}"))
        await serving
        living.cancel()


def _prepared(handout: Path, folder: Path) -> tuple[dict[str, Any], Keys]:
    folder.mkdir(parents=True, exist_ok=True)
    # What was copied of an earlier demo city is of no use for this one.
    (folder / "copy.sqlite").unlink(missing_ok=True)
    return json.loads(handout.read_text("utf-8")), kept(folder / "keys.json")


async def _live(province: Province, told: dict[str, Any], keys: Keys, address: str) -> None:
    await province.start_over()
    try:
        await province.subscribe(f"{address}{PUSHES}")
    except Refusal as refusal:
        province.say("out", f"不能订阅推送,改为轮询 no pushes, polls alone:{refusal}")
    await province.catch_up()
    following = asyncio.create_task(province.keep_following(POLL_EVERY_S))
    try:
        await demo.act(province, told, keys)
        await province.compare()
        _say(
            f"\n省级平台(替身)the stub province:  {address}\n"
            f"差异核对 differences:               {address}/differences\n"
            "结束 stop: Ctrl-C\n"
        )
        while True:
            await asyncio.sleep(COMPARE_EVERY_S)
            with suppress(Refusal, TimeoutError):
                await province.compare()
    finally:
        following.cancel()


async def _await_readiness(address: str) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=5, trust_env=False) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get("/readyz")).is_success:
                    return
            await asyncio.sleep(0.2)


def _printer() -> Any:
    left = TOLD_AT_FIRST

    def tell(said: Said) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            _say(f"  {_WAYS[said.way]}  {said.text}")
        if left == 0:
            _say("  …  其余见页面 the rest is on the page")

    return tell


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
