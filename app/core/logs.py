"""Logs as JSON lines on standard output; they name routes and ids, never what a person sent."""

import json
import logging
import sys
import traceback
from pathlib import Path
from typing import Any

import structlog

OURS = f"{Path(__file__).parents[1]}/"


def set_up(level: str) -> None:
    """Send every log line of this process, the libraries' too, through one JSON writer."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Plain())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # httpx logs addresses; procrastinate logs a job's arguments; both say what our own lines say.
    for name in ("httpx", "httpcore", "uvicorn.access", "procrastinate", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def where_it_failed(error: BaseException) -> dict[str, Any]:
    """Return an exception as types and places in the code: its message may carry what a person sent."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if OURS in frame.filename] or frames[-3:]
    cause = error.__cause__ or error.__context__
    return {
        "error": type(error).__qualname__,
        "at": [f"{f.filename.rpartition(OURS)[2]}:{f.lineno} {f.name}" for f in ours],
        **({"cause": type(cause).__qualname__} if cause else {}),
    }


class _Plain(logging.Formatter):
    """Libraries' lines, without their exceptions' messages."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {"event": record.getMessage(), "level": record.levelname.lower()}
        line["logger"] = record.name
        if record.exc_info and record.exc_info[1]:
            line |= where_it_failed(record.exc_info[1])
        return _json(line)


def _json(line: Any, **_: Any) -> str:
    return json.dumps(line, ensure_ascii=False, default=str)
