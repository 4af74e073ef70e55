"""What the province's clients are refused."""

from http import HTTPStatus
from typing import Any

from app.core.problems import Problem


class SignInRefused(Problem):
    """RFC 6749, 5.2: a problem like any other, and `error` beside it for libraries that know no problems."""

    status = HTTPStatus.BAD_REQUEST
    code = "invalid_request"
    title = "登录请求有误"
    title_en = "The sign-in request is not valid"
    keeps = True  # the entry in the ledger, and the count of tries

    def __init__(self, zh: str | None = None, en: str | None = None, **extension: Any) -> None:
        headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = 'Basic realm="province"'
        super().__init__(zh, en, headers=headers, error=self.code, **extension)


class InvalidClient(SignInRefused):
    """One answer whatever is wrong: identity, secret, key, address, or that the client is disabled."""

    status = HTTPStatus.UNAUTHORIZED
    code = "invalid_client"
    title = "客户端标识、密钥或来源地址不正确"
    title_en = "Client id, credentials or address are wrong"


class InvalidScope(SignInRefused):
    code = "invalid_scope"
    title = "请求的权限超出该客户端的范围"
    title_en = "The scope asked for exceeds what this client has"


class UnsupportedGrantType(SignInRefused):
    code = "unsupported_grant_type"
    title = "只支持 client_credentials"
    title_en = "Only client_credentials is supported"


class InsufficientScope(Problem):
    """RFC 6750, 3.1: what is there is in the contract for all to read, so it is no secret."""

    status = HTTPStatus.FORBIDDEN
    code = "insufficient_scope"
    title = "访问令牌没有此项权限"
    title_en = "The access token lacks the scope for this"


class ClientIdTaken(Problem):
    code = "client_id_taken"
    title = "该客户端标识已存在"
    title_en = "There is a client of this id"
    constraint = "pk_province_clients"


class KeyIdTaken(Problem):
    code = "key_id_taken"
    title = "该客户端已有此编号的公钥"
    title_en = "This client has a key of this id"


class TooManyKeys(Problem):
    code = "too_many_keys"
    title = "公钥过多,请先删除不用的"
    title_en = "Too many keys; remove what is not in use"


class NoWayIn(Problem):
    code = "no_way_in"
    title = "删除后该客户端将无法登录"
    title_en = "The client could not sign in any more"
