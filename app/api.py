"""Which router hangs where: the doors of the three audiences."""

from fastapi import APIRouter

from app.access import console as access
from app.employers import console as employers_console
from app.employers import routes as employers
from app.engagements import engagement_routes as engagements
from app.engagements import routes as applications
from app.geo import routes as divisions
from app.identity import routes as identity
from app.jobs import console as jobs_console
from app.jobs import routes as jobs
from app.jobs import search_routes as search
from app.notifications import routes as notifications
from app.stations import routes as stations
from app.sync import routes as sync
from app.trades import routes as trades
from app.workers import console as workers_console
from app.workers import routes as workers

MOBILE: list[APIRouter] = [
    # First: what is asked for most, and before the postings, for /v1/jobs/facets is no job's id.
    search.router,
    identity.auth,
    identity.me,
    workers.router,
    employers.mine,
    employers.router,
    applications.of_jobs,
    jobs.router,
    jobs.of_employers,
    applications.of_me,
    applications.router,
    engagements.of_me,
    engagements.router,
    notifications.router,
    stations.router,
    divisions.router,
    trades.router,
]
ADMIN: list[APIRouter] = [
    access.auth,
    access.me,
    employers_console.router,
    jobs_console.router,
    workers_console.router,
    access.ledger,
]
PROVINCE: list[APIRouter] = [sync.router]
