"""Refusals of the statistics."""

from app.core.problems import Problem


class NoCountysStation(Problem):
    code = "no_countys_station"
    title = "预警阈值由市、县级机构设定"
    title_en = "Thresholds of warnings are set by the city's and the counties' stations"
