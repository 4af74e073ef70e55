"""The demo city's commands: where to look, a staff member's code, and the main job tried out."""

import time

import pyotp
import typer
from rich.console import Console

from app.core.settings import Settings
from scripts.demo import handout
from scripts.demo.trying import NotNow, Trial

demo = typer.Typer()
trying = typer.Typer(no_args_is_help=True, help="经真实接口试一试:找活、发活、抢单。")
demo.add_typer(trying, name="try")
console = Console(highlight=False, soft_wrap=True)
RUN = ".venv/bin/python -m app.cli"
STEP_S = 30
_PAGES = {"mobile": "手机端", "admin": "管理端", "province": "省平台"}
_STAFF = {
    "reviewer-1410": "市级审核 city reviewer",
    "manager-141002": "尧都区管理,主持正在进行的直播 county manager, host of the fair that is on",
    "manager-1410": "市级管理,主持下一场直播 city manager, host of the next fair",
    "mediator-141002": "尧都区调解,有在办争议 county mediator with open cases",
    "clerk-141002101": "乔李镇窗口,有待转告事项 township clerk with errands",
    "clerk-141002007": "铁路东零工市场 walk-in market clerk",
    "reviewer-141002400": "开发区审核 zone reviewer",
}
_VERBS = {
    "find": "找活 find",
    "post": "发活 post",
    "take": "抢单 take",
    "board": "大屏 board",
    "fair": "直播带岗 a hiring livestream",
    "live": "推流 stream to the next one",
}

_SHOWN = {
    "工资待付 a wage due": "wage_due",
    "爽约争议 a contested no-show": "no_show_contested",
    "正在上工 at work": "at_work",
    "有工资要付 wages to pay": "wages_to_pay",
}


@demo.command()
def welcome() -> None:
    """Say where to look, who to be, and what to try."""
    settings = Settings()
    console.print(f"\n[bold]临汾零工市场 Linfen gig market[/]  {settings.reached_at}\n")
    console.print("[bold]接口 API[/]")
    for audience, name in _PAGES.items():
        console.print(f"  {name} {audience:9} {settings.reached_at}/docs/{audience}")
    handed = handout.read(settings) if settings.is_local else None
    if handed is None:
        return
    console.print("\n[bold]工作人员 staff[/]  (password; 动态码 code:  totp NAME)")
    for one in handed["staff"]:
        if one["username"] in _STAFF:
            console.print(f"  {one['username']:16} {one['password']}  {_STAFF[one['username']]}")
    console.print(f"  {RUN} totp reviewer-1410")
    workers = [one["phone"] for one in handed["workers"] if one["verified"]]
    employers = [one["phone"] for one in handed["employers"] if one["state"] == "verified"]
    console.print("\n[bold]手机号 phones[/]")
    console.print(f"  劳动者 workers      {' '.join(workers[:3])}")
    console.print(f"  用工主体 employers  {' '.join(employers[:3])}")
    for role, whose in (("劳动者 worker", handed["workers"]), ("用工主体 employer", handed["employers"])):
        for what, of in _SHOWN.items():
            if (one := next((one for one in whose if of in one.get("shows", ())), None)) is not None:
                console.print(f"  {one['phone']}  {role}: {what}")
    market = next((one for one in handed.get("stations", ()) if one["kind"] == "market"), None)
    if market:
        console.print(f"  大屏 hall's screen  {market['board']}")
    console.print(f"  短信 SMS codes      {settings.reached_at}/dev/messages?to={workers[0]}")
    console.print("\n[bold]试一试 try[/]  (在本目录的另一终端 in another terminal, in this folder)")
    for verb, what in _VERBS.items():
        console.print(f"  {RUN} try {verb:5}   {what}")
    console.print("\n更多账号 more accounts: .local/demo.json   Ctrl-C 停止 stops\n")


@demo.command()
def totp(username: str) -> None:
    """Show the present code of a demo staff account; each is good once."""
    handed = handout.read(Settings()) or {"staff": []}
    secret = next((one["totp_secret"] for one in handed["staff"] if one["username"] == username), None)
    if secret is None:
        console.print(f"[red]没有 {username}。 No such demo account; they stand in .local/demo.json.")
        raise typer.Exit(1)
    left_s = STEP_S - int(time.time()) % STEP_S
    console.print(f"{pyotp.TOTP(secret).now()}  (还有 {left_s} 秒 {left_s} s left)")


@trying.command()
def find() -> None:
    """Find gigs near Yaodu's centre."""
    _tried("find")


@trying.command()
def board() -> None:
    """Show the board of Yaodu's walk-in market, and where its page is."""
    _tried("board")


@trying.command()
def post() -> None:
    """Post a gig and have it approved."""
    _tried("post")


@trying.command()
def take() -> None:
    """Take the gig that was posted last, or one nearby."""
    _tried("take")


@trying.command()
def fair() -> None:
    """Show the hiring livestream that is on, and its jobs."""
    _tried("fair")


@trying.command()
def live() -> None:
    """Ask for a push address for the city's next fair."""
    _tried("live")


def _tried(verb: str) -> None:
    try:
        with Trial(Settings(), console) as trial:
            getattr(trial, verb)()
    except NotNow as reason:
        console.print(f"\n[red]{reason}")
        raise typer.Exit(1) from None
