"""Numbers of identity documents: residents', residence permits', foreigners' permanent residence cards."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

EARLIEST_BIRTH = date(1900, 1, 1)

# GB/T 2260: provinces, autonomous regions, municipalities; 71 Taiwan, 81 Hong Kong, 82 Macau,
# 83 Taiwan on residence permits. A foreigner's number says 9 and then the province that took the request.
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")
_PERMIT_DIVISIONS = frozenset({"810000", "820000", "830000"})


class IdKind(StrEnum):
    """Which document bears the number."""

    resident = "resident"
    hmt_residence_permit = "hmt_residence_permit"
    foreigner = "foreigner"


class Fault(StrEnum):
    """Why a number can't be one."""

    length = "length"
    characters = "characters"
    superseded = "superseded"
    checksum = "checksum"
    division = "division"
    birth_date = "birth_date"


_MESSAGES = {
    Fault.length: "证件号码应为18位",
    Fault.characters: "证件号码只能由数字组成，末位可为X",
    Fault.superseded: "15位旧身份证号码已停用，请填写18位号码",
    Fault.checksum: "证件号码校验不通过，请核对是否有误",
    Fault.division: "证件号码中的地区代码不存在",
    Fault.birth_date: "证件号码中的出生日期不正确",
}


class IdNumberInvalid(ValueError):  # noqa: N818 - problems here are named by what is the case
    """The number can't be one; its text never holds the number."""

    def __init__(self, reason: Fault) -> None:
        super().__init__(_MESSAGES[reason])
        self.reason = reason


@dataclass(frozen=True)
class IdNumber:
    """What a number tells and the market needs; the sex that it also tells is not kept."""

    number: str = field(repr=False)
    kind: IdKind
    birth_date: date


def read(id_number: str, today: date) -> IdNumber:
    """Read a number as people type it: full-width digits, blanks, hyphens and a small x are all right.

    GB 11643-1999 for residents; 港澳台居民居住证申领发放办法 (国办发〔2018〕81号) for permits.
    Foreigners: 18 digits on cards since December 2023 (9, province, ISO 3166 numeric, birth, sequence, GB
    11643 check), before that 15 characters (ISO 3166 letters, four of division, birth as YYMMDD, sequence,
    ICAO 9303 check). Raises IdNumberInvalid.
    """
    number = re.sub(r"[\s\-]+", "", unicodedata.normalize("NFKC", id_number)).upper()
    if re.fullmatch(r"[0-9]{15}", number):
        raise IdNumberInvalid(Fault.superseded)
    if re.fullmatch(r"[A-Z]{3}.*", number, re.DOTALL):
        return _read_letter_number(number, today)
    if len(number) != 18:  # noqa: PLR2004
        raise IdNumberInvalid(Fault.length)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise IdNumberInvalid(Fault.characters)
    if number[17] != check_character(number[:17]):
        raise IdNumberInvalid(Fault.checksum)
    return IdNumber(number, _kind(number), _birth_date(number[6:14], today))


def check_character(body: str) -> str:
    """Return the last character for the first 17 digits: ISO 7064 MOD 11-2, as GB 11643 weighs it."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return "10X98765432"[total % 11]


def age_on(birth_date: date, day: date) -> int:
    """Full years (周岁) on a day, reached on the birthday itself, as labour law counts 年满 (劳动法 15, 58).

    Who was born on 29 February is a year older on 1 March in common years: no law says it, and of the two
    readings this is the one that never lets a child work a day too early.
    """
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def masked(number: str) -> str:
    """Show the first three and the last four characters, as Chinese forms and counters do."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def _kind(number: str) -> IdKind:
    if number[0] == "9" and _PROVINCE.fullmatch(number[1:3]):
        return IdKind.foreigner
    if number[:6] in _PERMIT_DIVISIONS:
        return IdKind.hmt_residence_permit
    if _PROVINCE.fullmatch(number[:2]) and number[2:6] != "0000":
        return IdKind.resident
    raise IdNumberInvalid(Fault.division)


def _birth_date(digits: str, today: date) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdNumberInvalid(Fault.birth_date) from None
    if not EARLIEST_BIRTH <= birth <= today:
        raise IdNumberInvalid(Fault.birth_date)
    return birth


def _read_letter_number(number: str, today: date) -> IdNumber:
    if len(number) != 15:  # noqa: PLR2004
        raise IdNumberInvalid(Fault.length)
    if not re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        raise IdNumberInvalid(Fault.characters)
    # ICAO 9303: A is 10, Z is 35; weights 7, 3, 1 over and over; the sum's last digit.
    total = sum(int(character, 36) * (7, 3, 1)[place % 3] for place, character in enumerate(number[:14]))
    if int(number[14]) != total % 10:
        raise IdNumberInvalid(Fault.checksum)
    if not _PROVINCE.fullmatch(number[3:5]):
        raise IdNumberInvalid(Fault.division)
    # Two digits of the year: the latest that has come is meant, so that nobody is taken for older.
    digits = number[7:13]
    try:
        return IdNumber(number, IdKind.foreigner, _birth_date("20" + digits, today))
    except IdNumberInvalid:
        return IdNumber(number, IdKind.foreigner, _birth_date("19" + digits, today))
