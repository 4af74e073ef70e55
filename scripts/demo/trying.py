"""Trying the main job out through the real API, with every call and its answer shown."""

import json
import re
from datetime import timedelta
from typing import Any, Self

import httpx
import pyotp
from rich.console import Console

from app.core import clock
from app.core.settings import Settings
from scripts.demo import handout

CENTRE = {"lng": 111.519, "lat": 36.0889, "datum": "wgs84"}  # Yaodu's
REVIEWER, HOST = "reviewer-1410", "manager-1410"
_STEP_S = 30
_SHOWN = 1_600
_SECRET = re.compile(r'("(?:access_token|refresh_token|password|totp)": ")[^"]{4,}"')
Json = dict[str, Any]


class NotNow(Exception):  # noqa: N818 - what was tried can't be had now; the text says why
    """The service refused, or isn't there."""


class Trial:
    """Somebody at a keyboard, with the demo's phones and what was signed in before."""

    def __init__(self, settings: Settings, console: Console) -> None:
        handed = handout.read(settings)
        if handed is None:
            raise NotNow("没有演示数据,请先运行 make run。 No demo data yet: make run first.")
        self._handed, self._console = handed, console
        self._notes_at = settings.local_dir / "tries.json"
        try:
            self._notes: Json = json.loads(self._notes_at.read_text("utf-8"))
        except (OSError, ValueError):
            self._notes = {}
        self._http = httpx.Client(base_url=handed["base_url"], timeout=20, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def find(self) -> None:
        """Find the three gigs nearest to Yaodu's centre."""
        self._said("尧都中心 5 公里内最近的零工 gigs within 5 km of Yaodu's centre")
        self._call("GET", "/v1/jobs", params=CENTRE | {"within_m": 5_000, "limit": 3})

    def board(self) -> None:
        """Show what hangs in the hall of Yaodu's walk-in market."""
        market = next(one for one in self._handed["stations"] if one["kind"] == "market")
        self._said(f"{market['name']} 大屏 the hall's screen  {market['board']}")
        self._call("GET", f"/admin/v1/board/{market['station_id']}")

    def fair(self) -> None:
        """Show the livestream that is on, and its jobs from near to far."""
        self._said("正在直播的招聘会 the hiring livestream that is on")
        on = self._call("GET", "/v1/fairs", params={"state": "live", "limit": 1})["items"]
        if not on:
            raise NotNow("现在没有直播。 Nothing is on now:  try live")
        path = f"/v1/fairs/{on[0]['id']}"
        self._call("GET", path)
        self._call("GET", f"{path}/jobs", params=CENTRE | {"limit": 3})
        base = self._handed["base_url"]
        self._said(
            f"实时消息 live feed  curl -N {base}{path}/live\n日历 calendar  {base}/v1/fairs.ics?division=1410"
        )

    def live(self) -> None:
        """Give the host of the city's next fair a push address, and say how to stream to it."""
        self._said(f"{HOST} 取推流地址 asks for a push address")
        token = self._on_duty(HOST)
        asked = {"state": "bookable", "division": "1410", "limit": 100}
        ahead = self._call("GET", "/admin/v1/fairs", token, params=asked)["items"]
        ids = {one["fair_id"] for one in self._handed["fairs"] if one["stream"] == "own"}
        fair = min((one for one in ahead if one["id"] in ids), key=lambda one: one["starts_at"], default=None)
        if fair is None:
            raise NotNow("没有可直播的招聘会。 No fair to stream to.")
        address = self._call("POST", f"/admin/v1/fairs/{fair['id']}/stream/key", token)["push_address"]
        self._said(
            f"{fair['title']} {fair['starts_at']}\n"
            f"make live                                # 媒体服务器 the media server\n"
            f"make live ARGS=\"--test-picture '{address}'\"   # 测试画面 a test picture"
        )

    def post(self) -> None:
        """Post a gig as an employer, and approve it as staff."""
        employer = next(e for e in self._handed["employers"] if e["state"] == "verified" and not e["trusted"])
        self._said(f"{employer['name']} 发布零工 posts a gig")
        token = self._signed_in(employer["phone"])
        job = self._call("POST", "/v1/jobs", token, json=_gig(employer["employer_id"]))
        self._call("POST", f"/v1/jobs/{job['id']}/submit", token)
        self._said(f"{REVIEWER} 审核通过 approves it")
        self._call("POST", f"/admin/v1/jobs/{job['id']}/approve", self._on_duty(REVIEWER), json={})
        self._note("job", job["id"])

    def take(self) -> None:
        """Take the gig that was posted last, or one nearby, as the first worker who can."""
        jobs = [self._notes["job"]] if "job" in self._notes else []
        nearby = CENTRE | {"within_m": 5_000, "hiring": "instant", "limit": 5}
        for worker in (one for one in self._handed["workers"] if one["verified"]):
            self._said(f"{worker['name_shown']} 抢单 takes a gig")
            token = self._signed_in(worker["phone"])
            if not jobs:
                jobs = [item["job"]["id"] for item in self._call("GET", "/v1/jobs", params=nearby)["items"]]
            for job_id in jobs:
                shift = self._open_to(token, job_id)
                if shift:
                    body = {"shift_ids": [shift]}
                    self._call("POST", f"/v1/jobs/{job_id}/applications", token, json=body)
                    self._call("GET", "/v1/me/engagements", token, params={"limit": 1})
                    return
            jobs = []  # what was posted is full: what is nearby will do
        raise NotNow("附近没有可抢的零工。 Nothing nearby is open: post one first.")

    def _open_to(self, token: str, job_id: str) -> str | None:
        """Return a shift that the worker would get at once."""
        try:
            asked = self._call("GET", f"/v1/jobs/{job_id}/eligibility", token)
        except NotNow:
            return None  # the posting is from before a reset
        return next((s["shift_id"] for s in asked["shifts"] if s["outcome"] == "accepted"), None)

    def _signed_in(self, phone: str) -> str:
        """Return an access token: by the refresh token of last time, else by a code from /dev/messages."""
        path = "/v1/auth/sessions"
        tokens = self._notes.get("tokens", {})
        answer: Json | None = None
        if phone in tokens:
            try:
                answer = self._call("POST", f"{path}/refresh", json={"refresh_token": tokens[phone]})
            except NotNow:
                self._console.print("登录已失效,重新登录 signing in anew", style="dim")
        if answer is None:
            self._call("POST", "/v1/auth/codes", json={"phone": phone})
            messages = self._call("GET", "/dev/messages", params={"to": phone})["items"]
            code = next(found[0] for m in messages if (found := re.search(r"\b[0-9]{6}\b", m["text"])))
            device = {"phone": phone, "code": code, "device_name": "命令行"}
            answer = self._call("POST", path, json=device)
        self._note("tokens", tokens | {phone: answer["refresh_token"]})
        return str(answer["access_token"])

    def _on_duty(self, username: str) -> str:
        """Return a member of staff's access token, kept from last time while it is good."""
        token = self._notes.get(username)
        if token:
            try:
                self._call("GET", "/admin/v1/me", token)
            except NotNow:
                self._console.print("登录已失效,重新登录 signing in anew", style="dim")
            else:
                return str(token)
        staff = next(one for one in self._handed["staff"] if one["username"] == username)
        path, totp = "/admin/v1/auth/sessions", pyotp.TOTP(staff["totp_secret"])
        given = {"username": staff["username"], "password": staff["password"]}
        try:
            answer = self._call("POST", path, json=given | {"totp": totp.now()})
        except NotNow:  # this half minute's code was used by hand: the next one is good already
            following = totp.at(clock.now() + timedelta(seconds=_STEP_S))
            answer = self._call("POST", path, json=given | {"totp": following})
        self._note(username, answer["access_token"])
        return str(answer["access_token"])

    def _call(self, method: str, path: str, token: str | None = None, **given: Any) -> Json:
        """Call and show both sides; refuses what is not a success."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = self._http.build_request(method, path, headers=headers, **given)
        self._console.print(
            f"\n→ {method} {request.url.raw_path.decode()}", style="bold cyan", soft_wrap=True
        )
        if given.get("json"):
            self._show(given["json"])
        try:
            answer = self._http.send(request)
        except httpx.TransportError:
            raise NotNow(
                f"{self._http.base_url} 没有应答,请先运行 make run。 No answer: make run first."
            ) from None
        result = f"← {answer.status_code} {answer.reason_phrase}"
        self._console.print(result, style="green" if answer.is_success else "red")
        content: Json = answer.json() if answer.content else {}
        self._show(content)
        if not answer.is_success:
            raise NotNow(f"{content.get('title', '')} {content.get('detail') or ''}".strip())
        return content

    def _show(self, content: Json) -> None:
        shown = _SECRET.sub(r'\1…"', json.dumps(content, ensure_ascii=False, indent=1))
        if len(shown) > _SHOWN:
            shown = shown[:_SHOWN].rpartition("\n")[0] + "\n  …"
        self._console.print(shown, style="dim", markup=False, highlight=False)

    def _said(self, text: str) -> None:
        self._console.print(f"\n{text}", style="bold", markup=False)

    def _note(self, name: str, value: Any) -> None:
        """Keep what the next try needs, for the owner alone."""
        self._notes[name] = value
        self._notes_at.touch(mode=0o600)
        self._notes_at.write_text(json.dumps(self._notes), "utf-8")


def _gig(employer_id: str) -> Json:
    first = clock.start_of(clock.today() + timedelta(days=2))
    days = [first + timedelta(days=day) for day in range(3)]
    return {
        "employer_id": employer_id,
        "title": "仓库卸货",
        "trade": "0501",
        "description": "卸两车瓷砖,码放整齐,管一顿午饭。",
        "place": CENTRE | {"address": "尧都区鼓楼北大街 1 号"},
        "pay": {"amount_fen": 26_000, "per": "day"},
        "pay_settlement": "daily",
        "hiring": "instant",
        "requirements": {"certificates": [], "text": None},
        "insurance": {"provided_by": "employer"},
        "shifts": [
            {
                "starts_at": (day + timedelta(hours=8)).isoformat(),
                "ends_at": (day + timedelta(hours=16)).isoformat(),
                "headcount": 3,
            }
            for day in days
        ],
        "valid_until": (days[-1] + timedelta(hours=8)).isoformat(),
    }
