"""The inbox and how one wants to be told: the mobile app's door."""

from datetime import time

from fastapi import APIRouter

from app.core.contract import answers
from app.core.db import Session, Transacted
from app.core.pages import Cursor, Limit, newest
from app.core.problems import Invalid
from app.identity.asking import AsAccount
from app.identity.models import Account
from app.notifications import actions, choices, queries
from app.notifications.choices import Wanted
from app.notifications.models import Notification
from app.notifications.schemas import (
    KindView,
    NotificationPage,
    NotificationView,
    ReadGiven,
    ReadView,
    SettingsGiven,
    SettingsView,
    UnreadView,
)
from app.notifications.texts import WORDINGS

router = APIRouter(prefix="/v1/me/notifications", tags=["消息"], route_class=Transacted)
settings = APIRouter(prefix="/v1/me/notification-settings", tags=["消息"], route_class=Transacted)


@router.get("", summary="我的消息", responses=answers(Invalid))
async def list_notifications(
    session: Session, account: AsAccount, limit: Limit = 20, cursor: Cursor = None
) -> NotificationPage:
    """最新的在前。"""
    statement = queries.inbox(account.id)
    scope = f"notifications/{account.id}"
    found, following = await newest(session, statement, Notification.id, limit, cursor, scope)
    return NotificationPage(
        items=[NotificationView.model_validate(one) for one in found], next_cursor=following
    )


@router.get("/unread", summary="未读条数")
async def count_unread(session: Session, account: AsAccount) -> UnreadView:
    """供角标显示。"""
    return UnreadView(count=await queries.unread(session, account.id))


@router.post("/read", summary="标为已读")
async def read_notifications(session: Session, account: AsAccount, given: ReadGiven) -> ReadView:
    """不填编号则全部标为已读。"""
    return ReadView(marked=await actions.mark_read(session, account, given.ids))


@settings.get("", summary="消息设置")
async def read_notification_settings(session: Session, account: AsAccount) -> SettingsView:
    """各类消息是否发短信、是否推送,以及免打扰时段;站内消息总会收到。"""
    return await _settings(session, account)


@settings.put("", summary="修改消息设置", responses=answers(Invalid))
async def put_notification_settings(
    session: Session, account: AsAccount, given: SettingsGiven
) -> SettingsView:
    """只改所填的;不能错过的短信不能关闭。免打扰时段内的短信与推送留到结束时再发,等不到天亮的除外。"""
    wanted = [Wanted(one.kind, one.sms, one.push) for one in given.kinds]
    quiet = [time.fromisoformat(at) if at else None for at in (given.quiet_from, given.quiet_until)]
    await choices.choose(session, account.id, wanted, *quiet)
    return await _settings(session, account)


async def _settings(session: Session, account: Account) -> SettingsView:
    ways = await choices.ways_of(session, account.id)
    quiet_from, quiet_until = await choices.quiet_hours(session, account.id)
    return SettingsView(
        quiet_from=f"{quiet_from:%H:%M}",
        quiet_until=f"{quiet_until:%H:%M}",
        kinds=[
            KindView(
                kind=name,
                title=kind.when,
                sms=ways[name].sms,
                push=ways[name].push,
                by_sms=kind.sms,
                must=kind.must is not None,
                reason=kind.must,
                urgent=kind.urgent,
            )
            for name, kind in WORDINGS.items()
        ],
    )
