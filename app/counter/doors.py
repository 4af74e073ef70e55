"""The app's own doors, opened at the counter: what the app can do, staff can do for a person (rule 12).

Not a second set of operations: the same endpoints, mounted once more below an assistance. Who is asking
is the person who agreed; who did it is in the ledger, and the person is told.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from app.access.asking import Officer
from app.core.db import SAFE, Database, Transacted
from app.core.problems import Unauthenticated
from app.counter import actions
from app.counter.actions import Deed
from app.counter.asking import Assisted
from app.counter.models import Assistance

BELOW = "/admin/v1/assistances/{assistance_id}"
NAMED = "assist_"
# Reads that hand over more than a screen shows: the person is told as of a deed.
GREAT_READS = {"export_me", "read_evidence_pdf", "read_evidence_zip"}
# Reads that open nothing sealed; every other goes to the ledger (rule 10), as whatever is new does.
PLAIN_READS = {
    "read_me", "read_consents", "read_worker_profile", "list_certificates", "list_my_employers",
    "read_employer", "list_employer_members", "read_eligibility", "list_job_applications", "read_job",
    "list_employer_jobs", "list_my_applications", "read_site_code", "print_site_code", "preview_cancelling",
    "read_cancellation_cost", "read_my_standing", "read_employer_standing", "read_employer_rating",
    "list_employer_reviews", "read_applicant_rating", "list_engagement_reviews", "list_notifications",
    "count_unread", "read_notification_settings", "list_my_fairs",
}  # fmt: skip


class _Noted(APIRoute):
    """A route whose deed is put into the ledger once it is done, in the same transaction.

    A deed that is refused leaves no entry, and one that an idempotency key answers again no second one.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        name = self.name.removeprefix(NAMED)

        async def noting(request: Request) -> Response:
            response = await handle(request)
            officer, assistance = _helping(request)
            ids = {k: str(v) for k, v in request.path_params.items() if k != "assistance_id"}
            read = request.method in SAFE
            told = not read or name in GREAT_READS
            deed = Deed(name, (self.summary or "").removeprefix(PREFIX), ids, told)
            if not read:
                await actions.note_deed(request.state.session, officer, assistance, deed)
            elif name not in PLAIN_READS:
                # A read's own transaction is read only.
                database: Database = request.app.state.database
                async with database.transaction(beside=True) as session:
                    await actions.note_deed(session, officer, assistance, deed)
            return response

        return noting


class _Helped(Transacted, _Noted):
    """One transaction around the deed and its entry."""


PREFIX = "代办:"


def at_the_counter(routers: Iterable[APIRouter]) -> APIRouter:
    """Return the operations of the app's routers, to be called by staff for a person who agreed."""
    counter = APIRouter()
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                _open(counter, route)
    return counter


def _open(counter: APIRouter, route: APIRoute) -> None:
    counter.add_api_route(
        BELOW + route.path.removeprefix("/v1"),
        route.endpoint,
        response_model=route.response_model,
        status_code=route.status_code,
        tags=[f"代办·{tag}" for tag in route.tags],
        dependencies=[Assisted, *route.dependencies],
        summary=f"{PREFIX}{route.summary}",
        description=f"{route.description}\n\n由工作人员代本人办理:须本人同意的代办在办;记入台账,短信告知本人。",
        response_description=route.response_description,
        responses=route.responses,
        methods=route.methods,
        response_model_by_alias=route.response_model_by_alias,
        response_model_exclude_none=route.response_model_exclude_none,
        response_model_exclude_unset=route.response_model_exclude_unset,
        response_class=route.response_class,
        name=f"{NAMED}{route.name}",
        route_class_override=_Helped,
        openapi_extra=route.openapi_extra,
    )


def _helping(request: Request) -> tuple[Officer, Assistance]:
    helping: tuple[Officer, Assistance] | None = getattr(request.state, "assistance", None)
    if helping is None:  # can't be: nothing is answered before Assisted
        raise Unauthenticated
    return helping
