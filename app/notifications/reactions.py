"""Who is told of what happened: every reaction is promised work and tells each thing once."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, work
from app.core.clock import SHANGHAI
from app.core.db import Database
from app.core.events import afterwards
from app.employers.actions import contact_of
from app.employers.events import EmployerReturned, EmployerStopped, EmployerVerified
from app.employers.models import Employer
from app.employers.queries import accounts_of
from app.engagements.events import (
    ApplicationDeclined,
    Applied,
    ChangeProposed,
    EngagementCancelled,
    WorkerTakenOn,
)
from app.engagements.models import (
    Application,
    Change,
    Choice,
    ChoiceState,
    Engagement,
    EngagementState,
    Side,
)
from app.jobs.events import JobClosed, JobPublished, JobReturned
from app.jobs.models import ClosedBecause, Job
from app.notifications.actions import tell
from app.notifications.texts import REASONS
from app.workers.events import CertificateDecidedOn, WorkerVerified
from app.workers.models import Certificate

BATCH = 500


@afterwards(EmployerVerified, EmployerReturned, EmployerStopped)
async def tell_the_employer(
    session: AsyncSession, event: EmployerVerified | EmployerReturned | EmployerStopped
) -> None:
    kind = {
        EmployerVerified: "employer_verified",
        EmployerReturned: "employer_returned",
        EmployerStopped: "employer_stopped",
    }[type(event)]
    employer = await session.get_one(Employer, event.employer_id)
    values = {"employer": employer.name, "reason": employer.reason or "资料有变,待核验"}
    await _tell_members(session, employer.id, kind, f"{employer.id}/{employer.version}", values)


@afterwards(WorkerVerified)
async def tell_the_worker(session: AsyncSession, event: WorkerVerified) -> None:
    await tell(session, event.worker_id, "worker_verified", "", {}, {})


@afterwards(CertificateDecidedOn)
async def tell_of_the_certificate(session: AsyncSession, event: CertificateDecidedOn) -> None:
    certificate = await session.get(Certificate, event.certificate_id)
    kind = "certificate_verified" if event.verified else "certificate_rejected"
    reason = (certificate.reason if certificate else None) or ""
    data = {"certificate_id": str(event.certificate_id)}
    await tell(session, event.worker_id, kind, str(event.certificate_id), {"reason": reason}, data)


@afterwards(JobPublished, JobReturned)
async def tell_of_the_review(session: AsyncSession, event: JobPublished | JobReturned) -> None:
    job = await session.get_one(Job, event.job_id)
    kind = "job_published" if isinstance(event, JobPublished) else "job_returned"
    values = {"job": job.title or "", "reason": ";".join(job.reasons)}
    await _tell_members(session, job.employer_id, kind, f"{job.id}/{job.version}", values, job_id=job.id)


@afterwards(JobClosed)
async def tell_of_the_removal(session: AsyncSession, event: JobClosed) -> None:
    if event.because != ClosedBecause.REMOVED:
        return
    job = await session.get_one(Job, event.job_id)
    values = {"job": job.title or "", "reason": ";".join(job.reasons)}
    await _tell_members(session, job.employer_id, "job_removed", str(job.id), values, job_id=job.id)


@afterwards(Applied)
async def tell_of_the_application(session: AsyncSession, event: Applied) -> None:
    application = await session.get_one(Application, event.application_id)
    job = await session.get_one(Job, application.job_id)
    await _tell_members(
        session, job.employer_id, "applied", str(application.id), {"job": job.title or ""}, job_id=job.id
    )


@afterwards(WorkerTakenOn)
async def tell_who_was_taken_on(session: AsyncSession, event: WorkerTakenOn) -> None:
    engagement = await session.get_one(Engagement, event.engagement_id)
    if engagement.state is EngagementState.CANCELLED:
        return
    await _tell_engaged(session, engagement, "promoted" if event.promoted else "taken_on")


@afterwards(ApplicationDeclined)
async def tell_who_was_declined(session: AsyncSession, event: ApplicationDeclined) -> None:
    choice = await session.get_one(Choice, event.choice_id)
    application = await session.get_one(Application, choice.application_id)
    job = await session.get_one(Job, application.job_id)
    reason = "用工主体未说明原因"
    if choice.reason:
        reason = REASONS.get(choice.reason, (choice.reason,))[0]
    data = {"application_id": str(application.id), "job_id": str(job.id)}
    values = {"job": job.title or "", "reason": reason}
    if choice.state in (ChoiceState.DECLINED, ChoiceState.EXPIRED):
        await tell(session, choice.worker_id, "declined", str(choice.id), values, data)


@afterwards(EngagementCancelled)
async def tell_of_the_cancellation(session: AsyncSession, event: EngagementCancelled) -> None:
    if event.by != Side.WORKER:
        return
    engagement = await session.get_one(Engagement, event.engagement_id)
    job = await session.get_one(Job, engagement.job_id)
    values = {"job": job.title or "", "when": _when(engagement.starts_at.isoformat())}
    await _tell_members(
        session, job.employer_id, "worker_withdrew", str(engagement.id), values, job_id=job.id
    )


@afterwards(ChangeProposed)
async def tell_of_the_change(session: AsyncSession, event: ChangeProposed) -> None:
    change = await session.get_one(Change, event.change_id)
    engagement = await session.get_one(Engagement, change.engagement_id)
    job = await session.get_one(Job, engagement.job_id)
    values = {"job": job.title or "", "when": _when(change.after["starts_at"], change.after["ends_at"])}
    data = {"engagement_id": str(engagement.id), "change_id": str(change.id)}
    await tell(session, engagement.worker_id, "shift_changed", str(change.id), values, data)


@work.at_times("0 10 * * *")  # 18:00 in Shanghai
async def remind(database: Database) -> None:
    """Remind everyone who works tomorrow, the evening before; a second round tells nobody twice."""
    begins, ends = clock.span_of(clock.today() + timedelta(days=1))
    last: UUID | None = None
    while True:
        async with database.transaction() as session:
            statement = (
                # index ix_engagements_reminders
                select(Engagement)
                .where(
                    Engagement.state == EngagementState.AGREED,
                    Engagement.starts_at >= begins,
                    Engagement.starts_at < ends,
                )
                .order_by(Engagement.id)
                .limit(BATCH)
            )
            if last:
                statement = statement.where(Engagement.id > last)
            found = (await session.scalars(statement)).all()
            for engagement in found:
                await _tell_engaged(session, engagement, "reminder")
        if len(found) < BATCH:
            return
        last = found[-1].id


async def _tell_engaged(session: AsyncSession, engagement: Engagement, kind: str) -> None:
    job = await session.get_one(Job, engagement.job_id)
    employer = await session.get_one(Employer, engagement.employer_id)
    place = (job.places or {}).get("gcj02", {})
    values = {
        "job": job.title or "",
        "when": _when(engagement.starts_at.isoformat(), engagement.ends_at.isoformat()),
        "where": place.get("address") or "地点见应用",
        "contact": contact_of(employer).phone.removeprefix("+86"),
    }
    key = f"{engagement.id}/{engagement.starts_at.isoformat()}" if kind == "reminder" else str(engagement.id)
    data = {"engagement_id": str(engagement.id), "job_id": str(job.id)}
    await tell(session, engagement.worker_id, kind, key, values, data)


async def _tell_members(
    session: AsyncSession, employer_id: UUID, kind: str, key: str, values: dict[str, str], **ids: UUID
) -> None:
    data = {name: str(value) for name, value in ids.items()} | {"employer_id": str(employer_id)}
    for account_id in (await session.scalars(accounts_of(employer_id))).all():
        await tell(session, account_id, kind, key, values, data)


def _when(starts_at: str, ends_at: str | None = None) -> str:
    """Say a stretch of time as people do: 12月1日 07:30—17:30."""
    from_ = datetime.fromisoformat(starts_at).astimezone(SHANGHAI)
    text = f"{from_.month}月{from_.day}日 {from_:%H:%M}"
    if ends_at:
        text += f"—{datetime.fromisoformat(ends_at).astimezone(SHANGHAI):%H:%M}"
    return text
