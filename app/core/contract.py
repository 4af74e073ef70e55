"""The contracts: what an operation can answer, and one OpenAPI document for each audience."""

import json
from enum import StrEnum
from typing import Any

from fastapi import FastAPI

from app.core.problems import (
    Invalid,
    Malformed,
    NotFound,
    NotReady,
    Problem,
    TooLarge,
    TooMany,
    Unauthenticated,
)

IF_ANY = "_if_any"  # ends the name of a security scheme that a caller may also leave out
PROBLEM_JSON = "application/problem+json"


class Audience(StrEnum):
    """Who a contract is for; the value names its file and its page."""

    MOBILE = "mobile"
    ADMIN = "admin"
    PROVINCE = "province"


PREFIXES = {Audience.MOBILE: "/v1/", Audience.ADMIN: "/admin/v1/", Audience.PROVINCE: "/sync/v1/"}
TITLES = {
    Audience.MOBILE: "临汾零工市场 · 手机端接口",
    Audience.ADMIN: "临汾零工市场 · 管理端接口",
    Audience.PROVINCE: "临汾零工市场 · 省级平台接口",
}
ABOUT = (
    "JSON、UTF-8、snake_case;时间为带时区的 RFC 3339,日期按北京时间;金额以分计。"
    "出错时返回 application/problem+json(RFC 9457),code 稳定可供程序判断;"
    "Accept-Language: en 可得英文说明。"
)

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 问题说明",
    "type": "object",
    "required": ["type", "title", "status", "code", "instance"],
    "properties": {
        "type": {"type": "string", "description": "说明页地址"},
        "title": {"type": "string", "description": "问题名称"},
        "status": {"type": "integer", "description": "HTTP 状态码"},
        "code": {"type": "string", "description": "稳定的机器可读代码"},
        "detail": {"type": "string", "description": "本次的具体说明"},
        "instance": {"type": "string", "description": "本次请求的编号"},
        "errors": {
            "type": "array",
            "description": "逐项指出有误的输入",
            "items": {
                "type": "object",
                "required": ["pointer", "in", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer"},
                    "in": {"type": "string", "description": "body、query、path 或 header"},
                    "code": {"type": "string", "description": "机器可读代码"},
                    "message": {"type": "string", "description": "说明"},
                },
            },
        },
    },
}


