"""What happens by itself: modules that are here for what they register.

Reactions to events, the timetable, what a person's data holds and what closing an account erases. Both
processes need all of it: the one promises, the other keeps.
"""

from app import maintenance
from app.attachments import leaving as attachments_leaving
from app.attendance import keeping as attendance_keeping
from app.attendance import leaving as attendance_leaving
from app.audit import sealing
from app.cases import giving_back
from app.city import people
from app.counter import handing_over as counter_handing_over
from app.counter import leaving as counter_leaving
from app.disputes import keeping as disputes_keeping
from app.disputes import leaving as disputes_leaving
from app.employers import leaving as employers_leaving
from app.employers import verification
from app.engagements import keeping
from app.engagements import leaving as engagements_leaving
from app.fairs import applying as fairs_applying
from app.fairs import life as fairs_life
from app.fairs import questions_leaving, reservations_leaving, viewers_leaving
from app.fairs import stopped as fairs_stopped
from app.feed import holding as feed_holding
from app.feed import keeping as feed_keeping
from app.feed import publishing as feed_publishing
from app.identity import devices
from app.imports import keeping as imports_keeping
from app.inbound import keeping as inbound_keeping
from app.jobs import review
from app.notifications import attendance as notices_of_attendance
from app.notifications import city as notices_of_settings
from app.notifications import counter as notices_of_deeds
from app.notifications import disputes as notices_of_disputes
from app.notifications import early, reactions
from app.notifications import fairs as notices_of_fairs
from app.notifications import leaving as inbox_leaving
from app.notifications import pay as notices_of_pay
from app.notifications import referrals as notices_of_referrals
from app.notifications import standing as notices_of_standing
from app.pay import keeping as pay_keeping
from app.pay import late as pay_late
from app.pay import leaving as pay_leaving
from app.pushes import keeping as pushes_keeping
from app.pushes import sending as pushes_sending
from app.referrals import keeping as referrals_keeping
from app.standing import keeping as standing_keeping
from app.standing import leaving as standing_leaving
from app.statistics import dashboard, watching
from app.statistics import keeping as statistics_keeping
from app.statistics import leaving as statistics_leaving
from app.streams import keeping as streams_keeping
from app.streams import recordings
from app.workers import leaving as workers_leaving
from app.workers import naming

# isort: off
# A closing station's rows are handed over in the order of locks, which is that of these imports.
from app.employers import handing_over as employers_handed_over
from app.jobs import handing_over as jobs_handed_over
from app.engagements import handing_over as engagements_handed_over
from app.pay import handing_over as pay_handed_over
from app.disputes import handing_over as disputes_handed_over
from app.fairs import handing_over as fairs_handed_over
from app.notifications import handing_over as notices_handed_over
# isort: on

REGISTERED = [
    maintenance,
    sealing,
    giving_back,
    people,
    notices_of_settings,
    verification,
    review,
    keeping,
    attendance_keeping,
    pay_keeping,
    pay_late,
    disputes_keeping,
    standing_keeping,
    statistics_keeping,
    referrals_keeping,
    dashboard,
    watching,
    reactions,
    notices_of_attendance,
    notices_of_deeds,
    notices_of_pay,
    notices_of_disputes,
    notices_of_standing,
    notices_of_referrals,
    notices_of_fairs,
    early,
    fairs_applying,
    reservations_leaving,
    fairs_stopped,
    feed_publishing,
    feed_holding,
    feed_keeping,
    devices,
    imports_keeping,
    inbound_keeping,
    attachments_leaving,
    attendance_leaving,
    counter_handing_over,
    counter_leaving,
    disputes_leaving,
    employers_leaving,
    engagements_leaving,
    inbox_leaving,
    pay_leaving,
    standing_leaving,
    statistics_leaving,
    fairs_life,
    questions_leaving,
    viewers_leaving,
    streams_keeping,
    recordings,
    workers_leaving,
    naming,
    employers_handed_over,
    jobs_handed_over,
    engagements_handed_over,
    pay_handed_over,
    disputes_handed_over,
    fairs_handed_over,
    notices_handed_over,
    pushes_sending,
    pushes_keeping,
]
