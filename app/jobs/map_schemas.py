"""What a map can ask for, and what it answers with."""

from pydantic import Field

from app.core.problems import Fault
from app.core.types import Schema
from app.geo.points import Datum
from app.jobs.search_schemas import Filters, JobCard, fault, in_china


class MapQuery(Filters):
    """What a map shows."""

    bbox: str = Field(
        pattern=r"^-?\d{1,3}(\.\d{1,12})?(,-?\d{1,3}(\.\d{1,12})?){3}$",
        description="范围:最小经度,最小纬度,最大经度,最大纬度;坐标系由 datum 说明,默认 gcj02",
        examples=["111.4,36.0,111.7,36.2"],
    )
    zoom: int = Field(ge=3, le=22, description="地图缩放级别,决定聚合的疏密", examples=[12])

    @property
    def corners(self) -> tuple[float, float, float, float]:
        west, south, east, north = map(float, self.bbox.split(","))
        return west, south, east, north

    def faults(self) -> list[Fault]:
        found = [one for one in super().faults() if self.lng is not None or one.pointer != "/datum"]
        west, south, east, north = self.corners
        if not (west < east and south < north and in_china(west, south) and in_china(east, north)):
            zh, en = "应为中国境内的范围:西,南,东,北", "Should be west,south,east,north within China"
            found.append(fault("/bbox", "bbox_invalid", zh, en))
        return found


class Box(Schema):
    west: float = Field(description="最小经度,度")
    south: float = Field(description="最小纬度,度")
    east: float = Field(description="最大经度,度")
    north: float = Field(description="最大纬度,度")


class Cluster(Schema):
    jobs: int = Field(description="岗位数")
    lng: float = Field(description="岗位位置的中心经度,度")
    lat: float = Field(description="岗位位置的中心纬度,度")
    bbox: Box = Field(description="这些岗位所占的范围")
    job: JobCard | None = Field(description="只有一个岗位时为其卡片,否则为 null")


class MapView(Schema):
    datum: Datum = Field(description="坐标系")
    clusters: list[Cluster] = Field(description="聚合点,多者在前")
