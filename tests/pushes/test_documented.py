"""The lines that the documentation gives to the provincial engineer verify what we send."""

import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from app.core.migrated import ROOT
from tests.pushes.conftest import Pushed, secret

Verified = Callable[[str, dict[str, str], bytes], bool]


def _documented() -> Verified:
    (code,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs/province-pushes.md").read_text("utf-8"), re.DOTALL
    )
    names: dict[str, Verified] = {}
    exec(code, names)  # noqa: S102 - our own documentation
    return names["verified"]


async def test_what_the_documentation_says_verifies_what_comes(pushed: Pushed) -> None:
    verified, came = _documented(), list[tuple[dict[str, str], bytes]]()
    answer = pushed.receiver.answer

    async def keep(request: Request) -> Response:
        came.append((dict(request.headers), await request.body()))
        return await answer(request)

    pushed.receiver.answer = keep  # type: ignore[method-assign]
    old, new = pushed.receiver.secret, secret()
    await pushed.subscribes()
    await pushed.subscribes(status=200, secret=new)
    await pushed.feed.happens(data='{"title":"瓦工"}')
    await pushed.push()
    ((headers, raw),) = came
    assert verified(old, headers, raw)
    assert verified(new, headers, raw)
    assert not verified(secret(), headers, raw)
    assert not verified(new, headers, raw.replace("瓦".encode(), "木".encode()))
    assert not verified(new, headers | {"webhook-id": "another"}, raw)
    assert not verified(new, headers | {"webhook-timestamp": "1700000000"}, raw)
    now = headers["webhook-timestamp"]
    assert not verified(new, headers | {"webhook-timestamp": str(int(now) + 1)}, raw)
