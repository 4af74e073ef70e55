"""What streams refuse."""

from http import HTTPStatus

from app.core.problems import Conflict, Invalid, Problem


class StreamBusy(Conflict):
    code = "stream_busy"
    title = "已有人正在用此密钥推流"
    title_en = "Somebody is publishing with this key already"
    constraint = "uq_stream_runs_on_air"


class StreamOnAir(Conflict):
    code = "stream_on_air"
    title = "直播进行中,请先结束"
    title_en = "The stream is on air; end it first"


class StreamNotByHand(Conflict):
    code = "stream_not_by_hand"
    title = "自有直播由推流开始,不能手动开始"
    title_en = "A stream of our own server begins when it is published"


class StreamWithoutKey(Conflict):
    code = "stream_without_key"
    title = "站外直播间没有推流地址"
    title_en = "An outside room has no push address"


class LiveServerAbsent(Invalid):
    code = "live_server_absent"
    title = "尚未接入该直播服务"
    title_en = "This live server is not set up"


class OutsideRoomIncomplete(Invalid):
    code = "outside_room_incomplete"
    title = "站外直播须填写平台和观看链接,其他直播不填"
    title_en = "An outside room has a platform and a link, and no other stream has"


class PublishRefused(Problem):
    """What our media server is answered; it tells the publisher nothing of why."""

    status = HTTPStatus.FORBIDDEN
    code = "publish_refused"
    title = "推流地址无效或已过期"
    title_en = "This push address is not good, or not any more"
