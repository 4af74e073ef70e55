"""Vacancies of the province, for tests."""

import itertools
import json
from typing import Any

from scripts.demo.numbers import valid_uscc
from tests.world import YAODU, Province, ok, shift, tomorrow

Json = dict[str, Any]
_numbers = itertools.count(1)


def vacancy(**changes: Any) -> Json:
    """Return a vacancy that may be shown, as the province sends it."""
    return {
        "version": 1,
        "title": "物流园分拣",
        "trade": "0301",
        "description": "分拣快递包裹,管一顿午饭。",
        "place": YAODU,
        "pay": {"amount_fen": 20000, "per": "day"},
        "pay_settlement": "daily",
        "insurance": {"provided_by": "employer"},
        "shifts": [shift()],
        "valid_until": tomorrow(0, days=30).isoformat(),
        "employer": {
            "name": "太原物流公司",
            "uscc": valid_uscc("140100", next(_numbers)),
            "contact": {"name": "赵强", "phone": "13800138000"},
        },
    } | changes


def line(source_id: str, version: int, **changes: Any) -> Json:
    """Return a line of a batch."""
    return {"source_id": source_id, "version": version, "job": vacancy(version=version, **changes)}


async def batch(province: Province, *lines: Json | bytes) -> list[Json]:
    """Send a batch; return its answers."""
    body = b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines)
    answer = await province.call(
        "POST",
        "/sync/v1/inbound/batches",
        content=body,
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code == 200, answer.text
    return [json.loads(told) for told in answer.text.splitlines()]


async def state_of(province: Province, source_id: str) -> Json:
    """Return what became of a vacancy."""
    found: Json = ok(await province.get(f"/sync/v1/inbound/jobs/{source_id}"))
    return found
