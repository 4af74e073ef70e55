"""What is refused about places."""

from typing import Self

from app.core.problems import Fault, Invalid


class OutsideTheCity(Invalid):
    code = "place_outside_city"
    title = "位置不在临汾市范围内"
    title_en = "The place is outside the city"

    @classmethod
    def at(cls, pointer: str, place: str = "body") -> Self:
        """Return the problem with the field that gave the place."""
        return cls(faults=[Fault(pointer, cls.code, cls.title, cls.title_en, place)])
