"""What is refused to those who run the stations."""

from app.core.problems import Invalid, Problem


class StationClosedAlready(Problem):
    code = "station_closed"
    title = "该机构已关闭"
    title_en = "This station is closed"


class StationNotClosable(Problem):
    code = "station_not_closable"
    title = "市中心与县级机构不能关闭,本机构须由上级关闭"
    title_en = "The centre and county institutions stay open; one's own station is closed by the level above"


class NameTaken(Problem):
    code = "station_name_taken"
    title = "已有同名机构"
    title_en = "Another open station has this name"
    constraint = "uq_stations_open_name"


class TownshipServed(Problem):
    code = "township_has_a_station"
    title = "该乡镇、街道已有服务站"
    title_en = "This township has a station already"
    constraint = "uq_stations_open_township"


class ParentUnfit(Invalid):
    code = "parent_unfit"
    title = "上级机构应开放、级别更高,且同在一县或为市中心"
    title_en = "The parent should be open, of a higher level, and of the same county or the centre"


class SuccessorUnfit(Invalid):
    code = "successor_unfit"
    title = "接收机构应开放、在管理范围内、在同一县或为市中心,且级别不低于被关闭的机构"
    title_en = (
        "The successor should be open, within your authority, of the same county or the centre,"
        " and of the same level or above"
    )


class DivisionUnfit(Invalid):
    code = "division_unfit"
    title = "区划不存在、不在管理范围内,或不适合该类机构"
    title_en = "There is no such division within your authority, or it does not fit this kind of station"


class OutsideItsDivision(Invalid):
    code = "place_outside_division"
    title = "位置不在该机构的区划内"
    title_en = "The place is outside the station's division"


class BoundaryUnfit(Invalid):
    code = "boundary_unfit"
    title = "边界应为不自交的封闭多边形,且在所在县内"
    title_en = "The boundary should be a closed polygon that does not cross itself, within its county"


class NoArea(Problem):
    """Asked for the wrong kind of station."""

    code = "station_has_no_such_area"
    title = "该类机构没有这种责任区:边界只属开发区,指派乡镇只给县机构、开发区与服务站"
    title_en = "This kind of station has no such area"


class UsernameTaken(Problem):
    code = "username_taken"
    title = "用户名已被使用"
    title_en = "This username is taken"
    constraint = "uq_staff_username"


class WorkplaceUnfit(Invalid):
    code = "workplace_unfit"
    title = "机构不存在、已关闭或不在管理范围内;操作员只设在市中心"
    title_en = "No such open station within your authority; operators work at the centre alone"


class BeyondOwnAuthority(Problem):
    code = "beyond_own_authority"
    title = "审计员、操作员只能由市级管理员任免"
    title_en = "Only the city's managers appoint and change auditors and operators"


class NotOnOneself(Problem):
    code = "not_on_oneself"
    title = "不能更改本人的角色、机构,不能重置或解除本人"
    title_en = "Nobody changes the own role or station, or resets or dismisses oneself"


class LastAdministrator(Problem):
    code = "last_administrator"
    title = "市中心至少须有一名在任管理员"
    title_en = "The city's centre must keep at least one manager"


class DismissedAlready(Problem):
    code = "staff_dismissed"
    title = "该工作人员已解除"
    title_en = "This member of staff has been dismissed"
