"""Attendance put into the shape that clients see."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.queries import belonging_to
from app.attendance.models import Attendance, Claim
from app.attendance.queries import claims_of, notes_of
from app.attendance.reports import CONTEST_WITHIN
from app.attendance.schemas import AttendanceView, ClaimView, NoteView
from app.core.problems import NotFound
from app.engagements import views
from app.engagements.queries import engagement_seen_by
from app.engagements.schemas import EngagementView
from app.geo.points import Datum
from app.identity.models import Account


async def engagement(
    session: AsyncSession, account: Account, engagement_id: UUID, datum: Datum
) -> EngagementView:
    """Return the engagement as the account sees it now, else 404."""
    row = (await session.execute(engagement_seen_by(account.id, engagement_id))).one_or_none()
    if row is None:
        raise NotFound
    return (await views.engagements(session, [row], account, datum))[0]


async def attendance(session: AsyncSession, engagement_id: UUID) -> AttendanceView:
    """Return what was noted and said, in three statements."""
    notes = await session.scalars(notes_of(engagement_id))
    claims = (await session.scalars(claims_of([engagement_id]))).all()
    files: dict[UUID, list[UUID]] = {claim.id: [] for claim in claims}
    for attachment in await session.scalars(belonging_to(list(files))):
        if attachment.owner_id:
            files[attachment.owner_id].append(attachment.id)
    return AttendanceView(
        items=[_note(note) for note in notes], claims=[_claim(claim, files[claim.id]) for claim in claims]
    )


def _note(note: Attendance) -> NoteView:
    shown = {name: getattr(note, name) for name in NoteView.model_fields if name != "contest_until"}
    return NoteView(**shown, contest_until=note.received_at + CONTEST_WITHIN)


def _claim(claim: Claim, files: list[UUID]) -> ClaimView:
    shown = {
        name: getattr(claim, name) for name in ClaimView.model_fields if name not in ("by_system", "files")
    }
    return ClaimView(**shown, by_system=claim.made_by is None, files=files)
