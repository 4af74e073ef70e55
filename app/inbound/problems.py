"""What the province is refused about its vacancies, and the city about its codes."""

from app.core.problems import Conflict


class StaleVersion(Conflict):
    """What came is older than what is here: nothing is changed."""

    code = "stale_version"
    title = "所报版本早于本市已有的版本,未作改动"
    title_en = "The version is older than the one here; nothing was changed"


class VersionConflict(Conflict):
    """One version says two things: the province is to send a newer one."""

    code = "version_conflict"
    title = "同一版本的内容不同,请以新的版本号重报"
    title_en = "This version was sent with other content; send a newer version"
