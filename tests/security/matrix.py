"""The matrix of trust.md S2: each staff operation × each role × each reach, with what is to be expected.

`python -m tests.security.matrix` prints the counts.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.core.contract import Audience
from app.core.migrated import ROOT
from app.stations.models import Role
from tests.security.roles import ASSISTED, ROLES

Json = dict[str, Any]
Operation = tuple[str, str, Json]  # path, method, what the contract says of it
WITHOUT_A_TOKEN = {"staff_sign_in", "read_board", "stream_board"}
# Staff's lists: everybody in the role may look, and sees what is within reach.
STAFFS_LISTS = {
    "list_employers", "list_job_cases", "list_certificate_cases", "list_engagement_cases", "list_excuses",
    "list_pay", "list_overdue_pay", "list_disputes", "list_appeals", "list_alerts", "list_ledger",
    "list_queue",
    "list_assistances", "list_errands", "list_workers", "search_workers",
    "list_referrals", "list_referral_figures", "list_people_to_help",
    "list_notice_cases",
    "list_imports", "list_fair_figures", "list_fair_cases",
}  # fmt: skip
# Not cut to a division: about oneself, or the same in the whole city.
OF_NO_DIVISION = {
    "read_staff_me", "staff_sign_out", "see_alerts", "list_late_cancellation_shares",
    "set_late_cancellation_shares", "verify_ledger", "draft_notice", "plan_fair",
    "list_minimum_wages", "set_minimum_wage", "list_trade_cases", "add_trade", "change_trade",
    "list_outbox", "count_outbox", "retry_all_work", "retry_work", "list_unsent_messages", "resend_message",
    # An empty queue, none waiting, case by case: tests/queues shows what is within reach.
    "count_queues", "take_next_case", "decide_cases",
    "begin_assistance", "begin_assistance_on_paper", "print_consent_sheet",
    "list_referral_quotas",
    # Of the own divisions, whichever they are: tests/statistics shows that it is of no others.
    "read_statistics", "list_figures", "read_monthly_report", "list_thresholds", "set_thresholds",
    "list_warnings", "read_targets", "set_targets",
    # Oneself and one's own station are always among them, or the body says where: tests/offices.
    "list_offices", "list_staff", "open_office", "appoint_staff", "change_own_password",
    # What came down from the province is the whole city's: tests/inbound.
    "list_province_codes", "map_province_code", "list_province_vacancies",
    # What is in the sheet is cut to the reach: tests/imports.
    "begin_import", "read_import_template", "export_workers", "export_employers",
    # One exchange for the whole city.
    "list_province_clients", "make_province_client", "read_province_client", "change_province_client",
    "renew_province_secret", "drop_province_secret", "add_province_key", "remove_province_key",
    "disable_province_client", "enable_province_client", "read_exchange", "read_differences",
    "list_troubled_deliveries", "retry_delivery",
}  # fmt: skip
# A township looks for work in its whole county, for its own people.
OF_THE_COUNTY = {"list_candidates"}
LAST = {
    "close_office",
    "end_fair",
    "dismiss_staff",
    "remove_mark",
    "staff_sign_out",
    "decide_cases",
    "reject_worker_identity",
    "remove_province_key",
}
# For the officer alone who asked the person: to everybody else there is no such thing (tests/counter).
THE_OFFICERS_OWN = ASSISTED | {"confirm_assistance", "end_assistance"}


class Reach(StrEnum):
    """Where somebody works, seen from what is asked for."""

    OWN = "own township"
    ABOVE = "own county"
    CITY = "city"
    BESIDE = "same county, other township"
    ELSEWHERE = "other county"


WITHIN = {Reach.OWN, Reach.ABOVE, Reach.CITY}


@dataclass(frozen=True)
class Case:
    """One cell: somebody in a role, somewhere, calls an operation."""

    operation: Operation
    role: Role
    reach: Reach

    @property
    def name(self) -> str:
        name: str = self.operation[2]["operationId"]
        return name

    @property
    def in_role(self) -> bool:
        return self.role in ROLES[self.name]

    @property
    def found(self) -> bool:
        """Whether there is something for the caller; else 404, or a list without items."""
        if self.name in THE_OFFICERS_OWN or not self.in_role:
            return False
        beside = self.reach is Reach.BESIDE and self.name in OF_THE_COUNTY
        return beside or self.reach in WITHIN or self.name in OF_NO_DIVISION


def operations(audience: Audience) -> list[Operation]:
    contract = json.loads((ROOT / "openapi" / f"{audience}.json").read_text("utf-8"))
    return [
        (path, method, operation)
        for path, item in contract["paths"].items()
        for method, operation in item.items()
    ]


def cells() -> Iterator[Case]:
    """Return every cell; what somebody without a token may call has none. Reads first, endings last."""
    for operation in sorted(operations(Audience.ADMIN), key=_when):
        if operation[2]["operationId"] not in WITHOUT_A_TOKEN:
            for role in Role:
                for reach in Reach:
                    yield Case(operation, role, reach)


def _when(operation: Operation) -> tuple[bool, bool]:
    return operation[2]["operationId"] in LAST, operation[1] != "get"


def counted() -> str:
    """Return the counts as a table."""
    count = Counter((cell.role, cell.reach, cell.found) for cell in cells())
    lines = [f"{'':10}" + "".join(f"{reach:>30}" for reach in Reach)]
    for role in Role:
        figures = [f"{count[role, reach, True]} found, {count[role, reach, False]} hidden" for reach in Reach]
        lines.append(f"{role:10}" + "".join(f"{figure:>30}" for figure in figures))
    staffs = sum(count.values())
    return "\n".join([*lines, f"{len(set(ROLES))} operations × {len(Role)} roles × {len(Reach)} = {staffs}"])


if __name__ == "__main__":
    print(counted())  # noqa: T201
