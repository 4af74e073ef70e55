"""What staff and viewers send and see while a fair is on."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.core.types import Line, Schema, refusal
from app.fairs.audience import Mark, Question, QuestionState
from app.fairs.models import Fair, FairState
from app.fairs.questions import findings
from app.fairs.staging import Stage
from app.identity.models import Account
from app.identity.phones import masked
from app.jobs.schemas import Finding
from app.streams.models import LiveKind, LivePlatform, StreamState

Link = Annotated[
    str,
    StringConstraints(max_length=500, pattern=r"^https://[^\s\x00-\x1f\x7f<>\"']+$"),
    Field(examples=["https://live.douyin.com/200525029536"]),
]
Words = Annotated[str, StringConstraints(min_length=2, max_length=200, pattern=r"^[^\x00]+$")]


class StreamSetting(Schema):
    kind: LiveKind = Field(
        description="own 自有直播服务器、tencent 腾讯云直播、aliyun 阿里云直播、outside 站外直播间",
        examples=["outside"],
    )
    platform: LivePlatform | None = Field(
        None,
        description="仅站外直播间,必填:douyin 抖音、kuaishou 快手、channels 视频号、other 其他",
        examples=["douyin"],
    )
    room: Line | None = Field(None, description="站外直播间号", examples=["200525029536"])
    link: Link | None = Field(None, description="仅站外直播间,必填:观看链接,https")


class ReplayLink(Schema):
    link: Link | None = Field(
        description="站外或云直播的回放链接,https;null 为撤下",
        examples=["https://www.douyin.com/video/7300000000000000000"],
    )


class RunView(Schema):
    started_at: datetime = Field(description="开始推流")
    ended_at: datetime | None = Field(description="结束推流;null 为正在推流")
    duration_ms: int | None = Field(description="回放时长,毫秒;没有回放时为 null")


class PlayView(Schema):
    kind: str = Field(description="hls、flv、rtmp,或 page 观看网页")
    url: str = Field(description="地址")


class StreamCase(Schema):
    kind: LiveKind = Field(description="直播方式")
    name: str = Field(description="流名,见于播放地址")
    platform: LivePlatform | None = Field(description="站外平台")
    room: str | None = Field(description="站外直播间号")
    link: str | None = Field(description="站外观看链接")
    replay_link: str | None = Field(description="站外回放链接")
    state: StreamState = Field(description="waiting 未开始、live 直播中、dropped 中断、ended 已结束")
    dropped_at: datetime | None = Field(description="何时中断;未中断为 null")
    runs: list[RunView] = Field(description="各次推流,先后为序")
    play: list[PlayView] = Field(description="播放地址,首选在前")

    @classmethod
    def of(cls, stage: Stage) -> Self:
        stream = stage.stream
        return cls(
            kind=stream.kind,
            name=stream.name,
            platform=stream.platform,
            room=stream.room,
            link=stream.link,
            replay_link=stream.replay_link,
            state=stream.state,
            dropped_at=stream.dropped_at,
            runs=[RunView.model_validate(run) for run in stage.runs],
            play=[PlayView(kind=one.kind, url=one.url) for one in stage.play],
        )


class PushAddress(Schema):
    push_address: str = Field(description="推流地址,只显示这一次;含密钥,勿外传")
    expires_at: datetime = Field(description="有效期至")


class FairTurn(Schema):
    """What starting and ending answer."""

    id: UUID = Field(description="招聘会编号")
    state: FairState = Field(description="live 直播中、ended 已结束")
    live_at: datetime | None = Field(description="何时开始")
    ended_at: datetime | None = Field(description="何时结束")

    @classmethod
    def of(cls, fair: Fair) -> Self:
        return cls(id=fair.id, state=fair.state, live_at=fair.live_at, ended_at=fair.ended_at)


class MarkDraft(Schema):
    """Which job: named, or the next one."""

    job_id: UUID | None = Field(None, description="开始讲解的岗位;与 next 二选一")
    next: bool = Field(False, description="true 为岗位单上的下一个")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.next == (self.job_id is not None):
            raise refusal("one_of_both", "job_id 与 next 二选一", "Give either job_id or next")
        return self


class MarkShift(Schema):
    by_s: int = Field(ge=-7200, le=7200, description="提前(负)或推后的秒数", examples=[-15])


class MarkCase(Schema):
    id: UUID = Field(description="时点编号")
    job_id: UUID = Field(description="讲解的岗位")
    at: datetime = Field(description="开始讲解的时刻")
    at_s: int | None = Field(description="直播的第几秒,即回放的位置;中断时为恢复处,未在直播为 null")

    @classmethod
    def of(cls, mark: Mark) -> Self:
        return cls(id=mark.id, job_id=mark.job_id, at=mark.at, at_s=mark.at_s)


class MarkPage(Schema):
    items: list[MarkCase] = Field(description="先标记的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class QuestionDraft(Schema):
    text: Words = Field(description="问题,2 至 200 字", examples=["管吃住吗?"])
    job_id: UUID | None = Field(None, description="问的岗位;不填为问整场")


class QuestionView(Schema):
    id: UUID = Field(description="提问编号")
    text: str | None = Field(description="问题")
    job_id: UUID | None = Field(description="问的岗位")
    answer: str | None = Field(description="回答")
    state: QuestionState = Field(description="asked 待审、shown 已上屏、answered 已回答、hidden 不展示")
    asked_at: datetime = Field(description="提问时间")

    @classmethod
    def of(cls, question: Question) -> Self:
        return cls.model_validate(_asked(question))


class QuestionCase(QuestionView):
    """A question as the moderator sees it."""

    asker: str = Field(description="提问人手机号,部分隐去;看不到的为「观众」")
    findings: list[Finding] = Field(description="其中招聘用语的问题,供审看;提问本身不因此被拒")
    changed_at: datetime = Field(description="最近处理时间")

    @classmethod
    def of_asker(cls, question: Question, asker: Account | None) -> Self:
        found = [Finding.model_validate(one) for one in findings(question)]
        about = {
            "asker": masked(asker.phone) if asker and asker.phone else "观众",
            "findings": found,
            "changed_at": question.changed_at,
        }
        return cls.model_validate(_asked(question) | about)


class QuestionPage(Schema):
    items: list[QuestionCase] = Field(description="先问的在前")
    next_cursor: str | None = Field(description="下一页游标;没有更多时为 null")


class Answer(Schema):
    answer: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]+$")] = Field(
        description="回答,500 字以内", examples=["包午饭,不管住,日结。"]
    )


def _asked(question: Question) -> dict[str, object]:
    return {
        "id": question.id,
        "text": question.text,
        "job_id": question.job_id,
        "answer": question.answer,
        "state": question.state,
        "asked_at": question.asked_at,
    }
