"""What each kind of import brings: its columns, how a row is read and decided on, and how it is written."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import Event
from app.core.keyring import blind_index
from app.geo.points import Datum, Wgs84, to_wgs84
from app.imports.columns import KEY, Cells, Column, Line
from app.imports.models import Import, ImportedKey, Outcome
from app.imports.reference import Reference, Township

ADDRESS = Column("地址", "门牌或地点,至多 150 字", "鼓楼北大街 1 号")
LNG = Column("经度", "可不填;不填时以乡镇驻地标注并写明", None, required=False)
LAT = Column("纬度", "与经度一同填写", None, required=False)
_DATUMS = {
    "wgs84": Datum.wgs84,
    "gcj02": Datum.gcj02,
    "bd09": Datum.bd09,
    "高德": Datum.gcj02,
    "腾讯": Datum.gcj02,
    "百度": Datum.bd09,
}
DATUM = Column(
    "坐标系",
    "填了经纬度时必填:高德、腾讯地图为 gcj02",
    None,
    required=False,
    words=("wgs84", "gcj02", "bd09"),
)
PLACE = (ADDRESS, LNG, LAT, DATUM)
APPROXIMATE = "(位置以乡镇驻地标注)"
_LONGEST_ADDRESS = 150


# Which station is responsible is asked when the rows are written, for it may have closed since.
RESPONSIBLE = """JOIN unnest(CAST(:townships AS text[]), CAST(:stations AS uuid[]))
      AS st(township, station_id) ON st.township = r.content ->> 'division'"""


@dataclass(frozen=True)
class Intake:
    """One kind of import.

    `read` and `content` are pure and run beside the event loop; `decide` looks up what is there already,
    a batch at a time. `stale` finds rows that no longer hold when it comes to writing, `writing` are the
    statements that write the new rows of a stretch (:import_id, :first, :last, :now; :townships and
    :stations, the one responsible for the other).
    """

    title: str
    columns: tuple[Column, ...]
    read: Callable[[Cells, Reference], None]
    decide: Callable[[AsyncSession, Import, list[Line]], Awaitable[None]]
    content: Callable[[Line], dict[str, Any]]
    stale: TextClause
    writing: Sequence[TextClause]
    object_kind: str
    # What no two rows may share: columns of import_rows, and where to say so.
    once: Sequence[tuple[str, Column]] = ()
    event: Callable[[UUID], Event] | None = None


@dataclass(frozen=True)
class Spot:
    """A place as it will be stored."""

    point: Wgs84
    address: str


def spot(cells: Cells, township: Township | None) -> Spot | None:
    """Read a place; without coordinates the township's seat stands for it, and the address says so."""
    address = cells.text(ADDRESS, _LONGEST_ADDRESS)
    lng, lat = cells.number(LNG), cells.number(LAT)
    datum = cells.one_of(DATUM, _DATUMS)
    if lng is None and lat is None:
        return Spot(township.seat, f"{address}{APPROXIMATE}") if township and address else None
    if lng is None or lat is None or not (-180 <= lng <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
        cells.line.wrong(LNG, "place_invalid", "经度、纬度应同时填写,以度为单位")
        return None
    if datum is None:
        cells.line.wrong(DATUM, "missing", "填了经纬度时必填")
        return None
    point = to_wgs84(lng, lat, datum)
    if township:
        cells.line.point = (township.county_code, point.lng, point.lat)
    return Spot(point, address) if address else None


def begun(line: Line, kind: str, scope: str, cells: Cells) -> None:
    """Read the key and note what the row says, both so that they tell nothing to who sees the table."""
    key = cells.text(KEY, 64)
    if key:
        line.key_index = blind_index(f"{kind}/{scope}/{key}", "import-key")
    line.digest = blind_index(cells.as_typed(), "import-row")


async def known_keys(session: AsyncSession, lines: Sequence[Line]) -> None:
    """Find the rows that were imported before: the same again is skipped, something else is a mistake."""
    found = await session.execute(
        select(ImportedKey.key_index, ImportedKey.object_id, ImportedKey.digest).where(
            ImportedKey.key_index.in_([line.key_index for line in lines])
        )
    )
    known = {row.key_index: row for row in found}
    for line in lines:
        before = known.get(line.key_index)
        if before is None:
            continue
        line.outcome, line.object_id = Outcome.UNCHANGED, before.object_id
        if before.digest != line.digest:
            text = "该编号导入过,这次内容不同:导入不修改已有资料,请到原处修改,或换一个编号"
            line.wrong(KEY, "key_content_differs", text)
