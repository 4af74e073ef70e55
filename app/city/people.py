"""What belongs to a person, for searching the ledger by her or him: by index, each of it."""

from sqlalchemy import select

from app.audit.people import belongs
from app.counter.models import Assistance
from app.disputes.models import Dispute
from app.employers.models import Member
from app.engagements.models import Application, Engagement, Excuse
from app.pay.models import PayRecord
from app.standing.models import Appeal
from app.workers.models import Certificate

belongs(lambda person_id: select(Application.id).where(Application.worker_id == person_id))
belongs(lambda person_id: select(Engagement.id).where(Engagement.worker_id == person_id))
belongs(lambda person_id: select(PayRecord.id).where(PayRecord.worker_id == person_id))
belongs(lambda person_id: select(Dispute.id).where(Dispute.worker_id == person_id))
belongs(lambda person_id: select(Appeal.id).where(Appeal.account_id == person_id))
belongs(lambda person_id: select(Certificate.id).where(Certificate.worker_id == person_id))
belongs(lambda person_id: select(Member.employer_id).where(Member.account_id == person_id))
belongs(lambda person_id: select(Excuse.id).where(Excuse.account_id == person_id))
belongs(lambda person_id: select(Assistance.id).where(Assistance.account_id == person_id))
