"""Graded help (分级帮扶): who has looked for work in vain, or is in a key group and not at work.

A question, not a batch: the list is what it is when somebody looks. Each worker within reach costs an index
look-up or two, and who is at work soon falls out.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
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
from app.core import clock
from app.core.keyring import keys
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
    statement, since = _in_need(officer, group)
    if cursor:
        last, id_ = keys().cursors.read(cursor, scope)
        after = tuple_(literal(datetime.fromisoformat(last)), literal(UUID(id_)))
        statement = statement.where(tuple_(since, Worker.id) > after)
    found = (await session.execute(statement.order_by(since, Worker.id).limit(limit + 1))).all()
    rows = found[:limit]
    following = None
    if len(found) > limit:
        following = keys().cursors.sign([rows[-1].since.isoformat(), rows[-1][0].id], scope)
    return ToHelpPage(items=[_shown(row) for row in rows], next_cursor=following)


def _in_need(officer: Officer, group: KeyGroup | None) -> tuple[Select[*tuple[Any, ...]], ColumnElement[Any]]:
    """Return the statement, and since when a worker has had no work.

    Indexes workers.division by prefix; then for each: engagements worker_id, id; applications worker_id, id;
    sessions account_id; ex_engagements_no_overlap.
    """
    now = clock.now()
    stands = text("engagements.state <> 'cancelled'")
    taken = (
        select(Engagement.agreed_at.label("at"))
        .where(Engagement.worker_id == Worker.id, Engagement.state != EngagementState.CANCELLED)
        .order_by(Engagement.id.desc())
        .limit(1)
        .lateral("taken")
    )
    asked = (
        select(Application.created_at.label("at"))
        .where(Application.worker_id == Worker.id)
        .order_by(Application.id.desc())
        .limit(1)
        .lateral("asked")
    )
    signed_in = select(func.max(SignIn.refreshed_at).label("at")).where(SignIn.account_id == Worker.id)
    came = signed_in.lateral("signed_in")
    sent = (
        select(func.max(Referral.sent_at).label("at"), func.count().label("times"))
        .where(Referral.worker_id == Worker.id, Referral.sent_at > now - ACTIVE_WITHIN)
        .lateral("sent")
    )
    since = func.coalesce(taken.c.at, Worker.verified_at, Worker.created_at)
    at_work = exists().where(
        Engagement.worker_id == Worker.id,
        stands,
        func.tstzrange(Engagement.starts_at, Engagement.ends_at).op("&&", is_comparison=True)(
            func.tstzrange(now, None)
        ),
    )
    active = func.greatest(asked.c.at, came.c.at) > now - ACTIVE_WITHIN
    looking = and_(since <= now - LOOKING_FOR, active)
    keyed = and_(func.cardinality(Worker.key_groups) > 0, ~at_work)
    statement = (
        select(
            Worker,
            Account.phone_index.is_not(None).label("phone"),
            since.label("since"),
            func.coalesce(looking, false()).label("looking"),
            keyed.label("keyed"),
            func.greatest(asked.c.at, came.c.at, sent.c.at).label("last_contact"),
            sent.c.times.label("referred"),
        )
        .join(Account, Account.id == Worker.id)
        .join(taken, true(), isouter=True)
        .join(asked, true(), isouter=True)
        .join(came, true(), isouter=True)
        .join(sent, true(), isouter=True)
        .where(queries.workers_in_reach(officer), Account.state == AccountState.ACTIVE, or_(looking, keyed))
    )
    if group:
        statement = statement.where(Worker.key_groups.contains([group.value]))
    return statement, since


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
