"""Public reads that are asked for often: parsed once, answered with bytes that caches may keep."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any, get_type_hints
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError


class Lean(APIRoute):
    """A route whose endpoint takes the request and one model of its query, called `asked`.

    The contract is made from the same declaration as any other's; what is left out when a request
    comes is FastAPI's resolving of dependencies, which cost more than the search itself.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        endpoint: Callable[..., Coroutine[Any, Any, Response]] = self.endpoint
        model: type[BaseModel] = get_type_hints(endpoint)["asked"]

        async def handle(request: Request) -> Response:
            given = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
            try:
                asked = model.model_validate(dict(given))
            except ValidationError as error:
                raise RequestValidationError(
                    [found | {"loc": ("query", *found["loc"])} for found in error.errors(include_url=False)]
                ) from None
            return await endpoint(request, asked)

        return handle


def cacheable(
    request: Request, body: bytes, *, max_age_s: int, media_type: str = "application/json"
) -> Response:
    """Answer with the bytes and their ETag, or with 304 to who has them already; 0 s: the caller's alone."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    kept = f"public, max-age={max_age_s}" if max_age_s else "private, no-cache"
    headers = {"ETag": tag, "Cache-Control": kept, "Vary": "Accept-Language"}
    known = request.headers.get("if-none-match")
    if known is not None and (known.strip() == "*" or tag in known):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
