"""What attachments refuse."""

from app.core.problems import Invalid, TooMany


class AttachmentUnknown(Invalid):
    code = "attachment_unknown"
    title = "没有这张图片,或已用于别处"
    title_en = "There is no such picture, or it belongs to something else already"


class TooManyAttachments(TooMany):
    code = "too_many_attachments"
    title = "今天上传的图片太多"
    title_en = "Too many pictures today"
