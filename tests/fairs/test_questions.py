"""Questions: asked by who is signed in, seen by everybody once staff let it, answered in lawful words."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from time_machine import travel

from app.core import clock
from app.fairs import contacts
from app.fairs.models import FairState
from app.stations.models import Role
from tests.fairs.past import COUNTY
from tests.fairs.test_live import Hall, hall
from tests.world import World, ok, refused


def path(on: Hall) -> str:
    return f"/v1/fairs/{on.fair_id}/questions"


async def live_text(world: World, on: Hall) -> str:
    """Return the feed of a fair that is over, whole."""
    ok(await on.host.post(f"/admin/v1/fairs/{on.fair_id}/end"))
    text = (await world.nobody.get(f"/v1/fairs/{on.fair_id}/live", params={"after": 0})).text
    return text + (await world.nobody.get(f"/v1/fairs/{on.fair_id}/live")).text


async def test_a_question_waits_for_the_moderator_and_names_nobody(world: World) -> None:
    on, person = await hall(world), await world.person()
    job = on.jobs[0]["id"]
    asked = ok(await person.post(path(on), {"text": "  五十五岁还要吗? ", "job_id": job}), 201)
    assert (asked["state"], asked["text"], asked["answer"]) == ("asked", "五十五岁还要吗?", None)
    clerk = await world.staff(COUNTY, Role.CLERK)
    listed = ok(await clerk.get(f"/admin/v1{path(on)[3:]}?state=asked"))["items"]
    assert [one["id"] for one in listed] == [asked["id"]]
    assert person.phone not in str(listed)
    assert await world.count("fair_feed") == 0

    await on.moderates(asked["id"], "show")
    answered = await on.moderates(asked["id"], "answer", answer="身体好就行,不限年龄。")
    assert answered["asker"] == f"{person.phone[:3]}****{person.phone[-4:]}"
    corrected = await on.moderates(asked["id"], "answer", answer="都欢迎,可以来面谈。")
    assert corrected["state"] == "answered"
    assert await world.count("events", "kind = 'QuestionAnswered'") == 1, "the asker is told once"
    feed = await live_text(world, on)
    assert "五十五岁还要吗?" in feed
    assert str(person.id) not in feed
    assert person.phone[:3] + "****" not in feed
    assert "五十五岁" not in await world.look("SELECT string_agg(ledger::text, '') FROM ledger")
    assert await world.count("fair_questions", "position('五十五岁'::bytea in text_sealed) > 0") == 0


@pytest.mark.parametrize(
    "text",
    [
        "打我电话13912345678", "1 3 9-1234-5678", "一三九一二三四五六七八", "加V:wang_2005",
        "加我微信详聊", "加 wx 细说",
        "微信号 wangfang88", "薇信:abc12345", "QQ 12345678", "看 www.gigs.top", "http://a.b/c",
        "1391234五六七八", "1️⃣ 3️⃣ 9️⃣ 1️⃣ 2️⃣ 3️⃣ 4️⃣ 5️⃣ 6️⃣ 7️⃣ 8️⃣", "❶❸❾❶❷❸❹❺❻❼❽", "١٣٩١٢٣٤٥٦٧٨",
        "139...1234...5678", "一三九——————一二三四——————五六七八",
        "1\u200b\u200b\u200b3\u200b\u200b\u200b9\u200b\u200b\u200b12\u200b\u200b\u200b34",
        "微 信 wang_2005", "w x wang_2005", "加 v wang", "微\u200b信wang_2005", "www . gigs . top",
    ],
)  # fmt: skip
def test_ways_round_the_market_are_found(text: str) -> None:
    assert contacts.stand_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "一天200元,干8小时,合25元一小时?", "早上7:30到17:30吗", "2026年12月1日开始?", "电话多少?",
        "在哪里加微信群?",
        "地址是鼓楼北大街1号吗", "三五天一结还是月结?", "日薪180-220?", "要带身份证吗", "零下十几度也干吗",
    ],
)  # fmt: skip
def test_plain_questions_pass(text: str) -> None:
    assert not contacts.stand_in(text)


async def test_contacts_are_refused_and_what_a_posting_may_not_say_is_named(world: World) -> None:
    on, person = await hall(world), await world.person()
    refused(await person.post(path(on), {"text": "打我电话13912345678"}), 422, "contact_in_words")
    question = ok(await person.post(path(on), {"text": "只要男的吗?"}), 201)["id"]
    (listed,) = ok(await on.host.get(f"/admin/v1{path(on)[3:]}"))["items"]
    assert [one["kind"] for one in listed["findings"]] == ["sex"]
    answer = f"/admin/v1/fairs/{on.fair_id}/questions/{question}/answer"
    problem = refused(await on.host.post(answer, {"answer": "是的,只要男的。"}), 422, "words_forbidden")
    assert "只要男" in problem["errors"][0]["message"]
    refused(await on.host.post(answer, {"answer": "请拨0357-2091234 2091235"}), 422, "contact_in_words")
    ok(await on.host.post(answer, {"answer": "男女都可以。"}))


async def test_who_asks_too_much_waits(world: World) -> None:
    on, person, other = await hall(world), await world.person(), await world.person()
    with travel(clock.now(), tick=False):
        for number in range(5):
            ok(await person.post(path(on), {"text": f"问题{number}"}), 201)
        problem = await person.post(path(on), {"text": "再问"})
        refused(problem, 429, "too_many_requests")
        assert int(problem.headers["Retry-After"]) == 120
        ok(await other.post(path(on), {"text": "再问"}), 201)
    with travel(clock.now() + timedelta(minutes=3)):
        person.token = await world.fresh_token(person)
        ok(await person.post(path(on), {"text": "再问"}), 201)


async def test_what_cannot_be_asked_or_moderated(world: World) -> None:
    on, planned, ended = [
        await hall(world, state) for state in (FairState.LIVE, FairState.PLANNED, FairState.ENDED)
    ]
    person = await world.person()
    refused(await world.nobody.post(path(on), {"text": "管饭吗"}), 401, "unauthenticated")
    refused(await person.post(path(planned), {"text": "管饭吗"}), 404, "not_found")
    refused(await person.post(path(ended), {"text": "管饭吗"}), 409, "fair_state")
    body = {"text": "管饭吗", "job_id": ended.jobs[0]["id"]}
    refused(await person.post(path(on), body), 422, "job_not_at_fair")
    for wrong in ("", "啊", "长" * 201, "管\u0000饭"):
        refused(await person.post(path(on), {"text": wrong}), 422, "invalid")

    question = await on.asked()
    one = f"/admin/v1/fairs/{on.fair_id}/questions/{question}"
    elsewhere = await world.staff("141081", Role.MANAGER)
    refused(await elsewhere.post(f"{one}/show"), 404, "not_found")
    refused(await elsewhere.get(f"/admin/v1{path(on)[3:]}"), 404, "not_found")
    other = f"/admin/v1/fairs/{ended.fair_id}/questions/{question}"
    refused(await ended.host.post(f"{other}/show"), 404, "not_found")
    refused(await on.host.post(f"{one[:-36]}{uuid4()}/show"), 404, "not_found")
    await on.moderates(question, "hide")
    refused(await on.host.post(f"{one}/hide"), 409, "question_state")
    refused(await on.host.post(f"{one}/answer", {"answer": "好"}), 409, "question_state")
    assert await world.count("fair_feed") == 0, "what nobody saw is not taken away"


async def test_a_closed_account_leaves_no_question_behind(world: World) -> None:
    on, person = await hall(world), await world.person()
    questions = [
        UUID(ok(await person.post(path(on), {"text": f"我叫王小明{n}"}), 201)["id"]) for n in range(3)
    ]
    await on.moderates(str(questions[0]), "show")
    await on.moderates(str(questions[1]), "answer", answer="您好。")
    data = await person.get("/v1/me/data")
    assert data.status_code == 200
    ok(await person.delete("/v1/me"), 204)
    assert await world.count("fair_questions", "text_sealed IS NULL AND state = 'hidden'") == 3
    assert "王小明" not in await live_text(world, on)
    refused(
        await on.host.post(f"/admin/v1/fairs/{on.fair_id}/questions/{questions[2]}/show"), 404, "not_found"
    )
