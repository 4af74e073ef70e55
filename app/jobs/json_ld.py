"""A listed job as schema.org's JobPosting, for search engines and whoever reads linked data."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import NotFound
from app.employers.models import Employer, EmployerKind
from app.geo.models import Division
from app.geo.places import read_back
from app.jobs.models import Job, Listing, Per, Shift
from app.trades.models import Trade

MEDIA_TYPE = "application/ld+json"
# Google's JobPosting takes HOUR, DAY, WEEK, MONTH, YEAR; what is paid by piece or in all goes by the hour.
_UNITS = {Per.HOUR: "HOUR", Per.DAY: "DAY"}


async def posting(session: AsyncSession, job_id: UUID) -> bytes:
    """Return the document; 404 for what is not listed now."""
    row = (
        await session.execute(
            select(Job, Listing, Employer, Trade, Division)
            .join(Listing, Listing.job_id == Job.id)
            .join(Employer, Employer.id == Job.employer_id)
            .join(Trade, Trade.code == Job.trade)
            .join(Division, Division.code == Job.county_code)
            .where(Job.id == job_id, Listing.open_until > clock.now())
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    job, listing, employer, trade, county = row
    shifts = (
        await session.scalars(
            select(Shift)
            .where(
                Shift.job_id == job.id,
                Shift.starts_at > clock.now(),
                Shift.hired + Shift.reserved < Shift.headcount,
            )
            .order_by(Shift.starts_at, Shift.id)
        )
    ).all()
    document = _document(job, listing, employer, trade, county) | {
        "totalJobOpenings": listing.places_left,
        "jobStartDate": clock.day_of(listing.next_starts_at).isoformat(),
        "workHours": ";".join(_hours(shift) for shift in shifts[:20]),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _document(
    job: Job, listing: Listing, employer: Employer, trade: Trade, county: Division
) -> dict[str, Any]:
    person = employer.kind is EmployerKind.INDIVIDUAL
    unit = _UNITS.get(job.pay_per or Per.JOB)
    pay_fen = job.pay_fen if unit else listing.hourly_fen
    requirements = {"qualifications": job.requirements_text} if job.requirements_text else {}
    return {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": {
            "@type": "PropertyValue",
            "name": job.source_name if job.source_id else "临汾零工市场",
            "value": job.source_id or str(job.id),
        },
        "title": job.title,
        "description": job.description,
        "inLanguage": "zh-CN",
        "datePosted": listing.published_at.astimezone(clock.SHANGHAI).isoformat(),
        "validThrough": listing.open_until.astimezone(clock.SHANGHAI).isoformat(),
        "hiringOrganization": {"@type": "Person" if person else "Organization", "name": employer.name},
        "jobLocation": _place(job, county),
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "CNY",
            "value": {
                "@type": "QuantitativeValue",
                "value": (pay_fen or 0) / 100,
                "unitText": unit or "HOUR",
            },
        },
        "employmentType": ["TEMPORARY", "PER_DIEM"],
        "jobImmediateStart": clock.day_of(listing.next_starts_at) <= clock.today(),
        "directApply": True,
        "occupationalCategory": trade.name,
        **requirements,
    }


def _place(job: Job, county: Division) -> dict[str, Any]:
    if job.point is None or job.places is None:
        raise NotFound
    point = read_back(job.point)
    address = job.places["wgs84"].get("address")
    return {
        "@type": "Place",
        "address": {
            "@type": "PostalAddress",
            "addressCountry": "CN",
            "addressRegion": "山西省",
            "addressLocality": f"临汾市{county.name}",
            **({"streetAddress": address} if address else {}),
        },
        "geo": {"@type": "GeoCoordinates", "latitude": round(point.lat, 6), "longitude": round(point.lng, 6)},
    }


def _hours(shift: Shift) -> str:
    starts, ends = (at.astimezone(clock.SHANGHAI) for at in (shift.starts_at, shift.ends_at))
    return f"{starts:%Y-%m-%d %H:%M}-{ends:%H:%M}"
