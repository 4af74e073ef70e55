"""What streams refuse."""

from app.core.problems import Conflict


class StreamBusy(Conflict):
    code = "stream_busy"
    title = "已有人正在用此密钥推流"
    title_en = "Somebody is publishing with this key already"
    constraint = "uq_stream_runs_on_air"
