"""Vacancies as the province has them: made up, complete, and lawful."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
CHINA = ZoneInfo("Asia/Shanghai")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_GIGS = (
    ("省重点工程项目招普工", "0309", "清理场地、搬运材料,工地提供安全帽和午餐。"),
    ("省属粮库秋粮入库装卸", "0501", "粮食装卸搬运,两班倒,管一顿饭。"),
    ("全省展销会会务保洁", "0101", "展馆内外保洁,提供工具和工作服。"),
    ("省级养老示范院护理帮工", "0203", "协助护理员照料老人起居,有人带教。"),
)
_PLACES = (
    (111.519, 36.0889, "141002", "尧都区鼓楼北大街 1 号"),
    (111.3712, 35.6193, "141081", "侯马市新田路 8 号"),
    (111.72, 36.25, "141024", "洪洞县虹通大道 3 号"),
)


def vacancy(number: int, **changes: Any) -> Json:
    """Make the vacancy of this number; the same number gives the same one."""
    random = Random(number)
    title, trade, description = _GIGS[number % len(_GIGS)]
    lng, lat, division, address = _PLACES[number % len(_PLACES)]
    begins = (datetime.now(CHINA) + timedelta(days=3 + number % 5)).replace(
        hour=8, minute=0, second=0, microsecond=0
    )
    made: Json = {
        "title": title,
        "trade": trade,
        "division": division,
        "description": description,
        "place": {"lng": lng, "lat": lat, "datum": "wgs84", "address": address},
        "pay": {"amount_fen": 100 * random.randint(190, 320), "per": "day"},
        "expected_minutes": None,
        "pay_settlement": "daily",
        "requirements": {"certificates": [], "text": None},
        "insurance": {"provided_by": "employer"},
        "shifts": [
            {
                "starts_at": _utc(begins + timedelta(days=day)),
                "ends_at": _utc(begins + timedelta(days=day, hours=8)),
                "headcount": random.randint(2, 8),
            }
            for day in range(2)
        ],
        "valid_until": _utc(begins + timedelta(days=10)),
        "employer": {
            "name": f"三晋工程服务有限公司第{number % 50 + 1}分公司",
            "uscc": uscc(number % 50),
            "contact": {"name": "高明", "phone": "13803510001"},
        },
    }
    return made | changes


def numbered(number: int) -> tuple[str, Json]:
    """Return the vacancy of this number with what we call it."""
    return f"SX-{1000 + number}", vacancy(number)


def uscc(number: int) -> str:
    """Make a unified social credit code of a company in Taiyuan (GB 32100, GB 11714)."""
    own = f"{70_000_000 + number:08d}"
    total = sum(int(digit) * weight for digit, weight in zip(own, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    body = f"91140100{own}{'0123456789X'[-total % 11]}"
    return body + _ALPHABET[-sum(_ALPHABET.index(c) * 3**place for place, c in enumerate(body)) % 31]


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
