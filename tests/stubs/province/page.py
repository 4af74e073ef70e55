"""What a person sees of the stub province: what it holds, what went over, what differs."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from tests.stubs.province.copy import TYPES
from tests.stubs.province.life import Province

_NAMES = {
    "job": "岗位",
    "employer": "用工主体",
    "engagement": "用工",
    "fair": "直播带岗",
    "station": "就业服务机构",
    "application": "省级岗位报名",
}
_WAYS = {"in": "市 → 省", "out": "省 → 市"}
_FRAME = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">{refresh}
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#223}}
table{{border-collapse:collapse;margin:1rem 0}}td,th{{padding:.2rem .8rem;border-bottom:1px solid #ccd;
text-align:left}}td.n{{text-align:right;font-variant-numeric:tabular-nums}}nav a{{margin-right:1rem}}
button{{font:inherit;padding:.3rem 1rem}}.well{{color:#063}}.ill{{color:#a00}}</style>
<h1>{title}</h1><nav><a href="/">数据与消息</a><a href="/differences">差异核对</a></nav>{body}</html>"""


def overview(province: Province) -> str:
    """Show what is held by type, and the last messages."""
    held = "".join(
        f"<tr><td>{_NAMES[kind]} <code>{kind}</code></td><td class=n>{province.copy.count(kind):,}</td></tr>"
        for kind in TYPES
    )
    said = "".join(
        f"<tr><td>{_time(one.at)}</td><td>{_WAYS[one.way]}</td><td>{escape(one.text)}</td></tr>"
        for one in province.last
    )
    shown = "".join(
        f"<tr><td><code>{escape(source_id)}</code></td><td>{escape(state)}</td></tr>"
        for source_id, state in province.states.items()
    )
    body = (
        "<p>这是省级平台的替身:只凭接口文档与市平台对接,自存一份数据。每两秒刷新。</p>"
        '<form method="post" action="/vacancies"><button>发一个省级岗位</button></form>'
        f"<h2>手中的数据</h2><table>{held}</table>"
        f"<h2>发给市里的岗位</h2><table>{shown or '<tr><td>暂无'}</table>"
        f"<h2>最近的消息</h2><table>{said or '<tr><td>暂无'}</table>"
    )
    return _FRAME.format(title="省级平台(替身)", refresh='<meta http-equiv="refresh" content="2">', body=body)


def differences(province: Province) -> str:
    """Show the last comparison with the city: empty when both sides are equal."""
    if province.compared_at is None:
        found = "<p>尚未核对。</p>"
    elif not province.differences:
        found = f"<p class=well>{_time(province.compared_at)} 核对:两边一致,没有差异。</p>"
    else:
        rows = "".join(
            f"<tr><td>{_NAMES[one.type]}</td><td>{escape(one.division)}</td><td>{escape(one.day)}</td>"
            f"<td><code>{escape(one.id)}</code></td><td>{escape(one.why)}</td></tr>"
            for one in province.differences
        )
        found = (
            f"<p class=ill>{_time(province.compared_at)} 核对:{len(province.differences)} 条有差异。</p>"
            f"<table><tr><th>类型<th>县区<th>日期<th>编号<th>差异</tr>{rows}</table>"
        )
    body = found + '<form method="post" action="/differences"><button>现在核对</button></form>'
    return _FRAME.format(title="差异核对", refresh="", body=body)


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo('Asia/Shanghai')):%H:%M:%S}"
