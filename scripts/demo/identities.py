"""Invented people: names, phones, accounts, ID numbers."""

from datetime import date, datetime

from app.core.keyring import blind_index, seal
from app.identity.models import Account, AccountState
from scripts.demo.chance import Chance
from scripts.demo.numbers import valid_id_number

FACES = 10  # of the workers, and of the employers, are handed out with their phones in demo.json
_SURNAMES = "王李张刘陈杨赵郭贾高卫乔柴邢段卢曹薛孙梁武史任白韩尉亢席晋"
_GIVEN = (
    "建国", "建军", "志强", "国平", "红梅", "秀英", "玉兰", "桂花", "小红", "丽娟", "海燕", "春花", "晓东",
    "永红", "俊杰", "文斌", "占奎", "满仓", "改英", "爱莲", "雪梅", "瑞芳", "浩然", "子轩", "佳慧", "欣怡",
    "鹏飞", "晋生", "平阳", "铁柱", "二虎", "翠萍", "莉", "伟",
    "勇", "静", "敏", "磊", "强", "芳", "娜", "斌",
)  # fmt: skip


def full_name(chance: Chance) -> str:
    return chance.choice(_SURNAMES) + chance.choice(_GIVEN)


def worker_phone(n: int) -> str:
    """Return the phone of the n-th worker, from 1."""
    return f"+8613900{n:06}"


def employer_phone(n: int) -> str:
    """Return the phone of the n-th employer's owner, from 1."""
    return f"+8613700{n:06}"


def account_of(chance: Chance, phone: str | None, since: datetime) -> Account:
    account = Account(id=chance.id_at(since), state=AccountState.ACTIVE, language="zh", created_at=since)
    if phone:
        account.phone_sealed = seal(phone, f"accounts/phone/{account.id}")
        account.phone_index = blind_index(phone, "phone")
    return account


def id_number(chance: Chance, county_code: str, born: date, taken: set[str]) -> str:
    """Return a number of the county that nobody has yet."""
    while True:
        number = valid_id_number(county_code, born, chance.randrange(1000))
        if number not in taken:
            taken.add(number)
            return number
