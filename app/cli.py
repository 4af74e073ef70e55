"""The command line: migrate, reference data, the first administrator; the contracts have their own."""

import asyncio
import getpass
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from typing import Annotated

import asyncpg
import pyotp
import typer
from alembic import command
from rich.console import Console
from rich.progress import Progress, TaskID, track
from sqlalchemy import select

from app import reference
from app.access.passwords import hashed, weakness
from app.audit.verifying import Noted, Verified, verify
from app.core import keyring, migrated, ports
from app.core.db import Database
from app.core.settings import Settings
from app.core.types import new_id
from app.feed import checking
from app.feed.models import Kind
from app.stations.models import Role, Staff, Station, StationKind
from app.statistics.keeping import count_whole_day

WITH_DEMO = find_spec("scripts") is not None  # production images carry no demo city
if WITH_DEMO:
    from scripts.demo import city
    from scripts.demo.commands import demo

cli = typer.Typer(no_args_is_help=True, help="临汾零工市场:命令行。", pretty_exceptions_show_locals=False)
if WITH_DEMO:
    cli.add_typer(demo)
ledger = typer.Typer(no_args_is_help=True, help="操作台账。")
cli.add_typer(ledger, name="ledger")
statistics = typer.Typer(no_args_is_help=True, help="统计:按日重算。")
cli.add_typer(statistics, name="statistics")
province = typer.Typer(no_args_is_help=True, help="省平台:记录核对与重发。")
cli.add_typer(province, name="province")
console = Console()


@cli.command()
def migrate() -> None:
    """Bring the database's schema up to this code's."""
    settings = Settings()
    if asyncio.run(_revision(settings)) != migrated.expected_revision():
        command.upgrade(migrated.config(settings.driver_url), "head")


@cli.command()
def prepare() -> None:
    """Migrate, load the reference data, and in the local environment the demo city. Can be repeated."""
    migrate()
    settings = Settings()
    keyring.install(settings)
    ports.install(settings)
    asyncio.run(_prepare(settings))


@cli.command()
def administrator(username: str, name: Annotated[str, typer.Option(help="姓名")] = "系统管理员") -> None:
    """Appoint the city's first manager; asks for a password and shows the TOTP secret once."""
    settings = Settings()
    keyring.install(settings)
    password = getpass.getpass("Password (at least 12 characters): ")
    if why := weakness(password, username):
        console.print(f"[red]{why[1]}.")
        raise typer.Exit(1)
    secret = asyncio.run(_appoint(settings, username, name, password))
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="临汾零工市场")
    console.print(f"Enter this in an authenticator app, it is shown only now:\n{secret}\n{address}")


@ledger.command("verify")
def verify_ledger(
    noted: Annotated[str, typer.Option(help="NUMBER:HASH, as an earlier run printed it")] = "",
) -> None:
    """Reckon the whole chain anew; exit with 1 and name the first broken place if it is broken."""
    settings = Settings()
    keyring.install(settings)
    number, _, digest = noted.partition(":")
    known = Noted(int(number), bytes.fromhex(digest)) if noted else None
    found = asyncio.run(_verify(settings, known))
    console.print(
        f"{found.checked} entries. Note this elsewhere: {found.until_number}:{found.until_hash.hex()}"
    )
    for day in found.sealed_late:
        console.print(f"[yellow]{day} was sealed late: who knows why?")
    if found.first_broken:
        why, number_, entry_id, day_ = found.first_broken
        console.print(f"[red]Broken: {why} at number {number_}, entry {entry_id}, day {day_}")
        raise typer.Exit(1)


async def _verify(settings: Settings, noted: Noted | None) -> Verified:
    database = Database(settings.driver_url, 2)
    try:
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("reckoning")
            async with database.transaction(read_only=True) as session:
                return await verify(
                    session,
                    noted=noted,
                    progress=lambda done, of: progress.update(task, completed=done, total=of),
                )
    finally:
        await database.close()


@statistics.command()
def recompute(
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="第一天")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="最后一天,含")],
) -> None:
    """Count every day's figures anew from the domains' own tables; what was measured stays."""
    asyncio.run(_recompute(Settings(), since.date(), until.date()))


async def _recompute(settings: Settings, since: date, until: date) -> None:
    database = Database(settings.driver_url, 2)
    days = [since + timedelta(n) for n in range((until - since).days + 1)]
    try:
        for day in track(days, description="Counting", console=console):
            await count_whole_day(database, day)
    finally:
        await database.close()
    console.print(f"Counted {len(days)} days anew.")


@province.command("check")
def check_records() -> None:
    """Render everything anew and compare it with the records; exit with 1 and count by type what differs."""
    found = asyncio.run(_check_records(Settings()))
    for (kind, how), ids in sorted(found.items()):
        console.print(f"[red]{kind} {how}: {len(ids)}, such as {', '.join(ids[:3])}")
    if found:
        raise typer.Exit(1)
    console.print("The records are what they should be.")


async def _check_records(settings: Settings) -> dict[tuple[str, str], list[str]]:
    keyring.install(settings)
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    database = Database(settings.driver_url, 2)
    try:
        with Progress(console=console, transient=True) as progress:
            async for one in checking.check(database, _counted(progress)):
                found[one.kind.value, one.how].append(str(one.id))
    finally:
        await database.close()
    return found


@province.command("republish")
def look_again() -> None:
    """Let the worker look at everything again; what is as it was gives no change."""
    asyncio.run(_look_again(Settings()))
    console.print("All is touched; the worker publishes what differs.")


async def _look_again(settings: Settings) -> None:
    database = Database(settings.driver_url, 2)
    try:
        with Progress(console=console, transient=True) as progress:
            await checking.republish(database, _counted(progress))
    finally:
        await database.close()


def _counted(progress: Progress) -> Callable[[Kind, int], None]:
    tasks: dict[Kind, TaskID] = {}

    def count(kind: Kind, number: int) -> None:
        if kind not in tasks:
            tasks[kind] = progress.add_task(kind.value, total=None)
        progress.advance(tasks[kind], number)

    return count


async def _revision(settings: Settings) -> str | None:
    # As the owner, who migrates: the serving role comes to its rights by a migration.
    connection = await asyncpg.connect(settings.database_url, timeout=5)
    try:
        if not await connection.fetchval("SELECT to_regclass('alembic_version')"):
            return None
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return found
    finally:
        await connection.close()


async def _prepare(settings: Settings) -> None:
    database = Database(settings.driver_url, 2)
    try:
        async with database.transaction() as session:
            await reference.load(session, demonstration=settings.is_local)
        if settings.is_local and WITH_DEMO:
            await city.load(database, settings, console)
    finally:
        await database.close()


async def _appoint(settings: Settings, username: str, name: str, password: str) -> str:
    secret = pyotp.random_base32()
    database = Database(settings.driver_url, 2)
    try:
        async with database.transaction() as session:
            centre = (await session.scalars(select(Station).where(Station.kind == StationKind.CENTRE))).one()
            staff = Staff(
                id=new_id(),
                username=username,
                name=name,
                role=Role.MANAGER,
                station_id=centre.id,
                password_hash=hashed(password),
            )
            staff.totp_secret = secret
            session.add(staff)
    finally:
        await database.close()
    return secret


if __name__ == "__main__":
    cli()
