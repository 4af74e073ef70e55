"""The contracts themselves: whole, in Chinese, described, and true to their own schemas."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from jsonschema_rs import Draft202012Validator

import app.main
from app.core.contract import PREFIXES, Audience, every_problem
from app.core.migrated import ROOT
from app.core.problems import Problem

LOADED = app.main  # every problem is known once it is
CONTRACTS = {
    audience: json.loads((ROOT / "openapi" / f"{audience}.json").read_text("utf-8")) for audience in Audience
}
# What anyone may call: everything else names its actor.
PUBLIC = {
    "send_code",
    "sign_in",
    "refresh",
    "staff_sign_in",
    "issue_token",
    "list_divisions",
    "find_division",
    "list_trades",
    "list_stations",
    "read_station",
    "search_jobs",
    "count_jobs",
    "map_jobs",
    "describe_job",
    "check_terms",
    "read_job",
    "read_employer",
    "list_employer_jobs",
    "list_employer_reviews",
    "read_employer_rating",
    "read_board",
    "stream_board",
    "stream_fair",
    "list_notices",
    "read_notice",
    "list_fairs",
    "read_fair",
    "list_fair_jobs",
    "read_fair_calendar",
    "read_fair_cover",
    "note_view",
    "note_job_opening",
    "read_fairs_calendar",
    "watch_replay",
    "read_public_statistics",
}
# Which actor a contract's operations name.
ACTORS = {Audience.MOBILE: "account", Audience.ADMIN: "staff", Audience.PROVINCE: "province"}
CHINESE = re.compile("[\u4e00-\u9fff]")
Json = dict[str, Any]


def operations(contract: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in contract["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


EVERY = [
    pytest.param(contract, path, method, operation, id=f"{method.upper()} {path}")
    for contract in CONTRACTS.values()
    for path, method, operation in operations(contract)
]


@pytest.mark.parametrize("audience", Audience)
def test_a_contract_is_valid_openapi(audience: Audience) -> None:
    assert CONTRACTS[audience]["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(CONTRACTS[audience]).validate()


@pytest.mark.parametrize("audience", Audience)
def test_a_contract_keeps_to_its_audience(audience: Audience) -> None:
    for path, _, operation in operations(CONTRACTS[audience]):
        assert path.startswith(PREFIXES[audience])
        for requirement in operation.get("security", []):
            assert set(requirement) <= {ACTORS[audience]}


def test_every_operation_names_its_actor_or_is_listed_as_public() -> None:
    found = {
        operation["operationId"]
        for contract in CONTRACTS.values()
        for _, _, operation in operations(contract)
        if {} in operation.get("security", [{}])
    }
    assert found == PUBLIC


@pytest.mark.parametrize("audience", Audience)
def test_no_name_is_used_twice(audience: Audience) -> None:
    names = Counter(operation["operationId"] for _, _, operation in operations(CONTRACTS[audience]))
    assert names.most_common(1)[0][1] == 1


@pytest.mark.parametrize(("contract", "path", "method", "operation"), EVERY)
def test_an_operation_is_described_in_chinese(
    contract: Json, path: str, method: str, operation: Json
) -> None:
    assert CHINESE.search(operation["summary"]), (path, method)
    assert CHINESE.search(operation["description"]), (path, method)
    for parameter in operation.get("parameters", []):
        if parameter["in"] != "path":
            assert CHINESE.search(parameter.get("description", "")), parameter["name"]
    for status, response in operation["responses"].items():
        if status.startswith(("4", "5")):
            assert set(response["content"]) == {"application/problem+json"}
    assert contract["tags"]


@pytest.mark.parametrize("audience", Audience)
def test_no_shape_is_named_after_where_the_code_has_it(audience: Audience) -> None:
    assert [name for name in CONTRACTS[audience]["components"]["schemas"] if "__" in name] == []


@pytest.mark.parametrize("audience", Audience)
def test_every_field_is_described(audience: Audience) -> None:
    contract = CONTRACTS[audience]
    schemas = contract["components"]["schemas"]

    def described(field: Json) -> bool:
        named = [field, *field.get("anyOf", [])]
        return any(CHINESE.search(one.get("description", "")) for one in named)

    bare = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, about in schema.get("properties", {}).items()
        if not described(about)
    ]
    assert bare == []


@pytest.mark.parametrize("audience", Audience)
def test_what_a_body_must_have_is_shown_by_example(audience: Audience) -> None:
    contract = CONTRACTS[audience]
    schemas = contract["components"]["schemas"]
    bare = []
    for _, _, operation in operations(contract):
        body = (
            operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        )
        for one in (body, *body.get("anyOf", [])):
            schema = _named(schemas, one)
            fields = schema.get("properties", {})
            bare += [
                f"{operation['operationId']}.{name}"
                for name in schema.get("required", [])
                if not _speaks_for_itself(schemas, fields[name])
            ]
    assert bare == []


def _named(schemas: Json, schema: Json) -> Json:
    found: Json = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def _speaks_for_itself(schemas: Json, field: Json) -> bool:
    """Tell whether a field has an example, or can be nothing else: a choice, an id, an instant, an object."""
    whole = _named(schemas, field)
    if "examples" in field or "examples" in whole or "enum" in whole or "anyOf" in whole:
        return True
    if whole.get("type") == "array":
        return _speaks_for_itself(schemas, whole["items"])
    return whole.get("type") in ("boolean", "object") or whole.get("format") in ("uuid", "date-time")


@pytest.mark.parametrize("audience", Audience)
def test_every_example_fits_its_schema(audience: Audience) -> None:
    contract = CONTRACTS[audience]
    looked_at = 0
    for schema, example in _examples(contract):
        whole = {**schema, "components": contract["components"]}
        Draft202012Validator(whole, validate_formats=True).validate(example)
        looked_at += 1
    assert looked_at > 0


def _examples(found: Any) -> Iterator[tuple[Json, Any]]:
    """Walk through the document: a schema's own examples, and those beside a schema."""
    if isinstance(found, list):
        for one in found:
            yield from _examples(one)
        return
    if not isinstance(found, dict):
        return
    if isinstance(found.get("examples"), list):
        yield from ((found, example) for example in found["examples"])
    if isinstance(found.get("examples"), dict) and "schema" in found:
        yield from ((found["schema"], example["value"]) for example in found["examples"].values())
    for one in found.values():
        yield from _examples(one)


@pytest.mark.parametrize("problem", every_problem(), ids=lambda problem: problem.code)
def test_a_problem_is_told_in_both_languages(problem: Any) -> None:
    assert re.fullmatch("[a-z_]+", problem.code)
    assert CHINESE.search(problem.title)
    assert problem.title_en
    assert not CHINESE.search(problem.title_en)


def test_no_two_problems_share_a_code() -> None:
    found = []
    waiting = [Problem]
    while waiting:
        children = waiting.pop().__subclasses__()
        waiting += children
        found += [child.code for child in children]
    assert Counter(found).most_common(1)[0][1] == 1
