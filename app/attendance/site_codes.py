"""The codes of a site: printed once, or on a screen and changing every half minute."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.models import CodeMode, SiteCode
from app.attendance.problems import FixedCodesOnly
from app.attendance.queries import site_code_of, site_codes_of
from app.core import clock, typeset
from app.core.keyring import keys
from app.core.types import new_id
from app.jobs.models import Job

STEP_S = 30
LENGTH = 10
# Crockford's base32: no I, L, O, U, so that what is read aloud or typed is not mistaken.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", "- \t–—")
_GRACE = timedelta(seconds=STEP_S)


@dataclass(frozen=True)
class CodeNow:
    """A code to show; `valid_until` none: until a new one is made."""

    code: str
    mode: CodeMode
    made_at: datetime
    valid_until: datetime | None


def code_for(key: bytes, job_id: UUID, seed: bytes, step: int | None) -> str:
    """Return ten characters: the first 50 bits of HMAC-SHA256 over job, seed and the half minute."""
    message = job_id.bytes + seed + (b"" if step is None else step.to_bytes(8, "big"))
    bits = int.from_bytes(hmac.digest(key, message, hashlib.sha256)[:8], "big") >> 14
    return "".join(ALPHABET[(bits >> (5 * at)) & 31] for at in reversed(range(LENGTH)))


def tidied(given: str) -> str:
    """Read what was typed or scanned: case, blanks and dashes don't matter, O is 0, I and L are 1."""
    return given.upper().translate(_READ_AS)


def grouped(code: str) -> str:
    """Return a code as it is shown, in two groups."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def step_of(at: datetime) -> int:
    return int(at.timestamp()) // STEP_S


async def make(session: AsyncSession, job: Job, mode: CodeMode) -> CodeNow:
    """Make a new code for a job; the one before ends."""
    await session.refresh(job, with_for_update={"key_share": True})
    now = clock.now()
    await session.execute(
        update(SiteCode).where(SiteCode.job_id == job.id, SiteCode.ended_at.is_(None)).values(ended_at=now)
    )
    made = SiteCode(id=new_id(), job_id=job.id, mode=mode, seed=secrets.token_bytes(16), made_at=now)
    session.add(made)
    await session.flush()
    return _now(made)


async def read(session: AsyncSession, job: Job) -> CodeNow:
    """Return the code that a job has now, else 404."""
    return _now(await site_code_of(session, job.id))


async def matches(session: AsyncSession, job_id: UUID, given: str, at: datetime) -> bool:
    """Tell whether this was a code of the site at that time; a phone's clock may be half a minute off."""
    tidy = tidied(given).encode()
    found = False
    for code in await session.scalars(site_codes_of(job_id)):
        if code.made_at - _GRACE <= at and (code.ended_at is None or at < code.ended_at):
            steps = [None] if code.mode is CodeMode.FIXED else [step_of(at) + off for off in (-1, 0, 1)]
            for step in steps:
                right = code_for(keys().site_codes, job_id, code.seed, step).encode()
                found |= hmac.compare_digest(right, tidy)
    return found


async def poster(session: AsyncSession, job: Job) -> bytes:
    """Return an A4 poster of a fixed code as PDF; refuses a rotating one."""
    data, marks = poster_of(job, await read(session, job))
    return await typeset.pdf(POSTER, data, marks=marks)


POSTER = "attendance/print/site_code.typ"


def poster_of(job: Job, code: CodeNow) -> tuple[dict[str, str], dict[str, str]]:
    """Return what stands on the poster, and its QR code's text."""
    if code.mode is not CodeMode.FIXED:
        raise FixedCodesOnly
    place = (job.places or {}).get("wgs84") or {}
    made_on = code.made_at.astimezone(clock.SHANGHAI)
    data = {
        "title": job.title or "",
        "address": place.get("address") or "",
        "code": code.code,
        "made_on": f"{made_on.year} 年 {made_on.month} 月 {made_on.day} 日",
    }
    return data, {"code": code.code}


def _now(made: SiteCode) -> CodeNow:
    rotates = made.mode is CodeMode.ROTATING
    step = step_of(clock.now())
    until = datetime.fromtimestamp((step + 1) * STEP_S, UTC) if rotates else None
    code = code_for(keys().site_codes, made.job_id, made.seed, step if rotates else None)
    return CodeNow(grouped(code), made.mode, made.made_at, until)
