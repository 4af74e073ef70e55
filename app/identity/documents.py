"""Identity documents as people give them: read, or refused with the reason and never the number."""

from app.core import clock
from app.core.problems import refuse_field
from app.identity.id_numbers import IdNumber, IdNumberInvalid, read


def document(id_number: str) -> IdNumber:
    """Return what the number tells; refuses one that can't be one, pointing at /id_number."""
    try:
        return read(id_number, clock.today())
    except IdNumberInvalid as error:
        code = f"id_number_{error.reason.value}"
        raise refuse_field("/id_number", code, str(error), "Not a valid ID number") from None
