"""What is refused about imports."""

from app.core.problems import Conflict, Invalid


class ImportUnreadable(Invalid):
    code = "import_unreadable"
    title = "文件无法使用:应为 9 MB 以内、按模板填写的 xlsx"
    title_en = "This file can't be used: an xlsx of up to 9 MB, made from the template"


class ImportStateConflict(Conflict):
    code = "import_state"
    title = "该次导入的当前状态不允许此操作"
    title_en = "The import's state does not allow this"


class ImportUnderWay(Conflict):
    code = "import_under_way"
    title = "本机构已有三次导入正在检查或写入,请稍候或取消"
    title_en = "Three imports of this station are being checked or written; wait, or cancel one"
