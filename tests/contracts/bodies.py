"""A right body for each operation that takes one."""

from typing import Any

from app.core import clock
from scripts.demo.numbers import valid_uscc
from tests.contracts import inbound
from tests.contracts.pushes import SUBSCRIPTION
from tests.world import YAODU, Employer, shift

Json = dict[str, Any]
HERE = YAODU | {"accuracy_m": 20}


def bodies(employer: Employer, job: Json, phone: str, ids: dict[str, list[str]]) -> dict[str, Json]:
    """Return them by operation; what they name exists."""
    of_all = _of_the_market(employer, job, phone) | _of_engagements(ids)
    return of_all | _of_stations(ids) | _of_offices(job) | _of_fairs(job, ids) | inbound.BODIES


def _of_the_market(employer: Employer, job: Json, phone: str) -> dict[str, Json]:
    draft = employer.draft()
    return {
        "send_code": {"phone": phone},
        "sign_in": {"phone": phone, "code": "123456", "device_name": "手机"},
        "refresh": {"refresh_token": "x" * 43},
        "change_me": {"language": "zh"},
        "put_consents": {"real_name": True, "find_me": False, "position": True},
        "put_worker_profile": {"name_shown": "老李", "home": YAODU, "trades": ["0301"]},
        "verify_real_name": {"name": "李建国", "id_number": "11010519491231002X"},
        "register_employer": {
            "kind": "enterprise",
            "name": "某公司",
            "uscc": valid_uscc("141002", 999_999),
            "contact": {"name": "王芳", "phone": "13800138000"},
            "place": YAODU,
        },
        "change_employer": {"contact": {"name": "王芳", "phone": "13800138000"}},
        "add_employer_member": {"phone": "13800138001", "role": "recruiter"},
        "draft_job": draft,
        "change_job": {name: draft[name] for name in ("title", "pay", "place", "requirements")},
        "add_shifts": {"shifts": [shift(8, days=42)]},
        "change_shift": shift(10, days=1),
        "apply_for_job": {"shift_ids": [one["id"] for one in job["shifts"]]},
        "withdraw_application": {"shift_ids": [job["shifts"][0]["id"]]},
        "accept_application": {"shift_ids": None},
        "decline_application": {"shift_ids": None},
        "put_device": {
            "platform": "android",
            "push_token": "token",
            "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        },
        "read_notifications": {"ids": None},
        "put_notification_settings": {
            "quiet_from": "22:30",
            "quiet_until": "06:30",
            "kinds": [{"kind": "declined", "sms": False}],
        },
        "put_subscription": SUBSCRIPTION,
        "issue_token": {
            "grant_type": "client_credentials",
            "client_id": "province",
            "client_secret": "the-provinces-secret",
        },
        "compare_digest": {
            "type": "job",
            "cursor": "0-000000000000",
            "groups": [{"division": "141002", "day": "2026-11-23", "count": 1, "hash": "0" * 64}],
        },
    }


def _of_engagements(ids: dict[str, list[str]]) -> dict[str, Json]:
    paid = {"amount_fen": 1000, "method": "cash", "paid_at": clock.now().isoformat()}
    engagement_id = ids["engagement_id"][0]
    return {
        "check_in": {"place": HERE},
        "check_out": {"place": HERE},
        "contest_attendance": {"text": "不是这个时间"},
        "run_late": {"minutes": 20, "text": "堵车"},
        "report_turned_away": {"text": "不让进", "files": []},
        "say_no_show": {"text": "没有来"},
        "take_back_no_show": {"attended": True},
        "answer_claim": {"agrees": False, "text": "我到了"},
        "make_site_code": {"mode": "fixed"},
        "cancel_engagement": {"reason": "家里有事", "refill": False},
        "give_excuse": {"kind": "illness", "text": "发烧,已去医院。", "files": []},
        "propose_change": {"description": "另加搬两箱。", "text": "想多搬两箱"},
        "confirm_hours": {"minutes": 60},
        "contest_hours": {"minutes": 90, "text": "做得更久"},
        "report_pay": paid | {"reference": "4200001", "files": []},
        "confirm_pay": {"received": False, "amount_fen": 100, "text": "只收到一元"},
        "report_pay_of_many": {"items": [paid | {"engagement_id": engagement_id}]},
        "confirm_hours_of_many": {"items": [{"engagement_id": engagement_id, "minutes": 60}]},
        "review_engagement": {"stars": 4, "tags": [], "text": "还好"},
        "appeal_engagement": {"text": "当天突发疾病。", "files": []},
        "open_dispute": {"kind": "other", "text": "说好管饭,没有管。", "files": []},
        "write_to_the_station": {"text": "补充一点。", "files": []},
        "withdraw_dispute": {"text": "已经谈好了"},
        "rate_dispute": {"stars": 2, "text": "太慢"},
    }


def _of_stations(ids: dict[str, list[str]]) -> dict[str, Json]:
    return {
        "begin_assistance": {"phone": "13900009999"},
        "confirm_assistance": {"code": "123456"},
        "read_assistance_sheet": {"reason": "核对签字"},
        "finish_errand": {"how": "打邻居电话,本人接听"},
        "search_workers": {"name": "建国"},
        "read_worker_contact": {"reason": "通知上工"},
        "send_worker_phone_code": {"phone": "13900009998"},
        "put_worker_phone": {"phone": "13900009998", "code": "123456"},
        "staff_sign_in": {"username": "nobody", "password": "wrong", "totp": "123456"},
        "read_employer_contact": {"reason": "核实"},
        "verify_employer": {"trusted": True},
        "reject_employer": {"reason": "照片不清晰"},
        "suspend_employer": {"reason": "核查"},
        "ban_employer": {"reason": "核查"},
        "return_job": {"reasons": ["请写明工作内容"]},
        "remove_job": {"reason": "重复"},
        "reject_certificate": {"reason": "照片不清晰"},
        "check_in_for_worker": {"reason": "到站说明"},
        "check_out_for_worker": {"reason": "到站说明"},
        "read_excuse_text": {"reason": "核实病假"},
        "accept_excuse": {},
        "reject_excuse": {"reason": "日期不符"},
        "set_late_cancellation_shares": {
            "effective_from": "2099-01-01",
            "shares": [{"within_minutes": 0, "share_percent": 100}],
            "source": "市人社局通知",
        },
        "write_to_parties": {"text": "请明天到站", "to": "complainant"},
        "mediate_dispute": {"held_at": clock.now().isoformat(), "present": ["老李"], "text": "谈了一次"},
        "resolve_dispute": {"outcome": "agreed", "text": "双方和解"},
        "escalate_dispute": {"reason": "需县级协调"},
        "hand_dispute_over": {"station_id": ids["station_id"][-1], "reason": "由市里办理"},
        "answer_dispute_rating": {"text": "已登门说明"},
        "export_evidence": {"reason": "移送", "format": "pdf"},
        "read_appeal": {},
        "uphold_appeal": {"reason": "有病历", "attended": False},
        "refuse_appeal": {"reason": "没有依据"},
        "see_alerts": {"ids": None},
        "draft_notice": {"kind": "notice", "title": "通知", "text": "请到站领取。"},
        "change_notice": {"title": "更正", "pinned": True},
        "withdraw_notice": {"reason": "日期有误"},
        "set_minimum_wage": {"hourly_fen": 2600, "source": "市人社局通知"},
        "add_trade": {"code": "9902", "name": "无人机操作员", "group": "新职业"},
        "change_trade": {"synonyms": "飞手 植保", "retired": False},
        "retry_all_work": {"task": "sms.send"},
        "read_worker_identity": {"reason": "核对身份证"},
        "verify_worker_identity": {},
        "reject_worker_identity": {"reason": "不是本人证件"},
        "set_thresholds": {"unfilled_places": 30},
        "set_targets": {"targets": [{"kind": "disabled_placed", "division": "1410", "value": 1000}]},
        "decide_cases": {"case_ids": ids["case_id"], "decision": "approve"},
        "send_referral": {
            "job_id": ids["sought_job"][0],
            "shift_ids": [ids["sought_shift"][0]],
            "worker_id": ids["sent_worker"][0],
            "hold_hours": 12,
        },
        "withdraw_referral": {"reason": "本人改去别处"},
        "tell_referral_outcome": {"outcome": "declined", "reason": "distance"},
        "export_import_errors": {"reason": "改正后重新导入"},
        "export_workers": {"fields": ["name", "phone"], "reason": "电话回访"},
        "export_employers": {"fields": ["contact_phone"], "reason": "年检通知"},
        "set_referral_quota": {"staff_id": ids["sending_staff"][0], "monthly": 500},
    }


def _of_offices(job: Json) -> dict[str, Json]:
    return {
        "change_own_password": {"old": "不是这一句", "new": "清晨六点大厅里排着队的人"},
        "open_office": {
            "kind": "market",
            "name": "新设的零工市场",
            "division": job["division"],
            "place": YAODU,
            "hours": [{"weekday": 1, "from": "06:00", "until": "12:00"}],
            "services": ["job_seeking"],
        },
        "change_office": {"phone": "0357-2091234", "hours_notice": "国庆休息三天"},
        "place_office": {"place": YAODU},
        "draw_office_boundary": {"datum": "wgs84", "boundary": None},
        "assign_office_townships": {"townships": []},
        "move_office": {"place": YAODU, "reason": "搬迁"},
        "close_office": {"reason": "合署办公"},
        "appoint_staff": {
            "username": "new.clerk",
            "name": "张伟",
            "role": "clerk",
            "station_id": job["station_id"],
        },
        "change_staff": {"name": "张大伟"},
        "reset_staff": {"reason": "手机遗失"},
        "unlock_staff": {"reason": "本人到场"},
        "dismiss_staff": {"reason": "离岗"},
    }


def _of_fairs(job: Json, ids: dict[str, list[str]]) -> dict[str, Json]:
    shown = {"jobs": [{"job_id": job["id"]}]}
    return {
        "plan_fair": {
            "title": "周三直播带岗",
            "mode": "online",
            "starts_at": shift(9, days=40)["starts_at"],
            "ends_at": shift(9, 2, days=40)["ends_at"],
        },
        "change_fair": {"title": "周三专场"},
        "cancel_fair": {"reason": "停电"},
        "invite_to_fair": {"employer_id": job["employer"]["id"]},
        "change_booth": {"label": "A-12"},
        "reject_booth": {"reason": "岗位与主题不符"},
        "withdraw_booth": {"reason": "名额已满"},
        "put_booth_jobs": shown,
        "put_own_booth_jobs": shown,
        "put_fair_timetable": {"booths": [{"booth_id": ids["booth_id"][0], **shown}]},
        "apply_for_booth": {"fair_id": ids["fair_id"][0]},
        "set_fair_stream": {
            "kind": "outside",
            "platform": "kuaishou",
            "link": "https://live.kuaishou.com/u/2",
        },
        "link_fair_replay": {"link": "https://www.douyin.com/video/7300000000000000000"},
        "mark_job": {"job_id": job["id"]},
        "move_mark": {"by_s": -15},
        "answer_question": {"answer": "包午饭,不管住,日结。"},
        "ask_question": {"text": "管饭吗?", "job_id": job["id"]},
    }
