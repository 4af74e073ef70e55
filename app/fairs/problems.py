"""What fairs refuse."""

from app.core.problems import Conflict, Invalid


class FairStateConflict(Conflict):
    code = "fair_state"
    title = "招聘会的当前状态不允许此操作"
    title_en = "The fair's state does not allow this"


class FairTimesInvalid(Invalid):
    code = "fair_times"
    title = "招聘会应先开始后结束"
    title_en = "A fair starts before it ends"
    constraint = "ck_fairs_starts_before_it_ends"


class HostBusy(Conflict):
    code = "host_busy"
    title = "主持人该时段已有另一场招聘会"
    title_en = "The host has another fair at that time"
    constraint = "ex_fairs_host"


class RoomTaken(Conflict):
    code = "room_taken"
    title = "场地该时段已有另一场招聘会"
    title_en = "The room has another fair at that time"
    constraint = "ex_fairs_room"


class EmployerBusy(Conflict):
    code = "employer_busy"
    title = "该用工主体该时段已在另一场招聘会设展"
    title_en = "The employer has a booth at another fair at that time"
    constraint = "ex_fair_booths_employer"


class LicenceMissing(Invalid):
    code = "licence_missing"
    title = "经营性人力资源服务机构举办招聘会,须填写机构名称和人力资源服务许可证号"
    title_en = "A commercial agency that holds a fair gives its name and its recruitment licence number"
    constraint = "ck_fairs_agency_has_a_licence"


class BoothStateConflict(Conflict):
    code = "booth_state"
    title = "展位的当前状态不允许此操作"
    title_en = "The booth's state does not allow this"


class BoothTaken(Conflict):
    code = "booth_taken"
    title = "该用工主体在本场已有展位或申请"
    title_en = "The employer has a booth at this fair, or has asked for one"
    constraint = "uq_fair_booths_live"


class QuestionStateConflict(Conflict):
    code = "question_state"
    title = "提问的当前状态不允许此操作"
    title_en = "The question's state does not allow this"


class FairBegun(Conflict):
    code = "fair_begun"
    title = "招聘会的开始时间已过"
    title_en = "The fair's time to start has passed"


class OutsideRoomTaken(Conflict):
    code = "outside_room_taken"
    title = "该外部直播间该时段已有另一场招聘会"
    title_en = "The outside room has another fair at that time"


class BoothsFull(Conflict):
    code = "booths_full"
    title = "本场展位已满"
    title_en = "The fair has as many booths as it may have"


class BoothTimesInvalid(Invalid):
    code = "booth_times"
    title = "展位应先开始后结束,并在招聘会时间之内"
    title_en = "A booth starts before it ends, within the time of its fair"
    constraint = "ck_fair_booths_starts_before_it_ends"


class JobNotAtFair(Invalid):
    code = "job_not_at_fair"
    title = "该岗位不在本场招聘会的岗位之列"
    title_en = "The job is not one of this fair's"


class TimetableOver(Conflict):
    code = "timetable_over"
    title = "岗位单上已没有下一个岗位"
    title_en = "The timetable has no next job"


class MarkBeforeStream(Invalid):
    code = "mark_before_stream"
    title = "时点不能早于直播开始"
    title_en = "A mark can't be before the stream's beginning"


class ContactInWords(Invalid):
    code = "contact_in_words"
    title = "请勿留电话、微信等联系方式或链接"
    title_en = "Leave no phone numbers, ids of other apps, or links"


class WordsForbidden(Invalid):
    code = "words_forbidden"
    title = "含有招聘中不得使用的词句"
    title_en = "These words may not be used in recruiting"


class FairWithoutStream(Conflict):
    code = "fair_without_stream"
    title = "本场尚未设置直播"
    title_en = "The fair has no stream yet"
