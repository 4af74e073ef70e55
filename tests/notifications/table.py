"""The tables of docs/notices.md, from the code: `python -m tests.notifications.table`."""

from app.notifications.kinds import Kind
from app.notifications.texts import WORDINGS
from app.notifications.words.alerts import ALERTS

_HEAD = "| kind | 告知谁 | 何时 | 短信 | 免打扰时段 |\n| --- | --- | --- | --- | --- |"
_ALERTS_HEAD = "| kind | 提醒哪里 | 何时 |\n| --- | --- | --- |"


def table() -> str:
    """Return both tables, of messages and of alerts."""
    rows = [
        f"| `{name}` | {kind.to} | {kind.when} | {_sms(kind)} | {_quiet(kind)} |"
        for name, kind in WORDINGS.items()
    ]
    alerts = [f"| `{name}` | {alert.to} | {alert.when} |" for name, alert in ALERTS.items()]
    return "\n".join([_HEAD, *rows, "", _ALERTS_HEAD, *alerts])


def _sms(kind: Kind) -> str:
    if kind.must:
        return f"必发:{kind.must}"
    return "可关闭" if kind.sms else "—"


def _quiet(kind: Kind) -> str:
    return "立即发" if kind.urgent else "早上发,来不及的立即发"


if __name__ == "__main__":
    print(table())  # noqa: T201
