"""Refusals: RFC 9457 problem details, one class beside each rule that it protects."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar, NamedTuple, Self


class Fault(NamedTuple):
    """One thing that is wrong with the input: where (JSON pointer), a stable code, and why."""

    pointer: str
    code: str
    zh: str
    en: str
    place: str = "body"

    def shown(self, *, english: bool) -> dict[str, str]:
        return {
            "pointer": self.pointer,
            "in": self.place,
            "code": self.code,
            "message": self.en if english else self.zh,
        }


class Problem(Exception):  # noqa: N818 - the standard's word is problem, not error
    """A refusal that the caller is told of.

    `constraint` names the database constraint that holds the same rule against races, so that the
    race and the check answer alike. `keeps` says that what was written before the refusal stays
    (a counter of wrong tries); otherwise the transaction is undone.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.CONFLICT
    code: ClassVar[str]
    title: ClassVar[str]
    title_en: ClassVar[str]
    constraint: ClassVar[str | None] = None
    keeps: ClassVar[bool] = False

    by_constraint: ClassVar[dict[str, type["Problem"]]] = {}

    def __init_subclass__(cls) -> None:
        """Let the constraint's name lead back to the problem that explains it."""
        if "constraint" in cls.__dict__ and cls.constraint:
            Problem.by_constraint[cls.constraint] = cls

    def __init__(
        self,
        zh: str | None = None,
        en: str | None = None,
        *,
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **extension: Any,
    ) -> None:
        super().__init__(self.code)
        self.zh, self.en = zh, en
        self.faults = list(faults)
        self.headers = dict(headers or {})
        self.extension = extension

    def body(self, *, instance: str, english: bool) -> dict[str, Any]:
        """Return the problem as the answer's JSON; `instance` is the request's id, never its address."""
        detail = self.en if english else self.zh
        return {
            "type": f"/docs/problems#{self.code}",
            "title": self.title_en if english else self.title,
            "status": int(self.status),
            "code": self.code,
            **({"detail": detail} if detail else {}),
            "instance": instance,
            **({"errors": [fault.shown(english=english) for fault in self.faults]} if self.faults else {}),
            **self.extension,
        }


class Malformed(Problem):
    status = HTTPStatus.BAD_REQUEST
    code = "malformed"
    title = "请求无法解读"
    title_en = "The request can't be read"


class Unauthenticated(Problem):
    status = HTTPStatus.UNAUTHORIZED
    code = "unauthenticated"
    title = "请先登录"
    title_en = "Sign in first"

    def __init__(self, zh: str | None = None, en: str | None = None) -> None:
        super().__init__(zh, en, headers={"WWW-Authenticate": "Bearer"})


class NotFound(Problem):
    """Absent, or out of the caller's reach: the two look alike on purpose."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"
    title = "没有找到"
    title_en = "Not found"


class MethodNotAllowed(Problem):
    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method_not_allowed"
    title = "此地址不支持该方法"
    title_en = "This address does not take that method"


class Conflict(Problem):
    code = "conflict"
    title = "与当前状态冲突"
    title_en = "In conflict with the present state"


class Stale(Problem):
    status = HTTPStatus.PRECONDITION_FAILED
    code = "stale"
    title = "内容已被他人修改,请刷新后再试"
    title_en = "Someone changed this meanwhile; read it again"


def must_be_fresh(seen: int | None, version: int) -> None:
    """Refuse who saw another version than the present one; `seen`: None from who does not say."""
    if seen is not None and seen != version:
        raise Stale


class TooLarge(Problem):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"
    title = "内容过大"
    title_en = "Too large"


class WrongMediaType(Problem):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "wrong_media_type"
    title = "不支持的内容类型"
    title_en = "This content type is not taken"


class RangeOutside(Problem):
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    code = "range_outside"
    title = "所求范围超出文件"
    title_en = "The range begins behind the end of the file"

    def __init__(self, size: int = 0) -> None:
        super().__init__(headers={"Content-Range": f"bytes */{size}"})


class Invalid(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"
    title = "填写的内容有误"
    title_en = "The input is not valid"

    @classmethod
    def at(cls, pointer: str) -> Self:
        """Return the problem with the field that it is about."""
        return cls(faults=[Fault(pointer, cls.code, cls.title, cls.title_en)])


class TooMany(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"
    title = "操作太频繁,请稍后再试"
    title_en = "Too many requests; try again later"


class Unexpected(Problem):
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "unexpected"
    title = "服务出错,已记录"
    title_en = "Something failed here; it has been recorded"


class NotReady(Problem):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "not_ready"
    title = "服务暂时不可用,请稍后再试"
    title_en = "Not ready; try again shortly"

    def __init__(self, zh: str | None = None, en: str | None = None) -> None:
        super().__init__(zh, en, headers={"Retry-After": "1"})


def refuse_field(pointer: str, code: str, zh: str, en: str) -> Invalid:
    """Return a 422 that names one field."""
    return Invalid(zh, en, faults=[Fault(pointer, code, zh, en)])
