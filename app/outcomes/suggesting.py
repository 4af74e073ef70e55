"""Which jobs a fair should show first: what past fairs say, shrunk towards the mean. Pure.

A showing is seen for some viewer-minutes (viewers there x minutes shown) and brings some applications. The
mean rate over all showings is

    m = (A + K r) / (V + K)

with A applications in V viewer-minutes, the field's own rate r and K viewer-minutes of belief in it. Each
feature of a job (its trade, its pay, its distance) has the factor of the past jobs that share it,

    f = ((a + K m) / (v + K)) / m

which is the mean of a Gamma(K m, K) prior after a applications in v viewer-minutes: with nothing known it is
1, with much known the rate that was seen. What is expected is m times the three factors, as if each worked by
itself; docs/fairs-figures.md has an example.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

BELIEF = 500.0  # viewer-minutes: a hundred viewers for five minutes, as much as one showing tells
# Of a hundred viewers of an hour's stream ten apply at the most, says the field (docs/fairs-figures.md).
FIELD_RATE = 0.10 / 60
_PAY = (0, 2000, 2500, 3000, 4000)  # fen an hour, from
_AWAY = (0, 5_000, 15_000, 40_000)  # metres, from


class Feature(StrEnum):
    """What of a job is held against the past."""

    TRADE = "trade"
    PAY = "pay"
    DISTANCE = "distance"


@dataclass(frozen=True)
class Job:
    """What is known of a job; `away_m` from the seat of the fair's division."""

    trade: str
    hourly_fen: int
    away_m: float

    @property
    def bands(self) -> dict[Feature, str]:
        """To which past jobs it is held."""
        return {
            Feature.TRADE: self.trade,
            Feature.PAY: _band(_PAY, self.hourly_fen),
            Feature.DISTANCE: _band(_AWAY, self.away_m),
        }


@dataclass(frozen=True)
class Showing:
    """A job at a fair that is over."""

    job: Job
    viewer_minutes: float
    applications: int


@dataclass(frozen=True)
class Seen:
    """What past jobs that share something brought."""

    jobs: int = 0
    viewer_minutes: float = 0.0
    applications: int = 0

    def with_one(self, showing: Showing) -> "Seen":
        return Seen(
            self.jobs + 1,
            self.viewer_minutes + showing.viewer_minutes,
            self.applications + showing.applications,
        )

    def shrunk_to(self, rate: float) -> float:
        """Return applications a viewer-minute, drawn towards a rate by as much as is not known."""
        return (self.applications + BELIEF * rate) / (self.viewer_minutes + BELIEF)


@dataclass(frozen=True)
class Factor:
    """By how much a feature makes more or less of it, and from what."""

    feature: Feature
    band: str
    times: float
    seen: Seen


@dataclass(frozen=True)
class Expected:
    """Applications a viewer-minute, and how that comes about; the strongest factor first."""

    rate: float
    factors: tuple[Factor, ...]


@dataclass(frozen=True)
class Learned:
    """What past fairs say."""

    mean: float
    by: Mapping[tuple[Feature, str], Seen]

    def expected(self, job: Job) -> Expected:
        """Return what a job is expected to bring."""
        factors = [
            Factor(feature, band, seen.shrunk_to(self.mean) / self.mean, seen)
            for feature, band in job.bands.items()
            for seen in [self.by.get((feature, band), Seen())]
        ]
        rate = self.mean
        for factor in factors:
            rate *= factor.times
        strongest = sorted(factors, key=lambda one: (-max(one.times, 1 / one.times), one.feature))
        return Expected(rate, tuple(strongest))


def learn(showings: Iterable[Showing]) -> Learned:
    """Learn from showings; one that nobody saw says nothing."""
    whole, by = Seen(), dict[tuple[Feature, str], Seen]()
    for showing in showings:
        if showing.viewer_minutes <= 0:
            continue
        whole = whole.with_one(showing)
        for key in showing.job.bands.items():
            by[key] = by.get(key, Seen()).with_one(showing)
    return Learned(whole.shrunk_to(FIELD_RATE), by)


def _band(edges: tuple[int, ...], value: float) -> str:
    """Return between which edges it lies, as `from-until`; without an end above the last."""
    for since, until in pairwise(edges):
        if value < until:
            return f"{since}-{until}"
    return f"{edges[-1]}-"
