"""What pydantic found wrong, said in Chinese and English without repeating what was sent."""

from collections.abc import Sequence
from typing import Any

from app.core.problems import Fault

# pydantic's error type: what we say of it. `{…}` are the bounds of the field, never the input.
_SAID: dict[str, tuple[str, str]] = {
    "missing": ("必填", "Required"),
    "extra_forbidden": ("不接受此字段", "This field is not taken"),
    "json_invalid": ("不是有效的 JSON", "Not valid JSON"),
    "string_type": ("应为文本", "Should be text"),
    "string_unicode": ("文本含无效字符", "The text has invalid characters"),
    "string_too_short": ("至少 {min_length} 个字符", "At least {min_length} characters"),
    "string_too_long": ("至多 {max_length} 个字符", "At most {max_length} characters"),
    "string_pattern_mismatch": ("格式不正确", "Not in the right form"),
    "int_type": ("应为整数", "Should be a whole number"),
    "int_parsing": ("应为整数", "Should be a whole number"),
    "int_from_float": ("应为整数", "Should be a whole number"),
    "float_type": ("应为数字", "Should be a number"),
    "float_parsing": ("应为数字", "Should be a number"),
    "finite_number": ("应为有限的数字", "Should be a finite number"),
    "bool_type": ("应为 true 或 false", "Should be true or false"),
    "bool_parsing": ("应为 true 或 false", "Should be true or false"),
    "greater_than": ("应大于 {gt}", "Should be greater than {gt}"),
    "greater_than_equal": ("不能小于 {ge}", "Should be at least {ge}"),
    "less_than": ("应小于 {lt}", "Should be less than {lt}"),
    "less_than_equal": ("不能大于 {le}", "Should be at most {le}"),
    "too_short": ("至少 {min_length} 项", "At least {min_length} items"),
    "too_long": ("至多 {max_length} 项", "At most {max_length} items"),
    "enum": ("应为 {expected} 之一", "Should be one of {expected}"),
    "literal_error": ("应为 {expected} 之一", "Should be one of {expected}"),
    "uuid_type": ("应为编号(UUID)", "Should be a UUID"),
    "uuid_parsing": ("应为编号(UUID)", "Should be a UUID"),
    "timezone_aware": ("时间须带时区,如 +08:00", "The instant needs an offset, such as +08:00"),
    "datetime_type": ("应为日期时间", "Should be a date and time"),
    "datetime_parsing": ("应为 RFC 3339 日期时间", "Should be an RFC 3339 date and time"),
    "datetime_from_date_parsing": ("应为 RFC 3339 日期时间", "Should be an RFC 3339 date and time"),
    "date_from_datetime_parsing": ("应为日期,如 2026-12-01", "Should be a date, such as 2026-12-01"),
    "date_parsing": ("应为日期,如 2026-12-01", "Should be a date, such as 2026-12-01"),
    "time_parsing": ("应为时刻,如 07:30", "Should be a time of day, such as 07:30"),
    "model_attributes_type": ("应为 JSON 对象", "Should be a JSON object"),
    "model_type": ("应为 JSON 对象", "Should be a JSON object"),
    "dict_type": ("应为 JSON 对象", "Should be a JSON object"),
    "list_type": ("应为列表", "Should be a list"),
}
_OTHERWISE = ("格式不正确", "Not in the right form")
_PLACES = {"body", "query", "path", "header", "cookie"}


def faults_in(errors: Sequence[Any]) -> list[Fault]:
    """Turn pydantic's errors into faults with JSON pointers; `ctx.zh` marks messages of our own."""
    return [_fault(error) for error in errors]


def _fault(error: dict[str, Any]) -> Fault:
    location = list(error["loc"])
    place = str(location.pop(0)) if location and location[0] in _PLACES else "body"
    kind: str = error["type"]
    context = error.get("ctx") or {}
    if kind == "json_invalid":
        location = []
    if "zh" in context:
        zh, en = context["zh"], error["msg"]
    else:
        bounds = {k: v for k, v in context.items() if isinstance(v, int | float | str) and k != "error"}
        zh, en = (text.format_map(_Bounds(bounds)) for text in _SAID.get(kind, _OTHERWISE))
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return Fault(pointer, kind, zh, en, place)


class _Bounds(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"
