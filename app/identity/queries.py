"""What is asked about sessions."""

from uuid import UUID

from sqlalchemy import Select, select

from app.identity.models import Session


def lasting_sessions(account_id: UUID) -> Select[Session]:
    """Return the sign-ins that have not ended, the latest first (index account_id)."""
    return (
        select(Session)
        .where(Session.account_id == account_id, Session.ended_at.is_(None))
        .order_by(Session.refreshed_at.desc())
    )