def answers(*problems: type[Problem], **success: Any) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that an operation can answer with, for `responses=`."""
    described: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        entry = described.setdefault(int(problem.status), {"description": "", "content": {PROBLEM_JSON: {}}})
        entry["description"] = ";".join(
            filter(None, [entry["description"], f"{problem.title}({problem.code})"])
        )
        media = entry["content"][PROBLEM_JSON]
        media["schema"] = {"$ref": "#/components/schemas/Problem"}
        media.setdefault("examples", {})[problem.code] = {
            "summary": problem.title,
            "value": problem().body(instance="urn:request:0193…", english=False),
        }
    return described | {int(status): about for status, about in success.items()}


def contract(app: FastAPI, audience: Audience) -> dict[str, Any]:
    """Return the part of the application's OpenAPI document that concerns one audience."""
    whole: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    prefix = PREFIXES[audience]
    paths = {path: item for path, item in whole["paths"].items() if path.startswith(prefix)}
    for path, item in paths.items():
        for method, operation in item.items():
            _name_staff_alone(operation, audience)
            _complete(operation, path, method)
    components = whole.get("components", {})
    schemas = components.get("schemas", {}) | {"Problem": PROBLEM_SCHEMA}
    _say_what_is_a_file(schemas)
    return {
        "openapi": whole["openapi"],
        "info": {"title": TITLES[audience], "version": "1.0.0", "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": _tags(paths),
        "paths": paths,
        "components": {
            "schemas": _used(paths, schemas),
            "securitySchemes": _schemes(paths, components.get("securitySchemes", {})),
        },
    }


def _name_staff_alone(operation: dict[str, Any], audience: Audience) -> None:
    """Leave out the account's token where staff call an operation of the app for a person."""
    if audience is Audience.ADMIN and "security" in operation:
        operation["security"] = [one for one in operation["security"] if "staff" in one]


def _complete(operation: dict[str, Any], path: str, method: str) -> None:
    """Add what every operation of its kind can answer with."""
    responses: dict[str, Any] = operation["responses"]
    if "HTTPValidationError" in json.dumps(responses.get("422", {})):
        del responses["422"]
    for status, entry in answers(*_of_its_kind(operation, path, method)).items():
        there = responses.setdefault(str(status), entry)
        if there is not entry:
            _add_examples(there, entry)
    for entry in responses.values():
        for media, said in entry.get("content", {}).items():
            if "json" not in media and not media.startswith("text/"):
                said["schema"] = {"type": "string", "format": "binary"}
    operation["responses"] = dict(sorted(responses.items()))


def _say_what_is_a_file(schemas: dict[str, Any]) -> None:
    """Mark uploads as generators of clients know them; `contentMediaType` alone is text to most."""
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            if field.get("contentMediaType") == "application/octet-stream":
                field["format"] = "binary"


def _schemes(paths: dict[str, Any], schemes: dict[str, Any]) -> dict[str, Any]:
    """Return the security schemes that the paths name; where one may be left out, say so there."""
    named: dict[str, Any] = {}
    for operation in (op for item in paths.values() for op in item.values()):
        for requirement in list(operation.get("security", [])):
            (name,) = requirement
            if name.endswith(IF_ANY):
                name = name.removesuffix(IF_ANY)
                operation["security"] = [{}, {name: []}]
            named[name] = schemes[name]
    return named


def _of_its_kind(operation: dict[str, Any], path: str, method: str) -> list[type[Problem]]:
    common: list[type[Problem]] = [NotReady]
    if operation.get("security"):
        common.append(Unauthenticated)
    if operation.get("parameters") or "requestBody" in operation:
        common.append(Invalid)
    if "requestBody" in operation:
        common += [Malformed, TooLarge]
    # A member of staff in another role is answered as if the door were not there.
    if "{" in path or (operation.get("security") and path.startswith(PREFIXES[Audience.ADMIN])):
        common.append(NotFound)
    if operation.get("security") and path.startswith(PREFIXES[Audience.ADMIN]) and "/auth/" not in path:
        common.append(_named()["password_change_required"])  # named, for core knows no domain
    if operation.get("security") and path.startswith(PREFIXES[Audience.PROVINCE]):
        # Every call of the province counts, and needs a scope.
        common += [TooMany, _named()["insufficient_scope"]]
    if any(p["name"].lower() == "if-match" for p in operation.get("parameters", [])):
        common.append(Malformed)
    if method == "post" and any(
        p["name"].lower() == "idempotency-key" for p in operation.get("parameters", [])
    ):
        common += [problem for name, problem in _named().items() if name.startswith("idempotency_key")]
    return common


def _add_examples(there: dict[str, Any], entry: dict[str, Any]) -> None:
    content = there.setdefault("content", {}).setdefault(PROBLEM_JSON, {})
    content.setdefault("schema", {"$ref": "#/components/schemas/Problem"})
    examples = content.setdefault("examples", {})
    for code, example in entry["content"][PROBLEM_JSON]["examples"].items():
        if code not in examples:
            examples[code] = example
            there["description"] += f";{example['summary']}({code})"


def every_problem() -> list[type[Problem]]:
    """Return each problem there is, by code."""
    return [problem for _, problem in sorted(_named().items())]


def _named() -> dict[str, type[Problem]]:
    found: dict[str, type[Problem]] = {}
    waiting = [Problem]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            found.setdefault(kind.code, kind)
    return found


def _tags(paths: dict[str, Any]) -> list[dict[str, str]]:
    names = [tag for item in paths.values() for op in item.values() for tag in op.get("tags", [])]
    return [{"name": name} for name in dict.fromkeys(names)]


def _used(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Keep the schemas that the paths refer to, directly or through another."""
    kept: dict[str, Any] = {}
    text = json.dumps(paths)
    waiting = [name for name in schemas if f'"#/components/schemas/{name}"' in text]
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        kept[name] = schemas[name]
        text = json.dumps(schemas[name])
        waiting += [other for other in schemas if f'"#/components/schemas/{other}"' in text]
    return dict(sorted(kept.items()))
