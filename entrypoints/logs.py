"""What the platform writes down: one event a line, with the ids it is about, and nothing secret.

    tell_by(settings.log_format, settings.log_level)            once, when a process starts
    LOG.info("batch_recorded", stored=3)                        {"event": "batch_recorded", "request": "...", ...}

Lines of other libraries (`logging`) go the same way. Ids of the request, machine, session and deposit are bound where a
request comes in (`entrypoints/api/requests.py`), so every line that is written on the way carries them.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
DEEPEST = 6
"""Levels of a value that are looked at; what lies deeper is hidden whole."""
_SECRET_NAMES = re.compile(
    r"pass(word|phrase)|secret|token|api_?key|authorization|cookie|signature|credential|e?-?mail|private", re.IGNORECASE
)
_SECRETS = re.compile(
    r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"  # an address
    r"|rvm_[\w-]{20,}"  # a machine's key
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]+"  # a JWT
    r"|(?i:\bbearer\s+)\S+"
    r"|://[^/@\s]+@"  # user and password in a URL
    r"|(?i:(pass(word)?|secret|token|signature|credential|api_?key)[\"']?\s*[=:]\s*)[\"']?[^\s\"'&,}]+"
)


def _hand_on(processors: list[Processor]) -> None:
    """Make lines go to `logging`, by these steps."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *processors],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def tell_by(form: str, level: str, to: TextIO | None = None) -> None:
    """Set how this process tells: `json`, `terminal`, or `auto` (terminal when somebody reads it there)."""
    stream = to or sys.stderr
    as_json = form == "json" or (form == "auto" and not stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        scrub,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=24)
    )
    _hand_on([*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, structlog.stdlib.ProcessorFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for talkative in ("httpx", "httpcore", "urllib3", "multipart", "python_multipart", "asyncio", "alembic"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return what a module tells by."""
    return structlog.stdlib.get_logger(name)


def scrub(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hide what is secret: by its name, and by what it looks like wherever it stands."""
    for name in event:
        event[name] = HIDDEN if _SECRET_NAMES.search(name) else scrubbed(event[name])
    return event


def scrubbed(value: Any, depth: int = 0) -> Any:
    """Return a value with what is secret hidden. Numbers and the like come back as they are."""
    if isinstance(value, str):
        return _SECRETS.sub(HIDDEN, value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if depth >= DEEPEST:
        return HIDDEN
    if isinstance(value, Mapping):
        return {
            str(name): HIDDEN if _SECRET_NAMES.search(str(name)) else scrubbed(inner, depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [scrubbed(inner, depth + 1) for inner in value]
    return _SECRETS.sub(HIDDEN, str(value))


# Until a process says how it tells (tests, the demo's own process): warnings, as `logging` prints them.
_hand_on([structlog.contextvars.merge_contextvars, scrub, structlog.processors.KeyValueRenderer(key_order=["event"])])
