"""One of everything that can be told of, written straight into the tables, with its events."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import events as attendance
from app.attendance.models import Attendance, AttendanceKind, Claim, ClaimKind, ClaimState, Method
from app.city.events import MinimumWageSet
from app.core import clock
from app.core.events import Event
from app.core.types import Base, new_id
from app.counter import events as counter
from app.counter.models import Assistance, Consent
from app.disputes import events as disputes
from app.disputes.models import Addressee, Dispute, DisputeKind, DisputeState, Message, Outcome
from app.employers.events import EmployerReturned, EmployerStopped, EmployerVerified
from app.engagements import events as engagements
from app.engagements.models import (
    Change,
    ChangeState,
    Choice,
    ChoiceState,
    Engagement,
    Excuse,
    ExcuseKind,
    ExcuseState,
    Side,
)
from app.jobs.events import JobClosed, JobPublished, JobReturned
from app.jobs.models import ClosedBecause, MinimumWage
from app.pay import events as pay
from app.pay.models import OwedFor, PayMethod, PayRecord, PayReport, PayState, ReportState
from app.referrals import events as referrals
from app.referrals.models import Referral, ReferralState
from app.standing import events as standing
from app.standing.models import Appeal, AppealState
from app.statistics.events import WarningRaised
from app.statistics.models import EarlyWarning, WarningKind
from app.workers.events import CertificateDecidedOn, RealNameWithdrawn, WorkerVerified
from tests.notifications.every_fair import of_fairs

HOUR = timedelta(hours=1)


class Everything:
    """Rows about one engagement, and an event of each kind about them."""

    def __init__(
        self, session: AsyncSession, engagement: Engagement, employer_account: UUID, staff_id: UUID
    ) -> None:
        self._session, self._engagement = session, engagement
        self._employer, self._staff = employer_account, staff_id

    async def events(self) -> AsyncIterator[Event]:
        for part in (
            self._joining,
            self._hiring,
            self._attendance,
            self._pay,
            self._disputes,
            self._standing,
            self._counter,
            self._referrals,
            self._city,
            self._early,
        ):
            async for event in part():
                yield event
        async for event in of_fairs(self._session, self._engagement, self._staff):
            yield event

    async def _early(self) -> AsyncIterator[Event]:
        for kind in WarningKind:
            warning = EarlyWarning(county="141002", kind=kind, day=clock.today(), value=30, threshold=20)
            warning.id, warning.details, warning.raised_at = new_id(), {"count": 3}, clock.now()
            yield WarningRaised(await self._kept(warning))

    async def _kept(self, row: Base) -> Any:
        self._session.add(row)
        await self._session.flush()
        return row.id  # type: ignore[attr-defined]

    async def _joining(self) -> AsyncIterator[Event]:
        employer, job = self._engagement.employer_id, self._engagement.job_id
        for kind in (EmployerVerified, EmployerReturned, EmployerStopped):
            yield kind(employer)
        yield WorkerVerified(self._engagement.worker_id)
        yield RealNameWithdrawn(self._engagement.worker_id)
        for verified in (True, False):
            yield CertificateDecidedOn(self._engagement.worker_id, uuid4(), verified=verified)
        yield JobPublished(job)
        yield JobReturned(job)
        yield JobClosed(job, ClosedBecause.REMOVED)

    async def _hiring(self) -> AsyncIterator[Event]:
        one = self._engagement
        assert one.application_id is not None
        yield engagements.Applied(one.application_id)
        choice = Choice(
            id=new_id(),
            application_id=one.application_id,
            shift_id=one.shift_id,
            worker_id=one.worker_id,
            state=ChoiceState.DECLINED,
            changed_at=clock.now(),
        )
        yield engagements.ApplicationDeclined(await self._kept(choice))
        for promoted in (True, False):
            yield engagements.WorkerTakenOn(one.id, promoted)
        for by in Side:
            yield engagements.EngagementCancelled(one.id, by.value)
        for by, binding, state in (
            (Side.EMPLOYER, True, ChangeState.PROPOSED),
            (Side.EMPLOYER, False, ChangeState.SUPERSEDED),
            (Side.WORKER, False, ChangeState.SUPERSEDED),
        ):
            yield engagements.ChangeProposed(await self._change(by, state, binding=binding))
        for by, binding, state in (
            (Side.EMPLOYER, False, ChangeState.ACCEPTED),
            (Side.WORKER, False, ChangeState.REFUSED),
            (Side.EMPLOYER, True, ChangeState.REFUSED),
        ):
            yield engagements.ChangeAnswered(await self._change(by, state, binding=binding))
        excuse = Excuse(
            id=new_id(),
            engagement_id=one.id,
            by=Side.WORKER,
            account_id=one.worker_id,
            kind=ExcuseKind.ILLNESS,
            division=one.division,
            state=ExcuseState.CLAIMED,
            made_at=clock.now(),
            due_at=clock.now() + HOUR,
        )
        excuse_id = await self._kept(excuse)
        yield engagements.ExcuseMade(excuse_id)
        for accepted in (True, False):
            yield engagements.ExcuseDecided(excuse_id, accepted)

    async def _change(self, by: Side, state: ChangeState, *, binding: bool) -> UUID:
        one = self._engagement
        times = {"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat()}
        change = Change(
            id=new_id(),
            engagement_id=one.id,
            by=by,
            binding=binding,
            before=times,
            after=times if binding else {"duties": "卸货"},
            state=state,
            proposed_at=clock.now(),
        )
        found: UUID = await self._kept(change)
        return found

    async def _attendance(self) -> AsyncIterator[Event]:
        one = self._engagement
        for method in (Method.STAFF, Method.EMPLOYER, Method.SYSTEM, Method.GEOFENCE):
            if method is not Method.SYSTEM:
                yield attendance.CheckedIn(await self._noted(AttendanceKind.CHECK_IN, method))
            yield attendance.CheckedOut(await self._noted(AttendanceKind.CHECK_OUT, method))
        yield attendance.RunningLate(await self._noted(AttendanceKind.RUNNING_LATE, Method.WORKER))
        yield attendance.AttendanceContested(await self._noted(AttendanceKind.CHECK_IN, Method.EMPLOYER))
        yield attendance.NobodyCheckedIn(one.id)
        for kind in ClaimKind:
            claim = Claim(
                id=new_id(),
                engagement_id=one.id,
                kind=kind,
                state=ClaimState.OVERTURNED,
                made_at=clock.now(),
                answer_until=clock.now() + 24 * HOUR,
            )
            claim_id = await self._kept(claim)
            yield attendance.ClaimMade(claim_id)
            yield attendance.ClaimStands(claim_id)
            yield attendance.ClaimEnded(claim_id)

    async def _noted(self, kind: AttendanceKind, method: Method) -> UUID:
        noted = Attendance(
            id=new_id(),
            engagement_id=self._engagement.id,
            kind=kind,
            method=method,
            at=clock.now(),
            received_at=clock.now(),
            arrives_at=clock.now() + HOUR,
            contested_by=self._engagement.worker_id,
        )
        found: UUID = await self._kept(noted)
        return found

    async def _pay(self) -> AsyncIterator[Event]:
        one = self._engagement
        one.confirmed_at = clock.now()
        record = PayRecord(
            id=new_id(),
            engagement_id=one.id,
            owed_for=OwedFor.WAGE,
            worker_id=one.worker_id,
            employer_id=one.employer_id,
            division=one.division,
            county_code=one.county_code or one.division[:6],
            station_id=one.station_id,
            owed_fen=20050,
            open_fen=20050,
            state=PayState.DUE,
            due_at=clock.now() + HOUR,
        )
        record_id = await self._kept(record)
        yield pay.HoursConfirmed(one.id, by_clock=False)
        for kind in (
            pay.HoursContested,
            pay.CancellationOwed,
            pay.PayFallsDue,
            pay.PayConceded,
            pay.PaySettled,
            pay.PayOverdue,
            pay.PayDecided,
        ):
            yield kind(record_id)
        for state in (ReportState.REPORTED, ReportState.CONTESTED):
            report = PayReport(
                id=new_id(),
                record_id=record_id,
                amount_fen=100,
                method=PayMethod.CASH,
                paid_at=clock.now(),
                reported_by=self._employer,
                reported_at=clock.now(),
                state=state,
            )
            report_id = await self._kept(report)
            for told in (pay.PayReported, pay.PayAwaitsAnswer, pay.PayAnswered):
                yield told(report_id)

    async def _disputes(self) -> AsyncIterator[Event]:
        for kind in (DisputeKind.OTHER, DisputeKind.INJURY):
            dispute = await self.dispute(kind)
            yield disputes.DisputeOpened(dispute.id)
            for what in ("accepted", "handed_over", "mediated", "escalated", "deadline_missed"):
                yield disputes.DisputeMoved(dispute.id, uuid4(), what)
            for account_id in (self._engagement.worker_id, None):
                message = Message(
                    id=new_id(),
                    dispute_id=dispute.id,
                    account_id=account_id,
                    staff_id=None if account_id else self._staff,
                    addressee=Addressee.BOTH,
                    text_sealed=b"",
                    created_at=clock.now(),
                )
                yield disputes.DisputeMessaged(await self._kept(message))
            yield disputes.DisputeRated(dispute.id, bad=True)
            yield disputes.RatingAnswered(dispute.id)
        resolved = await self.dispute(DisputeKind.OTHER, DisputeState.RESOLVED, Outcome.AGREED)
        yield disputes.DisputeClosed(resolved.id)
        withdrawn = await self.dispute(DisputeKind.OTHER, DisputeState.WITHDRAWN)
        yield disputes.DisputeClosed(withdrawn.id)

    async def dispute(
        self, kind: DisputeKind, state: DisputeState = DisputeState.OPENED, outcome: Outcome | None = None
    ) -> Dispute:
        """Return a dispute that the worker opened."""
        one = self._engagement
        dispute = Dispute(
            id=new_id(),
            kind=kind,
            state=state,
            outcome=outcome,
            closed_at=clock.now() if state in (DisputeState.RESOLVED, DisputeState.WITHDRAWN) else None,
            complainant_id=one.worker_id,
            worker_id=one.worker_id,
            employer_id=one.employer_id,
            engagement_id=one.id,
            division=one.division,
            station_id=one.station_id,
            station_division=one.division,
            handed_to=one.station_id,
            due_at=clock.now() + HOUR,
            opened_at=clock.now(),
        )
        await self._kept(dispute)
        return dispute

    async def _counter(self) -> AsyncIterator[Event]:
        now, one = clock.now(), self._engagement
        assistance = Assistance(
            id=new_id(),
            staff_id=self._staff,
            station_id=one.station_id,
            division=one.division,
            consent=Consent.CODE,
            account_id=one.worker_id,
            created_at=now,
            confirmed_at=now,
            until=now + HOUR,
        )
        assistance_id = await self._kept(assistance)
        yield counter.DoneForPerson(uuid4(), assistance_id, "apply_for_job", "报名")

    async def _standing(self) -> AsyncIterator[Event]:
        one = self._engagement
        yield standing.ReviewsShown(one.id)
        appeal = Appeal(
            id=new_id(),
            engagement_id=one.id,
            by=Side.WORKER,
            against="no_show",
            account_id=one.worker_id,
            text_sealed=b"",
            division=one.division,
            state=AppealState.OPEN,
            made_at=clock.now(),
            due_at=clock.now() + HOUR,
        )
        appeal_id = await self._kept(appeal)
        yield standing.AppealMade(appeal_id)
        yield standing.AppealMissed(appeal_id)
        for upheld in (True, False):
            yield standing.AppealDecided(appeal_id, upheld)

    async def _referrals(self) -> AsyncIterator[Event]:
        one = self._engagement
        referral = Referral(
            id=new_id(),
            job_id=one.job_id,
            shift_id=one.shift_id,
            worker_id=one.worker_id,
            employer_id=one.employer_id,
            staff_id=self._staff,
            division=one.division,
            state=ReferralState.SENT,
            note="到了找门卫",
            sent_at=clock.now(),
            kept_until=clock.now() + HOUR,
            changed_at=clock.now(),
        )
        referral_id = await self._kept(referral)
        yield referrals.WorkerReferred(referral_id, 1)
        yield referrals.ReferralOver(referral_id)

    async def _city(self) -> AsyncIterator[Event]:
        county, day = self._engagement.division[:6], clock.today() + timedelta(days=1)
        wage = MinimumWage(county_code=county, effective_from=day, hourly_fen=99_999, source="试")
        self._session.add(wage)
        await self._session.flush()
        yield MinimumWageSet(county, day.isoformat(), wage.hourly_fen)
