"""What is asked about workers and their certificates."""

from uuid import UUID

from sqlalchemy import Select, func, select

from app.access.asking import Officer
from app.workers.models import Certificate, CertificateState, Worker


def certificates_of(worker_id: UUID) -> Select[Certificate]:
    return select(Certificate).where(Certificate.worker_id == worker_id).order_by(Certificate.id.desc())


def people_in_reach(officer: Officer) -> Select[Worker]:
    """Return the workers who live within reach (index division); without a home in the city: its centre's."""
    return select(Worker).where(officer.reaches(func.coalesce(Worker.division, "1410")))


def certificates_in_reach(officer: Officer, state: CertificateState | None) -> Select[Certificate, str]:
    """Return certificates with the shown name of their workers, for the stations' queue.

    A worker without a home in the city belongs to the city's centre.
    """
    division = func.coalesce(Worker.division, "1410")
    statement = (
        select(Certificate, Worker.name_shown)
        .join(Worker, Worker.id == Certificate.worker_id)
        .where(officer.reaches(division))
    )
    return statement.where(Certificate.state == state) if state else statement
