"""Versions as ETags: what two people may edit carries one, and a change may name the one it saw."""

from typing import Annotated

from fastapi import Header, Response

from app.core.problems import Malformed

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=40,
        description="所见内容的 ETag;已被他人修改则返回 412",
        examples=['"3"'],
    ),
]


def version_in(if_match: str | None) -> int | None:
    """Return the version that the caller saw; None if it does not say or takes any (`*`)."""
    if if_match is None or if_match.strip() == "*":
        return None
    digits = if_match.strip().removeprefix("W/").strip('"')
    if not digits.isascii() or not digits.isdigit():
        raise Malformed("If-Match 应为所见的 ETag", "If-Match should be the ETag that was seen")
    return int(digits)


def tag(response: Response, version: int) -> None:
    """Say the version in the answer."""
    response.headers["ETag"] = f'"{version}"'
