"""Changes of conditions in the demo city: proposed, consented to with new terms, refused."""

from datetime import datetime, timedelta
from typing import Any

from app.engagements import conditions
from app.engagements.agreement import hash_of
from app.engagements.models import Change, ChangeState, Side, Terms
from app.jobs.models import Per
from scripts.demo.letters import Letters
from scripts.demo.scene import Life, Scene

HOUR = timedelta(hours=1)
_WISHED = 0.05
_STATES = {ChangeState.PROPOSED: 45, ChangeState.ACCEPTED: 40, ChangeState.REFUSED: 15}
_MORE_FEN = {Per.HOUR: 200, Per.DAY: 2_000, Per.PIECE: 100}


class Changing:
    """Lets one side wish for something else, and the other answer."""

    def __init__(self, scene: Scene, letters: Letters) -> None:
        self._scene, self._letters, self._chance = scene, letters, scene.chance("changing")

    def perhaps(self, life: Life) -> None:
        """Now and then, somebody wishes for other conditions of what is to come."""
        later = life.engagement.starts_at > self._scene.today + timedelta(days=2)
        if later and life.pay["per"] in _MORE_FEN and self._chance.happens(_WISHED):
            self.wish(life, self._chance.of(_STATES))

    def wish(self, life: Life, state: ChangeState, by: Side = Side.EMPLOYER) -> None:
        """Propose more pay, or by the worker another hour; it is answered already unless still proposed."""
        one, chance, today = life.engagement, self._chance, self._scene.today
        at = chance.between(max(one.agreed_at, today - 30 * HOUR), today)
        agreed = conditions.of_terms(life.terms.body)
        wanted = agreed | (self._times(life) if by is Side.WORKER else self._more(agreed))
        before, after = conditions.difference(agreed, wanted, wanted) or ({}, {})
        change = Change(
            id=chance.id_at(at),
            engagement_id=one.id,
            by=by,
            binding=False,
            before=before,
            after=after,
            note="当天还要接孩子,想晚半小时到" if by is Side.WORKER else "活多,加一点工钱",
            state=state,
            proposed_at=at,
        )
        self._scene.write(change)
        if by is Side.WORKER:
            self._letters.employer(life, "change_proposed_by_worker", at, change.id)
        else:
            self._letters.worker(life, "change_proposed", at, change.id)
        if state is ChangeState.PROPOSED:
            return
        change.answered_at = chance.between(at, today)
        if state is ChangeState.ACCEPTED:
            self._agree_anew(life, after, change.answered_at)

    def _more(self, agreed: dict[str, Any]) -> dict[str, Any]:
        pay = agreed["pay"]
        return {"pay": pay | {"amount_fen": pay["amount_fen"] + _MORE_FEN[Per(pay["per"])]}}

    def _times(self, life: Life) -> dict[str, Any]:
        one, later = life.engagement, timedelta(minutes=30)
        times = (one.starts_at + later, one.ends_at + later)
        return dict(zip(conditions.TIMES, map(conditions.instant, times), strict=True))

    def _agree_anew(self, life: Life, after: dict[str, Any], at: datetime) -> None:
        """Write the next version of the terms."""
        version = life.terms.version + 1
        body = conditions.applied(life.terms.body, after)
        body |= {"version": version, "agreed_at": at.isoformat()}
        life.terms = Terms(
            id=self._chance.id_at(at),
            engagement_id=life.engagement.id,
            version=version,
            body=body,
            hash=hash_of(body),
            agreed_at=at,
        )
        life.engagement.terms_hash = life.terms.hash
        self._scene.write(life.terms)
