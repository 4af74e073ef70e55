"""Answers that are pictures, papers or sealed: for who asked alone, so that nothing on the way keeps them."""

from collections.abc import Mapping

from fastapi import Response


class _Private(Response):
    # `status_code` is given by nobody: FastAPI reads the contract's status from its default.
    def __init__(
        self, content: bytes, status_code: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(content, status_code, {"Cache-Control": "no-store", **(headers or {})})


class Picture(_Private):
    media_type = "image/jpeg"


class Paper(_Private):
    media_type = "application/pdf"


class Sealed(_Private):
    """A JWE in its compact form (RFC 7516)."""

    media_type = "application/jose"
