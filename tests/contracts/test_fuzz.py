"""The contracts under generated input: no failure of ours, and no answer off the contract (S1).

Some thousand cases in a test run, forty thousand and more with `make fuzz` (FUZZ=1); FUZZ=50 is fifty an
operation.
"""

import asyncio
import os
from collections import Counter
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, TextIO

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from app.core.contract import Audience
from app.core.migrated import ROOT
from tests.contracts.furnished import Furnished, furnish
from tests.processes import serving
from tests.world import World

AT_LENGTH = int(os.environ.get("FUZZ") or 0)
CASES = {0: 10, 1: 270}.get(AT_LENGTH, AT_LENGTH)
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
# What ends the caller's own sign-in comes last.
LAST = {
    "sign_out", "end_session", "close_me", "end_assistance", "assist_close_me", "staff_sign_out",
    "change_own_password", "close_office", "dismiss_staff",
}  # fmt: skip

# What never ends of itself has its own tests (tests/notifications/test_stream.py, tests/hall, tests/fairs).
ENDLESS = {"stream_notifications", "stream_board", "stream_fair"}


@schemathesis.serializer("application/x-ndjson")
def _lines(_: Any, value: Any) -> Any:
    """Send lines as they are made: any bytes may come."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.mark.timeout(4 * 3600 if AT_LENGTH else 300)
@pytest.mark.parametrize("audience", Audience)
async def test_no_input_makes_us_fail_or_leave_the_contract(world: World, audience: Audience) -> None:
    city = await furnish(world)
    async with serving(world.settings) as api:
        answered = Answered()
        failures = await asyncio.to_thread(_fuzz, audience, city, api.address, answered)

    print(f"{audience}: {answered.total()} cases, {answered.successes()} of them answered with success")  # noqa: T201
    assert not failures, "\n\n".join(failures)
    assert answered.successes() * 8 > answered.total(), answered  # else little got past the doors


class Answered(Counter[int]):
    """How many answers had which status."""

    def successes(self) -> int:
        return sum(number for status, number in self.items() if status < HTTPStatus.MULTIPLE_CHOICES)


def _fuzz(audience: Audience, city: Furnished, address: str, answered: "Answered") -> list[str]:
    schema = schemathesis.openapi.from_path(ROOT / "openapi" / f"{audience}.json")
    operations: list[Any] = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    operations = [operation for operation in operations if _name(operation) not in ENDLESS]
    operations.sort(key=_name)
    operations.sort(key=lambda operation: _name(operation) in LAST)
    failures = []
    with _screen() as screen, requests.Session() as session:
        for n, operation in enumerate(operations, 1):
            screen.write(f"\r{audience} {n}/{len(operations)} {operation.label:60.60}")
            screen.flush()
            try:
                _try(operation, city, address, session, answered)
            except BaseExceptionGroup as failure:
                failures.append(f"{operation.label}\n{_told(failure)}")
    return failures


def _try(
    operation: Any, city: Furnished, address: str, session: requests.Session, answered: Answered
) -> None:
    right = city.caller(operation.path, operation.definition.raw)
    callers = [city.employer, city.worker, right, right, city.reviewer]
    if operation.path.startswith("/admin"):
        callers = [*city.staff.values(), *[right] * 8, city.worker]
    if operation.path.startswith("/sync"):
        callers = [*[right] * 8, city.worker]
    if operation.path.startswith("/sync"):
        callers = [*[right] * 4, city.worker]
    valid = city.bodies.get(_name(operation))
    fitting = city.fits(operation.definition.raw)

    @seed(20261123)
    @settings(
        max_examples=_cases(operation), deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(
        case=_generated(operation),
        caller=st.sampled_from(callers),
        known=st.sampled_from([True, True, True, False]),
        mended=_fields(sorted(valid or [])),
        chance=st.randoms(use_true_random=False),
    )
    def run(case: Any, caller: Any, known: bool, mended: set[str], chance: Any) -> None:
        # Mostly with ids that exist and a body that is right but for some of its fields: random input
        # alone would never get past the doors.
        if known:
            fit = chance.choice([*fitting * 3, {}])
            for name in case.path_parameters or {}:
                case.path_parameters[name] = fit.get(name) or chance.choice(city.ids.get(name, ["x"]))
            if valid and isinstance(case.body, dict):
                spoilt = {name: value for name, value in case.body.items() if name not in mended}
                case.body = valid | (spoilt if len(mended) < len(valid) else {})
        headers = {} if operation.path.endswith(("/oauth/token", "/codes")) else _signed(caller)
        response = case.call(base_url=address, headers=headers, session=session)
        answered[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    run()


def _cases(operation: Any) -> int:
    """Return how many cases: fewer for the app's operations at the counter, tried as the app's already."""
    return max(2, CASES // 5) if _name(operation).startswith("assist_") else CASES


def _generated(operation: Any) -> Any:
    good = operation.as_strategy(schemathesis.GenerationMode.POSITIVE)
    bad = operation.as_strategy(schemathesis.GenerationMode.NEGATIVE)
    return st.one_of(good, good, bad)


def _fields(names: list[str]) -> st.SearchStrategy[set[str]]:
    """Which fields stay right: all of them half the time."""
    return st.one_of(st.just(set(names)), st.sets(st.sampled_from(names)) if names else st.just(set()))


def _signed(caller: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {caller.token}"}


def _name(operation: Any) -> str:
    return str(operation.definition.raw["operationId"])


def _told(failure: BaseExceptionGroup[Any]) -> str:
    return str(failure)[:3000]


def _screen() -> TextIO:
    """Open the terminal, for progress past pytest's capturing, where there is one."""
    with suppress(OSError):
        if AT_LENGTH:
            return Path("/dev/tty").open("w", encoding="utf-8")
    return Path(os.devnull).open("w", encoding="utf-8")
