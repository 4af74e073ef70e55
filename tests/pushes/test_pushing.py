"""Changes come to who subscribed: all of them, in order for each thing, once in effect."""

import pytest

from app.pushes import cutting
from tests.pushes.conftest import Pushed


async def test_changes_come_as_they_happened(pushed: Pushed) -> None:
    before = await pushed.feed.happens()
    await pushed.subscribes()
    first = await pushed.feed.happens(data='{"title":"瓦工"}')
    await pushed.feed.happens(kind="fair")
    await pushed.feed.happens(first, None)
    await pushed.push()
    second = await pushed.feed.happens()
    await pushed.push()

    told = [(item["id"], item["change"], item["data"], item["reason"]) for item in pushed.receiver.items]
    assert told == [
        (str(first), "removed", None, None),
        (str(first), "removed", None, "expired"),
        (str(second), "changed", {}, None),
    ]
    assert str(before) not in pushed.receiver.held
    one, two = pushed.receiver.taken
    assert one["type"] == "changes"
    assert (one["data"]["after"], one["data"]["next_cursor"]) == (
        "1-c4ca4238a0b9",
        one["data"]["items"][-1]["cursor"],
    )
    assert two["data"]["after"] == one["data"]["next_cursor"]
    assert pushed.receiver.forged == 0
    assert [one["state"] for one in await pushed.deliveries()] == ["delivered", "delivered"]
    assert (await pushed.shown())["behind"] == 0


async def test_many_changes_come_in_as_many_messages_as_they_need(
    pushed: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pushed.subscribes(types=["job", "fair"])
    monkeypatch.setattr(cutting, "MOST_ITEMS", 3)
    things = [str(await pushed.feed.happens(kind="fair" if n == 4 else "job")) for n in range(7)]
    await pushed.feed.happens(kind="station")
    await pushed.push()
    assert [len(one["data"]["items"]) for one in pushed.receiver.taken] == [3, 3, 1]
    monkeypatch.setattr(cutting, "MOST_BYTES", 1_000)
    # One that is larger than a message should be still comes, alone.
    big = [str(await pushed.feed.happens(data=f'{{"text":"{"工" * n}"}}')) for n in (10, 100, 500, 10)]
    await pushed.push()
    assert [len(one["data"]["items"]) for one in pushed.receiver.taken][3:] == [2, 1, 1]
    assert [item["id"] for item in pushed.receiver.items] == things + big
    ends = [(one["data"]["after"], one["data"]["next_cursor"]) for one in pushed.receiver.taken]
    assert [after for after, _ in ends[1:]] == [following for _, following in ends[:-1]]
