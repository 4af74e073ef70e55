"""What is refused to employers."""

from app.core.problems import Conflict, Problem


class NotVerified(Problem):
    code = "employer_not_verified"
    title = "用工主体尚未通过核验,或核验已到期"
    title_en = "The employer is not verified, or its verification has run out"


class LegalPersonBanned(Problem):
    code = "legal_person_banned"
    title = "该用工主体已被禁止发布用工信息"
    title_en = "This legal person is banned"


class RegisteredAlready(Problem):
    code = "employer_registered_already"
    title = "您已登记过该用工主体"
    title_en = "You have registered this employer already"


class MemberAlready(Problem):
    code = "member_already"
    title = "对方已是成员"
    title_en = "Already a member"
    constraint = "pk_employer_members"


class LastOwner(Problem):
    code = "last_owner"
    title = "至少保留一名负责人"
    title_en = "The last owner stays"


class EmployerStateConflict(Conflict):
    code = "employer_state"
    title = "用工主体的当前状态不允许此操作"
    title_en = "The employer's state does not allow this"
