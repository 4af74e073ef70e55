"""Which roles each operation of the stations' contract is for; who is in another gets 404."""

from app.api import HELPED
from app.stations.models import Role

READERS = frozenset({Role.CLERK, Role.REVIEWER, Role.MEDIATOR, Role.MANAGER, Role.OPERATOR})
HELPERS = READERS - {Role.OPERATOR}
ARBITERS = frozenset({Role.REVIEWER, Role.MEDIATOR})
REVIEWERS, MEDIATORS = frozenset({Role.REVIEWER}), frozenset({Role.MEDIATOR})
OPERATORS, AUDITORS = frozenset({Role.OPERATOR}), frozenset({Role.AUDITOR})
EVERYONE = frozenset(Role)

ROLES: dict[str, frozenset[Role]] = {
    "read_staff_me": EVERYONE,
    "staff_sign_out": EVERYONE,
    "list_employers": READERS,
    "read_employer_case": READERS,
    "read_employer_contact": READERS,
    "list_employer_documents": READERS,
    "read_employer_document": READERS,
    "verify_employer": REVIEWERS,
    "reject_employer": REVIEWERS,
    "suspend_employer": REVIEWERS,
    "ban_employer": REVIEWERS,
    "list_job_cases": READERS,
    "read_job_case": READERS,
    "approve_job": REVIEWERS,
    "return_job": REVIEWERS,
    "remove_job": REVIEWERS,
    "list_certificate_cases": READERS,
    "read_certificate_picture": READERS,
    "verify_certificate": REVIEWERS,
    "reject_certificate": REVIEWERS,
    "list_engagement_cases": READERS,
    "read_engagement_case": READERS,
    "read_terms_of_case": READERS,
    "print_terms_of_case": READERS,
    "list_excuses": READERS,
    "read_excuse": READERS,
    "read_excuse_text": ARBITERS,
    "read_excuse_file": ARBITERS,
    "accept_excuse": ARBITERS,
    "reject_excuse": ARBITERS,
    "read_attendance_for_staff": READERS,
    "check_in_for_worker": HELPERS,
    "check_out_for_worker": HELPERS,
    "list_pay": READERS,
    "read_pay_case": READERS,
    "list_overdue_pay": READERS,
    "list_late_cancellation_shares": READERS,
    "set_late_cancellation_shares": OPERATORS,
    "list_disputes": READERS,
    "read_case": READERS,
    "read_case_words": MEDIATORS,
    "read_case_file": MEDIATORS,
    "accept_dispute": MEDIATORS,
    "write_to_parties": MEDIATORS,
    "mediate_dispute": MEDIATORS,
    "resolve_dispute": MEDIATORS,
    "escalate_dispute": MEDIATORS,
    "hand_dispute_over": MEDIATORS,
    "answer_dispute_rating": MEDIATORS,
    "export_evidence": MEDIATORS,
    "list_appeals": ARBITERS,
    "read_appeal_case": ARBITERS,
    "read_appeal": ARBITERS,
    "read_appeal_file": ARBITERS,
    "uphold_appeal": ARBITERS,
    "refuse_appeal": ARBITERS,
    "list_alerts": READERS,
    "see_alerts": READERS,
    "list_ledger": AUDITORS,
    "verify_ledger": AUDITORS,
    "read_worker_identity": REVIEWERS,
    "verify_worker_identity": REVIEWERS,
    "reject_worker_identity": REVIEWERS,
    # Asked for the queue of employers (tests/contracts/furnished.py); tests/queues has the others.
    "count_queues": READERS,
    "list_queue": READERS,
    "take_next_case": REVIEWERS,
    "decide_cases": REVIEWERS,
    "claim_case": REVIEWERS,
    "release_case": REVIEWERS | {Role.MANAGER},
    # Help at the counter, and finding people.
    "begin_assistance": HELPERS,
    "begin_assistance_on_paper": HELPERS,
    "print_consent_sheet": HELPERS,
    "list_assistances": READERS,
    "read_assistance": READERS,
    "confirm_assistance": HELPERS,
    "end_assistance": HELPERS,
    "read_assistance_sheet": frozenset({Role.MANAGER}),  # and who took it, of whatever role
    "list_errands": READERS,
    "finish_errand": HELPERS,
    "search_workers": HELPERS,
    "list_workers": READERS,
    "read_worker_case": READERS,
    "read_worker_contact": HELPERS,
    "send_worker_phone_code": HELPERS,
    "put_worker_phone": HELPERS,
}
# What the app can do, done for a person: for helpers, and of them for whom the person agreed to alone.
ASSISTED = {f"assist_{getattr(route, 'name', '')}" for router in HELPED for route in router.routes}
ROLES |= dict.fromkeys(ASSISTED, HELPERS)
