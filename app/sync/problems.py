"""What the province's clients are refused."""

from http import HTTPStatus

from app.core.problems import Problem


class InvalidClient(Problem):
    """RFC 6749, 5.2."""

    status = HTTPStatus.UNAUTHORIZED
    code = "invalid_client"
    title = "客户端标识或密钥不正确"
    title_en = "Client id or secret is wrong"


class InvalidScope(Problem):
    """RFC 6749, 5.2."""

    status = HTTPStatus.BAD_REQUEST
    code = "invalid_scope"
    title = "请求的权限超出该客户端的范围"
    title_en = "The scope asked for exceeds what this client has"


class InsufficientScope(Problem):
    """RFC 6750, 3.1: what is there is in the contract for all to read, so it is no secret."""

    status = HTTPStatus.FORBIDDEN
    code = "insufficient_scope"
    title = "访问令牌没有此项权限"
    title_en = "The access token lacks the scope for this"
