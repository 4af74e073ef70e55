"""Employers put into the shapes that everybody sees."""

from typing import Any

from app.employers.models import Employer
from app.employers.schemas import EmployerCard


def card(employer: Employer) -> EmployerCard:
    """Return what stands beside a posting or an engagement."""
    return EmployerCard(id=employer.id, kind=employer.kind, name=employer.name, verified=employer.is_verified)


def profile(employer: Employer) -> dict[str, Any]:
    """Return the fields of the public profile, which members and staff see more beside."""
    return card(employer).model_dump() | {
        "state": employer.state,
        "verified_until": employer.verified_until,
        "division": employer.division,
        "uscc": employer.uscc,
        "rating": employer.rating,
        "hires": employer.hires,
        "fees_charged": False,
        "disputes_lost": employer.disputes_lost,
        "created_at": employer.created_at,
    }
