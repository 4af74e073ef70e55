"""The evidence of a dispute in one PDF, or in a ZIP with everything that it is made from."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.access.asking import Officer
from app.attachments.models import Attachment
from app.core import clock, typeset
from app.core.files import FileAbsent
from app.core.ports import ports
from app.core.problems import NotFound
from app.disputes import paragraphs, reading
from app.disputes.evidence import Evidence, gather
from app.disputes.models import Addressee, Dispute
from app.disputes.queries import one_in_reach, seen_by
from app.disputes.schemas import EvidenceFormat
from app.disputes.sides import by_employer
from app.disputes.wording import KINDS, shown
from app.engagements import printing

TEMPLATE = "disputes/print/evidence.typ"
PDF, ZIP = "application/pdf", "application/zip"
# So much of the pictures goes into one ZIP, which is made in memory; the rest is listed with its hash.
MOST_PICTURES, MOST_BYTES = 100, 40 * 1024 * 1024
MOST_PRINTED = 60_000  # characters of messages
MOST_TERMS = 5  # versions set as PDF, the newest; each takes some 50 ms
_OF = {"dispute": "投诉", "message": "消息", "pay_report": "付款", "claim": "到岗争议"}


@dataclass(frozen=True)
class Picture:
    """One picture of the evidence: its name in the ZIP, its hash, its bytes if they are wanted."""

    about: Attachment
    name: str
    sha256: str
    data: bytes | None


async def pdf_for_worker(session: AsyncSession, account_id: UUID, dispute_id: UUID) -> bytes:
    """Return the worker's own evidence; 404 for anybody else."""
    evidence = await _own(session, account_id, dispute_id)
    return await pdf(evidence, await _pictures(evidence, keep=False))


async def zip_for_worker(session: AsyncSession, account_id: UUID, dispute_id: UUID, base_url: str) -> bytes:
    """Return the worker's own evidence with everything that it is made from."""
    return await packed(session, await _own(session, account_id, dispute_id), base_url)


async def for_staff(
    session: AsyncSession,
    officer: Officer,
    dispute_id: UUID,
    format_: EvidenceFormat,
    reason: str,
    base_url: str,
) -> tuple[bytes, str]:
    """Return the whole evidence and its media type; the reading is in the ledger with its reason."""
    dispute = await one_in_reach(session, officer, dispute_id)
    evidence = await gather(session, dispute, staff=True)
    if format_ is EvidenceFormat.PDF:
        made, media_type = await pdf(evidence, await _pictures(evidence, keep=False)), PDF
    else:
        made, media_type = await packed(session, evidence, base_url), ZIP
    # Last: what the ledger locks is not held while the document is made.
    await reading.written(session, officer, dispute, "evidence", reason)
    return made, media_type


async def pdf(evidence: Evidence, pictures: list[Picture]) -> bytes:
    return await typeset.pdf(TEMPLATE, data_of(evidence, pictures))


def data_of(evidence: Evidence, pictures: list[Picture]) -> dict[str, Any]:
    """Return what the template shows."""
    dispute, work = evidence.dispute, evidence.work
    said = paragraphs.messages(evidence)
    printed = _fitting(said)
    return {
        "title": "维权证据材料",
        "subtitle": f"{KINDS[dispute.kind]} · 编号 {dispute.id} · {shown(clock.now())} 生成",
        "foot": "临汾公益性零工市场 · 由系统记录汇集,可向受理机构核验 · 劳动维权电话 12333",
        "form": paragraphs.form(evidence),
        "terms": paragraphs.terms(work) if work else [],
        "happened": paragraphs.happened(work) if work else [],
        "attendance": paragraphs.attendance(work) if work else [],
        "pay": paragraphs.pay(work) if work else [],
        "course": paragraphs.course(evidence),
        "messages": printed,
        "unprinted": len(said) - len(printed),
        "pictures": [
            [one.name, _OF.get(one.about.belongs or "", ""), shown(one.about.created_at), one.sha256]
            for one in pictures
        ],
    }


async def packed(session: AsyncSession, evidence: Evidence, base_url: str) -> bytes:
    """Return a ZIP: the PDF, the terms as JSON and PDF, the data, the pictures, a manifest of SHA-256."""
    pictures = await _pictures(evidence, keep=True)
    data = data_of(evidence, pictures)
    files: dict[str, bytes] = {"evidence.pdf": await pdf(evidence, pictures)}
    versions = evidence.work.terms if evidence.work else ()
    for terms in versions:
        body = {"hash": terms.hash, "agreed_at": terms.agreed_at, "body": terms.body}
        files[f"terms/terms-v{terms.version}.json"] = _json(body)
    for terms in versions[-MOST_TERMS:]:
        printed = await printing.pdf(session, terms, versions, base_url)
        files[f"terms/terms-v{terms.version}.pdf"] = printed
    files["case.json"] = _json({"form": data["form"], "course": data["course"]})
    files["attendance.json"] = _json({"happened": data["happened"], "noted": data["attendance"]})
    files["pay.json"] = _json(data["pay"])
    files["messages.json"] = _json(paragraphs.messages(evidence))
    files |= {one.name: one.data for one in pictures if one.data is not None}
    left_out = [{"name": one.name, "sha256": one.sha256} for one in pictures if one.data is None]
    return await asyncio.to_thread(_zipped, evidence.dispute, files, left_out)


def _fitting(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first messages, as many as can be set in a second; the ZIP holds all of them."""
    room, fitting = MOST_PRINTED, []
    for message in said:
        room -= len(message["text"])
        if room < 0:
            break
        fitting.append(message)
    return fitting


def _zipped(dispute: Dispute, files: Mapping[str, bytes], left_out: list[dict[str, str]]) -> bytes:
    listed = [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]
    manifest = {"dispute_id": dispute.id, "made_at": clock.now(), "files": listed, "left_out": left_out}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # A JPEG or a PDF is packed already.
            still = name.endswith((".jpg", ".pdf"))
            archive.writestr(name, content, zipfile.ZIP_STORED if still else zipfile.ZIP_DEFLATED)
        archive.writestr("manifest.json", _json(manifest))
    return made.getvalue()


async def _pictures(evidence: Evidence, *, keep: bool) -> list[Picture]:
    """Hash each picture, one after the other, and keep as many as fit."""
    found, room = [], MOST_BYTES
    for number, about in enumerate(evidence.pictures[:MOST_PICTURES], 1):
        try:
            data = await ports().files.get(about.picture_key)
        except FileAbsent:
            continue
        room -= len(data)
        name = f"pictures/{number:03}.jpg"
        digest = hashlib.sha256(data).hexdigest()
        found.append(Picture(about, name, digest, data if keep and room >= 0 else None))
    return found


async def _own(session: AsyncSession, account_id: UUID, dispute_id: UUID) -> Evidence:
    """Return the evidence of a worker's own case, one that the market opened included."""
    dispute, side = await seen_by(session, account_id, dispute_id)
    if side is not Addressee.COMPLAINANT or by_employer(dispute):
        raise NotFound
    return await gather(session, dispute, staff=False)


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2, default=str).encode()
