"""The three contracts as files in openapi/: exported, and held against what the application serves.

A command line of its own: only this one needs the whole application, and the others start faster without.
"""

import json
from pathlib import Path

import typer
from rich.console import Console

from app.core import migrated
from app.core.contract import Audience, contract
from app.core.settings import Environment, Settings
from app.main import create_app

cli = typer.Typer(no_args_is_help=True, help="三份接口契约。", pretty_exceptions_show_locals=False)
console = Console()
OPENAPI = migrated.ROOT / "openapi"


@cli.command()
def export() -> None:
    """Write openapi/mobile.json, admin.json and province.json."""
    for path, content in _served().items():
        path.write_text(content, "utf-8")
        console.print(f"{path.relative_to(migrated.ROOT)}  {len(content) // 1024} KiB")


@cli.command()
def check() -> None:
    """Fail if a committed contract is not what the application serves."""
    drifted = [
        path.name
        for path, content in _served().items()
        if not path.exists() or path.read_text("utf-8") != content
    ]
    if drifted:
        console.print(f"[red]Drifted: {', '.join(drifted)}. Run: make contracts")
        raise typer.Exit(1)
    console.print("The contracts are what the application serves.")


def _served() -> dict[Path, str]:
    app = create_app(Settings(environment=Environment.LOCAL))
    return {
        OPENAPI / f"{audience}.json": json.dumps(contract(app, audience), ensure_ascii=False, indent=1) + "\n"
        for audience in Audience
    }


if __name__ == "__main__":
    cli()
