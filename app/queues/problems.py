"""What is refused at a queue."""

from app.core.problems import Conflict


class QueueEmpty(Conflict):
    """Nothing waits that nobody has."""

    code = "queue_empty"
    title = "没有待领取的事项"
    title_en = "Nothing is waiting to be taken"
