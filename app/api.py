"""Which router hangs where: the doors of the three audiences, and every reaction behind them."""

from fastapi import APIRouter

from app import maintenance as _maintenance
from app.access import console as access
from app.employers import console as employers_console
from app.employers import leaving as _employers_leaving
from app.employers import routes as employers
from app.engagements import engagement_routes as engagements
from app.engagements import keeping as _keeping
from app.engagements import leaving as _engagements_leaving
from app.engagements import routes as applications
from app.geo import routes as divisions
from app.identity import routes as identity
from app.jobs import console as jobs_console
from app.jobs import routes as jobs
from app.jobs import search_routes as search
from app.notifications import leaving as _inbox_leaving
from app.notifications import reactions as _reactions
from app.notifications import routes as notifications
from app.stations import routes as stations
from app.sync import routes as sync
from app.trades import routes as trades
from app.workers import console as workers_console
from app.workers import leaving as _workers_leaving
from app.workers import routes as workers

# Modules that are here for what they register: reactions, the timetable, what closing an account erases.
REACTIONS = [
    _maintenance,
    _keeping,
    _reactions,
    _engagements_leaving,
    _employers_leaving,
    _workers_leaving,
    _inbox_leaving,
]

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
