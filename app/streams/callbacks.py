"""What the media server tells us of: its door, for nobody else."""

import hmac
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request, Response

from app.core.db import Session, Transacted
from app.core.ports import ports
from app.core.problems import NotFound
from app.streams import publishing
from app.streams.models import LiveKind
from app.streams.problems import PublishRefused

_OURS = ("name", "clientid", "key", "path", "call")
Said = dict[str, str]


async def _from_our_server(secret: Annotated[str, Query()] = "") -> None:
    known = hmac.compare_digest(secret.encode(), ports().live.callback_secret.encode())
    if not known or LiveKind.OWN not in ports().live.servers:
        raise NotFound


async def _said(request: Request) -> Said:
    """Read the form. What the publisher wrote into its address comes after what the server says of it.

    So a word that comes twice is a publisher who calls itself somebody else.
    """
    try:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise PublishRefused from None
    said: Said = {}
    for word, value in pairs:
        if word in _OURS and (word in said or "\0" in value):
            raise PublishRefused
        said[word] = value
    return dict.fromkeys(_OURS, "") | said


AsSaid = Annotated[Said, Depends(_said)]

router = APIRouter(
    prefix="/live",
    include_in_schema=False,
    route_class=Transacted,
    dependencies=[Depends(_from_our_server)],
    default_response_class=Response,
)


@router.post("/on_publish", status_code=HTTPStatus.NO_CONTENT)
async def on_publish(session: Session, said: AsSaid) -> None:
    """Tell whether somebody may publish; any other answer than 2xx refuses."""
    await publishing.begin(session, said["name"], said["key"], said["clientid"])


@router.post("/on_update", status_code=HTTPStatus.NO_CONTENT)
async def on_update(session: Session, said: AsSaid) -> None:
    """Hear every few seconds of each connection; any other answer than 2xx drops it."""
    if said["call"] == "update_publish":
        await publishing.go_on(session, said["name"], said["key"], said["clientid"])


@router.post("/on_publish_done", status_code=HTTPStatus.NO_CONTENT)
async def on_publish_done(session: Session, said: AsSaid) -> None:
    await publishing.stop(session, said["name"], said["clientid"])


@router.post("/on_play", status_code=HTTPStatus.NO_CONTENT)
async def on_play(session: Session, said: AsSaid) -> None:
    await publishing.may_play(session, said["name"])


@router.post("/on_record_done", status_code=HTTPStatus.NO_CONTENT)
async def on_record_done(session: Session, said: AsSaid) -> None:
    await publishing.recorded(session, said["name"], said["clientid"], said["path"])
