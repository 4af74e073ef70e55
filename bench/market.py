"""A made-up market of any size: places, trades, pay and hours as they are on such markets, by seed."""

import csv
import io
import json
import math
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg

from app.core import clock
from app.core.types import new_id
from app.geo.places import views
from app.geo.points import Wgs84
from app.jobs.words import folded, indexed
from app.trades.reference import rows

SEED = 20221
EMPLOYERS = 400
SPREAD = 0.45  # of Zipf's law over trades: the rarest of eighty-odd has about one job in a thousand
STREETS = (
    "鼓楼北大街",
    "解放路",
    "平阳南街",
    "滨河东路",
    "迎宾大道",
    "五一路",
    "财神楼南街",
    "工业园区一号路",
)
SURNAMES = "王李张刘陈杨赵黄周吴"
OPENINGS = ("急招", "长期招", "诚招", "周末", "今明两天", "")
DUTIES = (
    "负责现场作业,听从安排,工具由用工方提供。",
    "当天结清,管一顿午饭,路远可以安排接送。",
    "需要有经验的师傅,手脚麻利,注意安全。",
    "工作轻松,可以按小时结算,连续工作有奖励。",
)
# The columns that are filled, in the order of the rows made below.
_JOB = (
    "id, employer_id, state, title, trade, description, point, places, county_code, division, station_id,"
    " pay_fen, pay_per, expected_minutes, pay_settlement, hiring, insurance, valid_until, words, searched,"
    " submitted_at, published_at, reasons, certificates, findings, reviewed, source, version, created_at"
)
_SHIFT = "id, job_id, county_code, starts_at, ends_at, headcount, hired, waiting"
_EMPLOYER = (
    "id, kind, name, uscc, legal_index, contact_sealed, place, address, division, county_code, station_id,"
    " state, trusted, verified_at, verified_until, hires, version, created_at"
)


class Town:
    """A township's seat, and how many of the jobs are near it."""

    def __init__(self, row: dict[str, str]) -> None:
        self.code, self.name = row["code"], row["name"]
        self.lng, self.lat = float(row["longitude"]), float(row["latitude"])
        self.is_street = self.code[6:7] == "0"
        self.weight = (6.0 if self.is_street else 1.0) * (2.5 if self.code.startswith("141002") else 1.0)

    def somewhere(self, chance: random.Random) -> Wgs84:
        """Draw a point around the seat: streets are dense, villages lie scattered."""
        metres = 1_500 if self.is_street else 4_000
        north, east = chance.gauss(0, metres), chance.gauss(0, metres)
        return Wgs84(
            self.lng + east / (111_320 * math.cos(math.radians(self.lat))), self.lat + north / 111_000
        )


def towns() -> list[Town]:
    """Return the city's townships and streets."""
    text = (files("app.geo") / "data" / "townships.csv").read_text("utf-8")
    return [Town(row) for row in csv.DictReader(text.splitlines())]


def trade_weights() -> dict[str, float]:
    """Return each trade with its share of the jobs, falling by Zipf's law in an order drawn by seed."""
    codes = [row["code"] for row in rows("trades.csv")]
    random.Random(SEED).shuffle(codes)
    return {code: 1 / rank ** (1 + SPREAD) for rank, code in enumerate(codes, 1)}


def fill(connection: psycopg.Connection, jobs: int, tell: Callable[[int], None]) -> None:
    """Insert employers, open jobs and their shifts by COPY; reference data must be there.

    `tell` hears how many jobs have been written.
    """
    chance = random.Random(SEED)
    places = towns()
    employers = [_employer(number, chance.choice(places), chance) for number in range(EMPLOYERS)]
    _copy(connection, "employers", _EMPLOYER, iter([employer for employer, _, _ in employers]))
    shifts: list[list[object]] = []
    _copy(connection, "jobs", _JOB, _jobs(jobs, chance, employers, places, shifts, tell))
    _copy(connection, "shifts", _SHIFT, iter(shifts))


def _employer(number: int, town: Town, chance: random.Random) -> tuple[list[object], UUID, str]:
    made, name = uuid5(NAMESPACE_URL, f"bench/{number}"), f"临汾{town.name}第{number}劳务有限公司"
    point, now = town.somewhere(chance), clock.now()
    row = [made, "enterprise", name, f"91141000MA{number:08d}", b"%d" % number, b"-"]
    row += [_ewkt(point), None, town.code, town.code[:6], _station(town.code), "verified", True]
    return [*row, now, now + timedelta(days=180), 0, 1, now], made, name


