"""The postings of the stories: whose they are, and when people work."""

from dataclasses import dataclass

from app.jobs.models import PaySettlement


@dataclass(frozen=True)
class Tale:
    """A posting of a face's: whose, which gig, paid when, its shifts as day from today, hour and length."""

    employer: int
    trade: str
    settled: PaySettlement
    shifts: tuple[tuple[int, int, int], ...]
    heads: int


NIGHT = Tale(0, "0204", PaySettlement.DAILY, ((-1, 22, 24),), 3)
WEEK = Tale(0, "0503", PaySettlement.ON_COMPLETION, ((-3, 8, 8), (-1, 18, 4), (2, 8, 8)), 4)
UNPAID = Tale(1, "0101", PaySettlement.DAILY, ((-4, 8, 8),), 3)
ABSENT = Tale(2, "0503", PaySettlement.DAILY, ((-2, 8, 4),), 3)
TALES = (NIGHT, WEEK, UNPAID, ABSENT)

# What there is to see as each of those who are handed out, by their place in demo.json.
WORKERS_SHOW = (
    ("wage_due", "wage_overdue", "hours_unconfirmed", "terms_changed"),
    ("wage_due", "wage_settled", "change_proposed"),
    ("wage_reported", "wage_settled"),
    ("no_show_contested", "wage_contested"),
    ("at_work",),
    ("no_show_to_answer",),
    ("cancelled_by_employer", "wage_settled"),
    ("turned_away", "excuse_waiting"),
)
EMPLOYERS_SHOW = (
    ("wages_to_pay", "hours_to_confirm", "at_work", "turned_away_to_answer"),
    ("wages_overdue",),
    ("no_show_contested",),
)
