"""Whose words the exchange speaks. Another profile (fields aab001, acb200 …) is one more file like linfen.py.

A profile is a module of pure functions, one a type; what they take is the same for all (facts.py).
"""

from collections.abc import Mapping
from typing import Any, Protocol

from app.mapping import linfen
from app.mapping.facts import (
    ApplicationFacts,
    EmployerFacts,
    EngagementFacts,
    FairFacts,
    JobFacts,
    StationFacts,
)
from app.mapping.postings import Posting


class Profile(Protocol):
    """What a profile can say, and understand."""

    def job(self, facts: JobFacts) -> dict[str, Any]: ...
    def employer(self, facts: EmployerFacts) -> dict[str, Any]: ...
    def engagement(self, facts: EngagementFacts) -> dict[str, Any]: ...
    def fair(self, facts: FairFacts) -> dict[str, Any]: ...
    def application(self, facts: ApplicationFacts) -> dict[str, Any]: ...
    def station(self, facts: StationFacts) -> dict[str, Any]: ...
    def posting(self, wire: Mapping[str, Any]) -> Posting: ...


# The one place where it is chosen.
PROFILE: Profile = linfen
