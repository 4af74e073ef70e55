"""How each person wants to be told: by which ways of what, and when to be left alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import SHANGHAI
from app.core.problems import Fault, Invalid
from app.notifications.kinds import Kind
from app.notifications.models import Choice, Inbox
from app.notifications.texts import WORDINGS

QUIET_FROM, QUIET_UNTIL = time(22), time(7)
# Whoever is woken by what begins right after the quiet hours has no time left to act on it.
TIME_TO_ACT = timedelta(hours=1)
_ANEW = {"populate_existing": True}  # what was just changed by a statement of its own


@dataclass(frozen=True)
class Ways:
    """By which ways somebody wants to be told of a kind; the inbox is always one."""

    sms: bool
    push: bool


@dataclass(frozen=True)
class Wanted:
    """A change of one kind's ways; None leaves one as it is."""

    kind: str
    sms: bool | None
    push: bool | None


async def ways_of(session: AsyncSession, account_id: UUID) -> dict[str, Ways]:
    """Return the ways of every kind, by default or by choice (primary key)."""
    chosen = await session.scalars(
        select(Choice).where(Choice.account_id == account_id), execution_options=_ANEW
    )
    return _ways({choice.kind: choice for choice in chosen})


async def ways_for(session: AsyncSession, account_id: UUID, kind: str) -> Ways:
    """Return the ways of one kind (primary key)."""
    choice = await session.get(Choice, (account_id, kind))
    return _of(WORDINGS[kind], choice)


async def quiet_hours(session: AsyncSession, account_id: UUID) -> tuple[time, time]:
    """Return from when until when somebody wants to be left alone, in Shanghai's time."""
    inbox = await session.get(Inbox, account_id, populate_existing=True)
    return (inbox.quiet_from, inbox.quiet_until) if inbox else (QUIET_FROM, QUIET_UNTIL)


async def choose(
    session: AsyncSession,
    account_id: UUID,
    wanted: Sequence[Wanted],
    quiet_from: time | None,
    quiet_until: time | None,
) -> None:
    """Change what is given. Refuses unknown kinds, and to go without what must not be missed."""
    faults = [fault for n, one in enumerate(wanted) for fault in _faults(n, one)]
    if faults:
        raise Invalid(faults=faults)
    hours = {name: at for name, at in (("quiet_from", quiet_from), ("quiet_until", quiet_until)) if at}
    if hours:
        kept = insert(Inbox).values(
            account_id=account_id,
            last_number=0,
            **{"quiet_from": QUIET_FROM, "quiet_until": QUIET_UNTIL} | hours,
        )
        await session.execute(kept.on_conflict_do_update(index_elements=["account_id"], set_=hours))
    ways = await ways_of(session, account_id)
    for one in wanted:
        before = ways[one.kind]
        ways[one.kind] = Ways(
            sms=before.sms if one.sms is None else one.sms,
            push=before.push if one.push is None else one.push,
        )
    for kind in sorted({one.kind for one in wanted}):  # in one order, for two at once
        chosen = {"sms": ways[kind].sms, "push": ways[kind].push}
        kept_choice = insert(Choice).values(account_id=account_id, kind=kind, **chosen)
        await session.execute(
            kept_choice.on_conflict_do_update(index_elements=["account_id", "kind"], set_=chosen)
        )


def quiet_ends(now: datetime, from_: time, until: time) -> datetime | None:
    """Return when the quiet hours end that hold at this instant; None if none do.

    They may go over midnight, and are none where both ends are the same.
    """
    local = now.astimezone(SHANGHAI)
    at, day = local.time(), local.date()
    if from_ <= until:
        holds = from_ <= at < until
    else:
        holds = at >= from_ or at < until
        if at >= from_:
            day += timedelta(days=1)
    return datetime.combine(day, until, SHANGHAI) if holds else None


def held_back_until(
    kind: Kind, now: datetime, quiet: tuple[time, time], by: datetime | None
) -> datetime | None:
    """Return until when a message waits; None: it goes at once.

    `by`: when what it tells of begins or has to be answered. What would be told too late does not wait.
    """
    ends = quiet_ends(now, *quiet)
    if ends is None or kind.urgent or (by is not None and by < ends + TIME_TO_ACT):
        return None
    return ends


def _ways(chosen: Mapping[str, Choice]) -> dict[str, Ways]:
    return {name: _of(kind, chosen.get(name)) for name, kind in WORDINGS.items()}


def _of(kind: Kind, choice: Choice | None) -> Ways:
    sms = kind.sms and (kind.must is not None or choice is None or choice.sms)
    return Ways(sms=sms, push=choice is None or choice.push)


def _faults(n: int, one: Wanted) -> list[Fault]:
    kind = WORDINGS.get(one.kind)
    if kind is None:
        return [Fault(f"/kinds/{n}/kind", "unknown_kind", "没有这一类消息", "There is no such kind")]
    if one.sms is False and kind.must:
        why = f"这类短信不能关闭:{kind.must}"
        return [Fault(f"/kinds/{n}/sms", "must_be_told", why, "This kind can't go without SMS")]
    if one.sms and not kind.sms:
        return [Fault(f"/kinds/{n}/sms", "not_by_sms", "这类消息不发短信", "This kind does not go by SMS")]
    return []
