"""Workers from a spreadsheet."""

from app.stations.models import Role
from tests.imports.forms import WORKERS, brought, checked, errors, sheet, worker
from tests.world import HOUMA, World, ok, refused


async def test_workers_are_registered_with_their_real_names(world: World) -> None:
    reviewer = await world.staff("141002")
    rows = [worker(1), worker(2, 手机号=""), worker(3, 工种="", 重点群体="")]

    done = await brought(world, reviewer, "workers", sheet(WORKERS, rows))

    assert (done["rows_read"], done["rows_checked"], done["rows_written"]) == (3, 3, 3)
    assert (done["rows_new"], done["rows_linked"], done["rows_unchanged"]) == (3, 0, 0)
    assert await world.count("workers", "verified_at IS NOT NULL AND division LIKE '141002%'") == 3
    assert await world.count("accounts", "phone_index IS NULL") == 1
    assert (
        await world.count("consents", "purpose = 'real_name' AND given AND text_version LIKE '%paper'") == 3
    )
    assert await world.count("reached_through_stations") == 1
    assert await world.count("ledger", "action = 'import.done' AND after ->> 'new' = '3'") == 1
    assert await world.count("import_rows") == 0
    assert await world.count("imports", "file_key IS NULL") == 1
    assert await world.count("notifications", "kind = 'worker_verified'") == 3


async def test_the_preview_is_masked_and_the_database_holds_nothing_in_the_clear(world: World) -> None:
    reviewer = await world.staff("141002")
    row = worker(1)

    imported = await checked(world, reviewer, "workers", sheet(WORKERS, [row]))

    assert imported["preview"] == [
        {
            "row": 2,
            "outcome": "new",
            "cells": {
                "姓名": "李**",
                "证件号码": f"141{'*' * 11}{row[2][-4:]}",
                "手机号": "138****0001",
                "常住乡镇": "屯里镇",
            },
        }
    ]
    assert await world.count("workers") == 0
    for canary in ("李建国", row[2], "13800000001"):
        assert await world.count("import_rows", f"import_rows::text LIKE '%{canary}%'") == 0
        assert await world.count("imports", f"imports::text LIKE '%{canary}%'") == 0


async def test_every_mistake_is_named_by_row_and_column_and_nothing_is_written(world: World) -> None:
    reviewer = await world.staff("141002")
    rows = [
        worker(1),
        worker(2, 姓名="", 证件号码="110105194912310021"),
        worker(3, 手机号="0357-123456", 常住乡镇="侯马市路东街道"),
        worker(4, 工种="炼丹", 同意书签署="否"),
        worker(5, 证件号码=worker(1)[2]),
        worker(1, 证件号码=worker(6)[2], 手机号=""),
        worker(7, 证件号码=141002198001010012.0),
        worker(8, 常住乡镇="没有这个镇", 重点群体="神仙"),
        worker(9, 证件号码="14100220200101001X"),
        worker(10, 编号="", 手机号=worker(1)[3]),
    ]

    imported = await checked(world, reviewer, "workers", sheet(WORKERS, rows))

    assert imported["state"] == "refused"
    found = await errors(reviewer, imported)
    assert set(found) >= {
        (3, "姓名", "missing"),
        (3, "证件号码", "id_number_checksum"),
        (4, "手机号", "phone_invalid"),
        (4, "常住乡镇", "out_of_reach"),
        (5, "工种", "enum"),
        (5, "同意书签署", "enum"),
        (6, "证件号码", "given_twice"),
        (7, "编号", "given_twice"),
        (8, "证件号码", "digits_lost"),
        (9, "常住乡镇", "township_unknown"),
        (9, "重点群体", "enum"),
        (11, "编号", "missing"),
    }
    assert imported["error_count"] == len(found)
    refused(await reviewer.post(f"/admin/v1/imports/{imported['id']}/confirm", {}), 409, "import_state")
    assert await world.count("workers") == 0
    assert await world.count("import_rows") == 0


