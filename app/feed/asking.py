"""Which types a client of the province asks for, and may read."""

from typing import Annotated

from fastapi import Query

from app.core.problems import refuse_field
from app.feed.models import Kind
from app.sync.asking import Caller
from app.sync.models import Scope
from app.sync.problems import InsufficientScope

Types = Annotated[
    str | None,
    Query(
        max_length=100,
        pattern=r"^[a-z]+(,[a-z]+)*$",
        description="类型,逗号分隔(job、employer、engagement、fair、station、application);不填为令牌可读的全部",
        examples=["job,employer"],
    ),
]


def kinds_read(caller: Caller, types: str | None) -> tuple[Kind, ...]:
    """Return the types asked for, each once, in the order of Kind; without any, all that may be read.

    Refuses one that the token has no scope for (403), and one that does not exist (422).
    """
    if types is None:
        readable = tuple(kind for kind in Kind if Scope(f"read:{kind}") in caller.scopes)
        if not readable:
            raise InsufficientScope(needed=[f"read:{kind}" for kind in Kind])
        return readable
    named = set(types.split(","))
    if named - set(Kind):
        raise refuse_field("/types", "type_unknown", "没有此类型", "There is no such type")
    caller.must(*(Scope(f"read:{kind}") for kind in sorted(named)))
    return tuple(kind for kind in Kind if kind in named)
