"""The log as lines of JSON, for programs that read logs: what happened, and never what a visitor sent."""

import json
import logging
import traceback
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, and the ``fields`` that a record brings."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; of an error its kind and places, for its message may hold prompts."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, places = record.exc_info
            told |= {"error": kind.__name__, "places": traceback.format_tb(places)}
        return json.dumps(told, ensure_ascii=False, default=str)


def write_json_lines() -> None:
    """Let all that is logged from here on go to stderr as such lines; of our own, also what is no fault."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("lumina").setLevel(logging.INFO)
