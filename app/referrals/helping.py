"""Graded help (分级帮扶): who has looked for work in vain, or is in a key group and not at work.

A question, not a batch: the list is what it is when somebody looks. Each worker within reach costs one index
look-up; what else is told, those on the page alone.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Select,
    Subquery,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.core import clock, wall
from app.core.keyring import keys
from app.counter.models import Assistance
from app.engagements.finding import LOOKING_FOR
from app.engagements.models import Application, Engagement, EngagementState
from app.identity.models import Account, AccountState
from app.identity.models import Session as SignIn
from app.referrals import queries
from app.referrals.candidates import REACHED, masked
from app.referrals.models import Referral
from app.referrals.schemas import ToHelp, ToHelpPage
from app.workers.models import KeyGroup, Worker

ACTIVE_WITHIN = timedelta(days=60)


async def page(
    session: AsyncSession, officer: Officer, group: KeyGroup | None, limit: int, cursor: str | None
) -> ToHelpPage:
    """Return who needs help, longest without work first, in one statement."""
    scope = f"to-help/{officer.station.division}/{group}"
    after = None
    if cursor:
        last, id_ = keys().cursors.read(cursor, scope)
        after = datetime.fromisoformat(last), UUID(id_)
    # Engagements elsewhere and sign-ins decide, and are not shown; who is shown lives within reach.
    async with wall.lifted(session):
        found = (await session.execute(in_need(officer, group, after).limit(limit + 1))).all()
    rows = found[:limit]
    following = None
    if len(found) > limit:
        following = keys().cursors.sign([rows[-1].since.isoformat(), rows[-1][0].id], scope)
    return ToHelpPage(items=[_shown(row) for row in rows], next_cursor=following)


def in_need(
    officer: Officer, group: KeyGroup | None, after: tuple[datetime, UUID] | None
) -> Select[*tuple[Any, ...]]:
    """Return those who need help, in their order, after the last one seen.

    For each worker within reach (index division, id) the last engagement is looked up (index worker_id,
    id) and nothing else. What was heard of them is looked up in that order, until the page is full.
    """
    now = clock.now()
    out = _without_work(officer, group, now, after)
    asked = (
        select(Application.created_at.label("at"))
        .where(Application.worker_id == out.c.id)
        .order_by(Application.id.desc())
        .limit(1)
        .lateral("asked")
    )
    signed_in = select(func.max(SignIn.refreshed_at).label("at")).where(SignIn.account_id == out.c.id)
    came = signed_in.lateral("signed_in")
    helped = select(func.max(Assistance.confirmed_at).label("at")).where(Assistance.account_id == out.c.id)
    at_the_counter = helped.lateral("at_the_counter")
    sent = (
        select(func.max(Referral.sent_at).label("at"), func.count().label("times"))
        .where(Referral.worker_id == out.c.id, Referral.sent_at > now - ACTIVE_WITHIN)
        .lateral("sent")
    )
    heard = func.greatest(asked.c.at, came.c.at, at_the_counter.c.at)
    looking = func.coalesce(and_(out.c.since <= now - LOOKING_FOR, heard > now - ACTIVE_WITHIN), false())
    return (
        select(
            Worker,
            out.c.phone,
            out.c.since,
            out.c.keyed,
            looking.label("looking"),
            func.greatest(heard, sent.c.at).label("last_contact"),
            sent.c.times.label("referred"),
        )
        .select_from(out)
        .join(Worker, Worker.id == out.c.id)
        .join(asked, true(), isouter=True)
        .join(came, true(), isouter=True)
        .join(at_the_counter, true(), isouter=True)
        .join(sent, true(), isouter=True)
        .where(or_(looking, out.c.keyed))
        .order_by(out.c.since, out.c.id)
    )


def _without_work(
    officer: Officer, group: KeyGroup | None, now: datetime, after: tuple[datetime, UUID] | None
) -> Subquery:
    """Return who has not been taken on for fourteen days, or is in a key group and not at work."""
    taken = (
        select(Engagement.agreed_at.label("at"))
        .where(Engagement.worker_id == Worker.id, Engagement.state != EngagementState.CANCELLED)
        .order_by(Engagement.id.desc())
        .limit(1)
        .lateral("taken")
    )
    at_work = exists().where(
        Engagement.worker_id == Worker.id,
        text("engagements.state <> 'cancelled'"),  # as the index ex_engagements_no_overlap has it
        func.tstzrange(Engagement.starts_at, Engagement.ends_at).op("&&", is_comparison=True)(
            func.tstzrange(now, None)
        ),
    )
    since = func.coalesce(taken.c.at, Worker.verified_at, Worker.created_at)
    keyed = and_(func.cardinality(Worker.key_groups) > 0, ~at_work)
    phone = Account.phone_index.is_not(None).label("phone")
    statement = (
        select(Worker.id, phone, since.label("since"), keyed.label("keyed"))
        .join(Account, Account.id == Worker.id)
        .join(taken, true(), isouter=True)
        .where(
            queries.workers_in_reach(officer),
            Account.state == AccountState.ACTIVE,
            or_(since <= now - LOOKING_FOR, keyed),
        )
    )
    if group:
        statement = statement.where(Worker.key_groups.contains([group.value]))
    if after:
        statement = statement.where(tuple_(since, Worker.id) > tuple_(*map(literal, after)))
    # OFFSET 0 keeps the planner from looking everybody up in the tables above before it sorts.
    return statement.order_by(since, Worker.id).offset(0).subquery("without_work")


def _shown(row: Any) -> ToHelp:
    worker: Worker = row[0]
    reasons = {"looking_14_days": row.looking, "key_group": row.keyed}
    return ToHelp(
        worker_id=worker.id,
        name_masked=masked(worker),
        division=worker.division,
        reached_through=REACHED[row.phone],
        reasons=[code for code, holds in reasons.items() if holds],
        key_groups=worker.key_groups,
        looking_since=row.since,
        looking_days=(clock.now() - row.since).days,
        last_contact=row.last_contact,
        referred=row.referred,
    )