def _jobs(
    count: int,
    chance: random.Random,
    employers: list[tuple[list[object], UUID, str]],
    places: list[Town],
    shifts: list[list[object]],
    tell: Callable[[int], None],
) -> Iterator[list[object]]:
    trades = {row["code"]: row for row in rows("trades.csv")}
    weights = trade_weights()
    codes = chance.choices(list(weights), list(weights.values()), k=count)
    where = chance.choices(places, [town.weight for town in places], k=count)
    now, first_day = clock.now(), clock.today() + timedelta(days=2)
    stood: dict[str, Wgs84] = {}
    for number, (code, town) in enumerate(zip(codes, where, strict=True), 1):
        # One job in eight is where the last one of that town was: a factory, a market, a building site.
        point = stood[town.code] if town.code in stood and chance.random() < 1 / 8 else town.somewhere(chance)
        stood[town.code] = point
        _, employer_id, employer_name = chance.choice(employers)
        trade, opening, duties = trades[code], chance.choice(OPENINGS), chance.choice(DUTIES)
        title = f"{opening}{town.name}{trade['name']}{chance.randint(1, 20)}人"
        address = f"{town.name}{chance.choice(STREETS)}{chance.randint(1, 300)}号"
        parts = (title, trade["name"], trade["synonyms"], employer_name, address, duties)
        hourly = min(12_000, max(1_700, int(chance.lognormvariate(7.75, 0.35)) // 50 * 50))
        minutes = chance.choice((120, 240, 240, 480, 480, 540, 600))
        per = chance.choices(("hour", "day", "job"), (5, 4, 1))[0]
        pay = hourly if per == "hour" else hourly * minutes // 60 // 100 * 100
        made = new_id()
        published = now - timedelta(seconds=chance.randint(60, 30 * 86_400))
        valid_until = datetime.combine(first_day + timedelta(days=40), time(), UTC)
        days = sorted(chance.sample(range(20), chance.choices((1, 2, 4), (6, 3, 1))[0]))
        at = time(chance.randint(5, 20), chance.choice((0, 0, 30)))
        for day in days:
            starts = datetime.combine(first_day + timedelta(days=day), at, clock.SHANGHAI)
            ends = starts + timedelta(minutes=minutes)
            heads = chance.choice((1, 1, 2, 3, 5, 10))
            shifts.append([new_id(), made, town.code[:6], starts, ends, heads, chance.randrange(heads), 0])
        job: list[object] = [made, employer_id, "open", title, code, duties, _ewkt(point)]
        job += [_json(views(point, address)), town.code[:6], town.code, _station(town.code), pay, per, None]
        job += [chance.choice(("daily", "weekly", "on_completion")), chance.choice(("instant", "review"))]
        job += ["employer", valid_until, _words(parts), folded("\n".join(filter(None, parts)))]
        yield [*job, published, published, "{}", "{}", "[]", True, "city", 1, published]
        if number % 1_000 == 0:
            tell(number)


def _words(parts: tuple[str, ...]) -> str:
    lexemes = {lexeme for part in parts for lexeme in _indexed(part)}
    return " ".join(f"'{lexeme}'" for lexeme in lexemes)


@lru_cache(maxsize=20_000)
def _indexed(part: str) -> tuple[str, ...]:
    return tuple(indexed(part).split())


def _station(division: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"linfen-gigs/stations/{division}")


def _ewkt(point: Wgs84) -> str:
    return f"SRID=4326;POINT({point.lng!r} {point.lat!r})"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _copy(connection: psycopg.Connection, table: str, columns: str, rows_of: Iterator[list[object]]) -> None:
    """Send rows in COPY's text form, a megabyte at a time."""
    statement = f"COPY {table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as sink:
        waiting = io.StringIO()
        for row in rows_of:
            waiting.write("\t".join(map(_field, row)) + "\n")
            if waiting.tell() > 1_000_000:
                sink.write(waiting.getvalue())
                waiting = io.StringIO()
        sink.write(waiting.getvalue())


def _field(value: object) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return str(value)
