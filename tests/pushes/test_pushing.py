"""Changes come to who subscribed: all of them, in order for each thing, once in effect."""

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
