"""Which router hangs where: the doors of the three audiences."""

from fastapi import APIRouter

from app.access import console as access
from app.access import ledger_console
from app.access.lists import exportable
from app.attachments import routes as attachments
from app.attendance import console as attendance_console
from app.attendance import routes as attendance
from app.city import console as city
from app.counter import console as assistances
from app.counter import workers_console as people
from app.counter.doors import at_the_counter
from app.disputes import console as disputes_console
from app.disputes import routes as disputes
from app.employers import console as employers_console
from app.employers import routes as employers
from app.engagements import cancelling_routes as cancelling
from app.engagements import console as engagements_console
from app.engagements import engagement_routes as engagements
from app.engagements import routes as applications
from app.fairs import booth_routes as booths
from app.fairs import booths_console, live_console
from app.fairs import console as fairs_console
from app.fairs import live_routes as fairs_live
from app.fairs import routes as fairs
from app.fairs import viewing_routes as fairs_seen
from app.feed import console as exchange
from app.feed import copies_routes, figures_routes, person_routes
from app.feed import routes as feed
from app.geo import routes as divisions
from app.hall import console as hall
from app.identity import device_routes as devices
from app.identity import routes as identity
from app.imports import console as imports
from app.inbound import application_routes as outcomes_inbound
from app.inbound import console as inbound_console
from app.inbound import routes as inbound
from app.jobs import console as jobs_console
from app.jobs import routes as jobs
from app.jobs import search_routes as search
from app.notices import console as notices_console
from app.notices import routes as notices
from app.notifications import console as alerts
from app.notifications import routes as notifications
from app.notifications import stream
from app.offices import console as stations_console
from app.offices import staff_console
from app.outcomes import console as outcomes
from app.pay import console as pay_console
from app.pay import routes as pay
from app.pushes import console as pushes_console
from app.pushes import routes as pushes
from app.queues import console as queues
from app.referrals import console as referrals
from app.standing import console as standing_console
from app.standing import routes as standing
from app.stations import routes as stations
from app.statistics import console as statistics_console
from app.statistics import routes as statistics
from app.streams import routes as replays
from app.sync import console as province_clients
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
    engagements.of_terms,
    attendance.of_jobs,
    attendance.router,
    cancelling.router,
    pay.of_me,
    pay.of_employers,
    pay.router,
    standing.of_me,
    standing.of_employers,
    standing.of_applications,
    standing.router,
    disputes.of_me,
    disputes.router,
    attachments.router,
    devices.router,
    notifications.router,
    notifications.settings,
    stream.router,
    stations.router,
    notices.router,
    fairs.calendar,
    fairs.router,
    fairs.reservations,
    fairs.of_me,
    fairs_live.router,
    fairs_live.feed,
    fairs_seen.router,
    booths.router,
    replays.router,
    statistics.router,
    divisions.router,
    trades.router,
]
# What staff can do for a person at the counter: a person's whole life here (rule 12). Left out are signing
# in, devices and streams, which are the phone's own, and what anybody may read without asking for anybody.
LEFT_TO_THE_PHONE: list[APIRouter] = [
    search.router,
    identity.auth,
    engagements.of_terms,
    devices.router,
    stream.router,
    stations.router,
    notices.router,
    fairs.calendar,
    fairs.router,
    fairs_live.router,
    fairs_live.feed,
    fairs_seen.router,
    replays.router,
    statistics.router,
    divisions.router,
    trades.router,
]
HELPED = [router for router in MOBILE if router not in LEFT_TO_THE_PHONE]
_STATIONS: list[APIRouter] = [
    access.auth,
    access.me,
    stations_console.router,
    staff_console.router,
    queues.router,
    employers_console.router,
    jobs_console.router,
    workers_console.router,
    workers_console.people,
    people.router,
    assistances.router,
    assistances.told,
    referrals.router,
    engagements_console.router,
    engagements_console.excuses,
    attendance_console.router,
    pay_console.router,
    disputes_console.router,
    standing_console.router,
    alerts.router,
    notices_console.router,
    # Before the fairs: /fairs/statistics is no fair's id.
    outcomes.router,
    fairs_console.router,
    booths_console.router,
    live_console.router,
    hall.router,
    imports.router,
    imports.exports,
    statistics_console.router,
    statistics_console.yearly,
    city.wages,
    city.trades,
    city.outbox,
    province_clients.router,
    exchange.router,
    pushes_console.router,
    inbound_console.router,
    ledger_console.router,
]
# Each list of the stations is also a spreadsheet (api.md, Admin).
ADMIN = [*(exportable(router) for router in _STATIONS), at_the_counter(HELPED)]
PROVINCE: list[APIRouter] = [
    sync.router,
    feed.router,
    copies_routes.router,
    person_routes.router,
    figures_routes.router,
    pushes.router,
    outcomes_inbound.router,
    inbound.router,
]
