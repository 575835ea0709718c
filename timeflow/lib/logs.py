"""How a line of the log looks: JSON on servers, short at a terminal, and in neither what people wrote.

Everything is logged by Python's own loggers, the frameworks' lines as much as ours. What a line says beside its event
comes from `extra=` (the names in `SAID`, nothing else) and from structlog's context, where the request or the
background task puts its id once.
"""

import logging
import re
from enum import StrEnum
from typing import Any

import structlog
from structlog.processors import ExceptionRenderer, JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

from timeflow.lib.metrics import SECURITY_EVENTS
from timeflow.lib.redaction import without_secrets

SAID = ("method", "path", "route", "status", "state", "duration_ms", "account", "token_type", "reason")
# Where the id of a request lies in its `META`.
REQUEST_ID = "timeflow.request_id"
# What somebody wrote may stand behind it: a value that is quoted, or the row that a database shows.
QUOTATION = re.compile(r"['\"“‘`\n].*", re.DOTALL)
_security = logging.getLogger("timeflow.security")


class Suspicion(StrEnum):
    """What is written down as `security.<value>` besides the events of an account."""

    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a name
    API_TOKEN_REFUSED = "api_token_refused"  # noqa: S105 - a name
    CSRF_REFUSED = "csrf_refused"
    SIGN_IN_FAILED = "sign_in_failed"
    REQUEST_REFUSED = "request_refused"
    ACCESS_REFUSED = "access_refused"
    RATE_REFUSED = "rate_refused"
    METRICS_REFUSED = "metrics_refused"


def tell_security(kind: str, *, level: int = logging.WARNING, **facts: str) -> None:
    """One line named `security.<kind>`, to be counted. `facts` are of `SAID`: no address, no token, nothing typed."""
    _security.log(level, "security.%s", kind, extra=facts)
    SECURITY_EVENTS.labels(str(kind)).inc()


def tell_user(user_id: object | None) -> None:
    """From here on the lines of this request say whose it is."""
    if user_id:
        structlog.contextvars.bind_contextvars(user=str(user_id))
    else:
        structlog.contextvars.unbind_contextvars("user")


def settings_of_logs(*, as_json: bool, level: str) -> dict[str, Any]:
    """For `LOGGING`, and for gunicorn's master process, which knows no Django."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "without_secrets": {"()": "timeflow.lib.redaction.WithoutSecrets"},
            "with_traceback": {"()": "timeflow.lib.logs.WithTraceback"},
            "counted": {"()": "timeflow.lib.metrics.CountedErrors"},
        },
        "formatters": {"line": {"()": "timeflow.lib.logs.formatter", "as_json": as_json}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "filters": ["counted", "without_secrets"],
                "formatter": "line",
            },
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # They come with handlers of their own.
            "django": {"handlers": []},
            "django.server": {"handlers": [], "propagate": True},
            "gunicorn.error": {"handlers": ["console"], "propagate": False},
            # What our own lines about the same request or task say already.
            "gunicorn.access": {"handlers": [], "propagate": False},
            "django.request": {"level": "ERROR", "filters": ["with_traceback"]},
            "django.security.csrf": {"level": "CRITICAL"},
            # It complains of each HEAD request that Django answers as if it were GET.
            "gunicorn.http.wsgi": {"level": "ERROR"},
            # Its lines hold whole addresses, some of which are secrets; what fails is raised to us as well.
            "urllib3": {"level": "CRITICAL"},
            "celery.app.trace": {"level": "CRITICAL"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }


class WithTraceback(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info)


def formatter(*, as_json: bool) -> ProcessorFormatter:
    """The one way in which lines are written, whoever logs."""
    to_json: list[Processor] = [ExceptionRenderer(_traceback), _cleaned, JSONRenderer(default=str)]
    to_line: list[Processor] = [format_exc_info, _cleaned, _as_line]
    return ProcessorFormatter(
        processors=[
            TimeStamper(fmt="iso" if as_json else "%H:%M:%S", utc=as_json, key="time"),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.contextvars.merge_contextvars,
            ExtraAdder(allow=SAID),
            _without_what_was_sent,
            ProcessorFormatter.remove_processors_meta,
            *(to_json if as_json else to_line),
        ]
    )


def _without_what_was_sent(_logger: object, _name: str, line: EventDict) -> EventDict:
    """Django's lines about suspicious requests quote them, and gunicorn's about errors show the query."""
    _, is_suspicious, kind = line["logger"].partition("django.security.")
    if is_suspicious:
        line.update(event=f"security.{Suspicion.REQUEST_REFUSED}", level="warning", reason=kind)
        line.pop("exc_info", None)
    elif line["logger"] == "gunicorn.error" and "exc_info" in line:
        line["event"] = line["event"].partition("?")[0]
    return line


def _traceback(exc_info: Any) -> list[dict[str, Any]]:
    """Each error of a chain with the way to it; of its words what stands before anything quoted."""
    stacks = ExceptionDictTransformer(show_locals=False)(exc_info)
    return [
        {
            "error": stack["exc_type"],
            "words": QUOTATION.sub("…", stack["exc_value"]),
            "way": [f"{frame['filename']}:{frame['lineno']} {frame['name']}" for frame in stack["frames"]],
        }
        for stack in stacks
    ]


def _cleaned(_logger: object, _name: str, line: EventDict) -> EventDict:
    return _without_secrets(line)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {name: _without_secrets(item) for name, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _as_line(_logger: object, _name: str, line: EventDict) -> str:
    """One line, whatever control characters came along; a traceback below it as Python writes it."""
    traceback = line.pop("exception", "")
    head = [str(line.pop(name)) for name in ("time", "level", "logger", "event")]
    words = " ".join([*head, *(f"{name}={value}" for name, value in sorted(line.items()))])
    plain = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in words)
    return f"{plain}\n{traceback}" if traceback else plain
