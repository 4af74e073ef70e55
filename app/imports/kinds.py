"""The kinds of import there are."""

from app.imports import employers, postings, workers
from app.imports.intake import Intake
from app.imports.models import ImportKind

INTAKES: dict[ImportKind, Intake] = {
    ImportKind.EMPLOYERS: employers.INTAKE,
    ImportKind.JOBS: postings.INTAKE,
    ImportKind.WORKERS: workers.INTAKE,
}
