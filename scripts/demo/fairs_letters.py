"""What is written about the fairs ahead: to employers, stations, and who reserved what was cancelled."""

from datetime import timedelta

from app.fairs.audience import Reservation
from app.fairs.models import Booth, BoothState, Fair, FairMode
from app.notifications.kinds import Both, Span, Value
from scripts.demo.fairs_making import Held, Making
from scripts.demo.letters import Letters
from scripts.demo.scene import Scene

MINUTE = timedelta(minutes=1)
_TO_EMPLOYERS = {
    BoothState.INVITED: "booth_invited",
    BoothState.ACCEPTED: "booth_accepted",
    BoothState.REJECTED: "booth_ended",
    BoothState.CANCELLED: "booth_fair_cancelled",
}


def tell(scene: Scene, making: Making, letters: Letters, held: Held) -> None:
    """Tell them, once each, in the application's words."""
    fair, about = held.fair, _about(scene, held.fair)
    for booth, employer in held.booths:
        at = booth.decided_at or booth.created_at
        data = {"fair_id": str(fair.id), "booth_id": str(booth.id)}
        if kind := _TO_EMPLOYERS.get(booth.state):
            cancelled = booth.state is BoothState.CANCELLED
            key = str(fair.id if cancelled else booth.id)
            letters.tell(
                scene.owners[employer.id], kind, at + MINUTE, key, about | _of_the_booth(booth), data
            )
        elif booth.state is BoothState.APPLIED:
            station = scene.stations[fair.station_id]
            letters.alert(station, "booth_applied", at + MINUTE, booth.id, data, **about)
    if fair.cancelled_at:
        for one in making.rows[Reservation]:
            if isinstance(one, dict) and one["fair_id"] == fair.id:
                key, at, data = f"{fair.id}/", fair.cancelled_at + MINUTE, {"fair_id": str(fair.id)}
                letters.tell(one["account_id"], "fair_cancelled", at, key, about, data, fair.starts_at)


def tell_who_asked(letters: Letters, held: Held) -> None:
    """Tell them what was answered."""
    for one in held.questions:
        if one["answer"]:
            data = {"fair_id": str(held.fair.id), "question_id": str(one["id"])}
            values: dict[str, Value] = {"fair": held.fair.title, "answer": one["answer"]}
            at = one["changed_at"] + MINUTE
            letters.tell(one["account_id"], "question_answered", at, str(one["id"]), values, data)


def _of_the_booth(booth: Booth) -> dict[str, Value]:
    said: dict[str, Value] = {"when": Span(booth.starts_at, booth.ends_at)}
    return said | {"reason": booth.reason} if booth.reason else said


def _about(scene: Scene, fair: Fair) -> dict[str, Value]:
    place = " ".join(filter(None, [fair.venue, fair.room]))
    where: Value = Both("线上直播", "online")
    if fair.mode is not FairMode.ONLINE:
        where = place if fair.mode is FairMode.HALL else Both(f"{place},线上同步直播", f"{place}, and online")
    return {
        "fair": fair.title,
        "when": Span(fair.starts_at, fair.ends_at),
        "where": where,
        "station": scene.stations[fair.station_id].name,
        "reason": fair.cancelled_because or Both("未说明原因", "no reason was given"),
    }