async def test_one_wrong_row_among_many_keeps_all_out(world: World) -> None:
    reviewer = await world.staff("141002")
    rows = [worker(n) for n in range(1, 40)] + [worker(40, 姓名="")]

    imported = await checked(world, reviewer, "workers", sheet(WORKERS, rows))

    assert (imported["state"], imported["error_count"]) == ("refused", 1)
    assert await world.count("accounts") == 0


async def test_who_is_known_is_linked_and_a_phone_of_somebody_else_is_a_mistake(world: World) -> None:
    reviewer = await world.staff("141002")
    await brought(world, reviewer, "workers", sheet(WORKERS, [worker(1)]))
    other = await world.worker()

    again = await brought(world, reviewer, "workers", sheet(WORKERS, [worker(1, 编号="另一编号")]))
    stolen = await checked(world, reviewer, "workers", sheet(WORKERS, [worker(2, 手机号=other.phone)]))
    swapped = await checked(
        world, reviewer, "workers", sheet(WORKERS, [worker(1, 编号="三", 手机号=other.phone)])
    )

    assert (again["rows_new"], again["rows_linked"]) == (0, 1)
    assert await world.count("workers") == 2
    assert await errors(reviewer, stolen) == [(2, "手机号", "phone_of_another")]
    assert await errors(reviewer, swapped) == [(2, "手机号", "phone_of_another")]


async def test_an_account_without_a_real_name_becomes_the_workers_own(world: World) -> None:
    reviewer = await world.staff("141002")
    actor = await world.worker(verified=False, name_shown="老王", travel_radius_m=5000)

    await brought(world, reviewer, "workers", sheet(WORKERS, [worker(1, 手机号=actor.phone)]))

    profile = ok(await actor.get("/v1/me/worker"))
    assert (profile["real_name_verified"], profile["name_shown"]) == (True, "老王")
    assert profile["name_masked"] == "李**"


async def test_an_account_that_lives_elsewhere_is_not_taken(world: World) -> None:
    reviewer, theirs = await world.staff("141002"), await world.staff("141081")
    actor = await world.worker(verified=False, home=HOUMA)
    row = worker(1, 手机号=actor.phone)

    found = await checked(world, reviewer, "workers", sheet(WORKERS, [row]))
    assert await errors(reviewer, found) == [(2, "手机号", "out_of_reach")]
    at_home = worker(1, 手机号=actor.phone, 常住乡镇="侯马市路东街道")
    done = await brought(world, theirs, "workers", sheet(WORKERS, [at_home]))
    assert done["rows_new"] == 1


async def test_who_registers_between_check_and_confirmation_refuses_the_whole(world: World) -> None:
    reviewer = await world.staff("141002")
    imported = await checked(world, reviewer, "workers", sheet(WORKERS, [worker(1), worker(2)]))
    actor = await world.worker(verified=False)
    ok(await actor.put("/v1/me/consents", {"real_name": True}))
    own = {"name": "李建国", "id_number": worker(2)[2]}
    ok(await actor.post("/v1/me/worker/real-name", own))

    ok(await reviewer.post(f"/admin/v1/imports/{imported['id']}/confirm", {}), 202)
    await world.deliver()

    found = ok(await reviewer.get(f"/admin/v1/imports/{imported['id']}"))
    assert found["state"] == "refused"
    assert await errors(reviewer, found) == [(3, "编号", "stale")]
    assert await world.count("workers") == 1


async def test_staff_of_another_county_or_role_see_nothing_of_it(world: World) -> None:
    reviewer = await world.staff("141002")
    imported = await checked(world, reviewer, "workers", sheet(WORKERS, [worker(1)]))
    path = f"/admin/v1/imports/{imported['id']}"

    for actor in (await world.staff("141081"), await world.staff("141002", Role.CLERK)):
        for address in (path, f"{path}/errors"):
            refused(await actor.get(address), 404, "not_found")
        refused(await actor.post(f"{path}/errors.xlsx", {"reason": "查看"}), 404, "not_found")
        for act in ("confirm", "cancel"):
            refused(await actor.post(f"{path}/{act}", {}), 404, "not_found")
    assert ok(await (await world.staff("141081")).get("/admin/v1/imports"))["items"] == []
    assert len(ok(await (await world.staff("1410", Role.MANAGER)).get("/admin/v1/imports"))["items"]) == 1
