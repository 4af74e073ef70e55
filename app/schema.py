"""Every table, in one import: for migrations, and for whoever looks at the whole."""

from app.attachments import models as attachments
from app.attendance import models as attendance
from app.audit import models as audit
from app.cases import models as cases
from app.core import events, idempotency, limits
from app.counter import models as counter
from app.days import models as days
from app.disputes import models as disputes
from app.employers import models as employers
from app.engagements import models as engagements
from app.fairs import audience as fairs_audience
from app.fairs import models as fairs
from app.feed import models as feed
from app.geo import models as geo
from app.identity import models as identity
from app.imports import models as imports
from app.inbound import models as inbound
from app.jobs import models as jobs
from app.notices import models as notices
from app.notifications import models as notifications
from app.pay import models as pay
from app.pushes import models as pushes
from app.referrals import models as referrals
from app.standing import models as standing
from app.stations import models as stations
from app.statistics import models as statistics
from app.streams import models as streams
from app.sync import models as sync
from app.trades import models as trades
from app.workers import models as workers

TABLES = [
    attachments,
    attendance,
    audit,
    days,
    disputes,
    employers,
    engagements,
    events,
    geo,
    idempotency,
    identity,
    jobs,
    limits,
    notifications,
    pay,
    standing,
    stations,
    sync,
    trades,
    workers,
    cases,
    counter,
    imports,
    notices,
    referrals,
    statistics,
    streams,
    fairs,
    fairs_audience,
    feed,
    pushes,
    inbound,
]
