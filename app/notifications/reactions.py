"""Who is told while people register, post and are taken on; every reaction tells each thing once."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, rounds, work
from app.core.db import Database
from app.core.events import afterwards
from app.employers.events import EmployerReturned, EmployerStopped, EmployerVerified
from app.employers.models import Employer
from app.engagements.events import (
    ApplicationDeclined,
    Applied,
    ChangeAnswered,
    ChangeProposed,
    EngagementCancelled,
    ExcuseDecided,
    ExcuseMade,
    WorkerTakenOn,
)
from app.engagements.models import (
    Application,
    Change,
    ChangeState,
    Choice,
    ChoiceState,
    Engagement,
    EngagementState,
    Excuse,
    Side,
)
from app.jobs.events import JobClosed, JobPublished, JobReturned
from app.jobs.models import ClosedBecause, Job
from app.notifications.actions import Letter, tell, tell_all
from app.notifications.alerting import alert
from app.notifications.kinds import Span, Value
from app.notifications.parties import about, tell_employer, tell_members, tell_worker, to_worker
from app.notifications.texts import REASONS
from app.workers.events import CertificateDecidedOn, RealNameWithdrawn, WorkerVerified
from app.workers.models import Certificate, Worker

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
    await tell_members(session, employer.id, kind, f"{employer.id}/{employer.version}", values)


@afterwards(WorkerVerified)
async def tell_the_worker(session: AsyncSession, event: WorkerVerified) -> None:
    await tell(session, Letter(event.worker_id, "worker_verified", "", {}))


@afterwards(RealNameWithdrawn)
async def tell_of_the_withdrawal(session: AsyncSession, event: RealNameWithdrawn) -> None:
    worker = await session.get_one(Worker, event.worker_id)
    reason = worker.identity_reason or "姓名或号码有误"
    key = clock.now().isoformat()  # it may happen again; this delivery takes effect once
    await tell(session, Letter(worker.id, "real_name_withdrawn", key, {"reason": reason}))


@afterwards(CertificateDecidedOn)
async def tell_of_the_certificate(session: AsyncSession, event: CertificateDecidedOn) -> None:
    certificate = await session.get(Certificate, event.certificate_id)
    kind = "certificate_verified" if event.verified else "certificate_rejected"
    reason = (certificate.reason if certificate else None) or ""
    id_ = str(event.certificate_id)
    await tell(session, Letter(event.worker_id, kind, id_, {"reason": reason}, {"certificate_id": id_}))


@afterwards(JobPublished, JobReturned)
async def tell_of_the_review(session: AsyncSession, event: JobPublished | JobReturned) -> None:
    job = await session.get_one(Job, event.job_id)
    kind = "job_published" if isinstance(event, JobPublished) else "job_returned"
    values = {"job": job.title or "", "reason": ";".join(job.reasons)}
    await tell_members(session, job.employer_id, kind, f"{job.id}/{job.version}", values, job_id=job.id)


@afterwards(JobClosed)
async def tell_of_the_removal(session: AsyncSession, event: JobClosed) -> None:
    if event.because != ClosedBecause.REMOVED:
        return
    job = await session.get_one(Job, event.job_id)
    values = {"job": job.title or "", "reason": ";".join(job.reasons)}
    await tell_members(session, job.employer_id, "job_removed", str(job.id), values, job_id=job.id)


@afterwards(Applied)
async def tell_of_the_application(session: AsyncSession, event: Applied) -> None:
    application = await session.get_one(Application, event.application_id)
    job = await session.get_one(Job, application.job_id)
    values = {"job": job.title or ""}
    await tell_members(session, job.employer_id, "applied", str(application.id), values, job_id=job.id)


@afterwards(WorkerTakenOn)
async def tell_who_was_taken_on(session: AsyncSession, event: WorkerTakenOn) -> None:
    engagement = await session.get_one(Engagement, event.engagement_id)
    if engagement.state is EngagementState.CANCELLED:
        return
    kind = "promoted" if event.promoted else "taken_on"
    await tell_worker(session, engagement, kind, by=engagement.starts_at)


@afterwards(ApplicationDeclined)
async def tell_who_was_declined(session: AsyncSession, event: ApplicationDeclined) -> None:
    choice = await session.get_one(Choice, event.choice_id)
    if choice.state not in (ChoiceState.DECLINED, ChoiceState.EXPIRED):
        return
    application = await session.get_one(Application, choice.application_id)
    job = await session.get_one(Job, application.job_id)
    reason: Value = "用工主体未说明原因"
    if choice.reason:
        reason = REASONS.get(choice.reason, choice.reason)
    data = {"application_id": str(application.id), "job_id": str(job.id)}
    values = {"job": job.title or "", "reason": reason}
    await tell(session, Letter(choice.worker_id, "declined", str(choice.id), values, data))


@afterwards(EngagementCancelled)
async def tell_of_the_cancellation(session: AsyncSession, event: EngagementCancelled) -> None:
    """Tell the other side, before it sets out; who refused a change knows."""
    engagement = await session.get_one(Engagement, event.engagement_id)
    starts_at = engagement.starts_at
    if event.by == Side.WORKER:
        await tell_employer(session, engagement, "worker_withdrew", by=starts_at)
    elif not await _left_over_a_change(session, engagement):
        await tell_worker(session, engagement, "employer_cancelled", by=starts_at)


async def _left_over_a_change(session: AsyncSession, engagement: Engagement) -> bool:
    """Tell whether the worker ended it by refusing new conditions (index engagement_id, id)."""
    refused = select(Change.id).where(
        Change.engagement_id == engagement.id, Change.binding, Change.state == ChangeState.REFUSED
    )
    return await session.scalar(refused.limit(1)) is not None


@afterwards(ChangeProposed)
async def tell_of_the_change(session: AsyncSession, event: ChangeProposed) -> None:
    change = await session.get_one(Change, event.change_id)
    engagement = await session.get_one(Engagement, change.engagement_id)
    if change.by is Side.WORKER:
        await tell_employer(
            session, engagement, "change_proposed_by_worker", change.id, by=engagement.starts_at
        )
        return
    times = [datetime.fromisoformat(change.after[n]) for n in ("starts_at", "ends_at") if n in change.after]
    moves = change.binding and len(times) == 2  # noqa: PLR2004 - both ends
    kind, when = ("shift_changed", Span(*times)) if moves else ("change_proposed", None)
    [letter] = await to_worker(session, engagement, kind, change.id, engagement.starts_at)
    values = dict(letter.values) | ({"when": when} if when else {})
    data = letter.data | {"change_id": str(change.id)}
    await tell_all(session, [Letter(letter.account_id, kind, letter.key, values, data, engagement.starts_at)])


@afterwards(ChangeAnswered)
async def tell_of_the_answer(session: AsyncSession, event: ChangeAnswered) -> None:
    """Tell who proposed the change."""
    change = await session.get_one(Change, event.change_id)
    engagement = await session.get_one(Engagement, change.engagement_id)
    kind = "change_accepted" if change.state is ChangeState.ACCEPTED else "change_refused"
    if change.by is Side.WORKER:
        await tell_worker(session, engagement, kind, change.id)
        return
    if kind == "change_refused" and change.binding:
        kind = "change_refused_and_left"
    await tell_employer(session, engagement, kind, change.id, by=engagement.starts_at)


@afterwards(ExcuseMade)
async def alert_of_the_excuse(session: AsyncSession, event: ExcuseMade) -> None:
    """Have the station look at the evidence: what it says stands in its own list alone."""
    excuse = await session.get_one(Excuse, event.excuse_id)
    engagement = await session.get_one(Engagement, excuse.engagement_id)
    values = await about(session, engagement) | {"due": excuse.due_at}
    data = {"excuse_id": str(excuse.id), "engagement_id": str(engagement.id)}
    await alert(session, engagement.station_id, "excuse_made", str(excuse.id), values, data)


@afterwards(ExcuseDecided)
async def tell_of_the_excuse(session: AsyncSession, event: ExcuseDecided) -> None:
    excuse = await session.get_one(Excuse, event.excuse_id)
    engagement = await session.get_one(Engagement, excuse.engagement_id)
    kind = "excuse_accepted" if event.accepted else "excuse_refused"
    data = {"excuse_id": str(excuse.id), "engagement_id": str(engagement.id)}
    values = await about(session, engagement)
    await tell(session, Letter(excuse.account_id, kind, str(excuse.id), values, data))


@work.at_times("0 10 * * *")  # 18:00 in Shanghai
async def remind(database: Database) -> None:
    """Remind everyone who works tomorrow, the evening before; a second round tells nobody twice."""
    begins, ends = clock.span_of(clock.today() + timedelta(days=1))
    # index ix_engagements_reminders
    due = (
        Engagement.state == EngagementState.AGREED,
        Engagement.starts_at >= begins,
        Engagement.starts_at < ends,
    )

    async def tell_one(session: AsyncSession, engagement_id: UUID) -> None:
        one = await session.scalar(select(Engagement).where(Engagement.id == engagement_id, *due))
        if one:
            key = f"{one.id}/{one.starts_at.isoformat()}"
            await tell_worker(session, one, "reminder", key, one.starts_at)

    await rounds.each(database, select(Engagement.id).where(*due), tell_one, BATCH)
