"""Errors to Sentry: each line of level error in the log, with the way to it, and nothing of the request but its id."""

from typing import Any

import sentry_sdk
import structlog
from django.conf import settings
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

from timeflow.lib.logs import QUOTATION
from timeflow.lib.redaction import without_secrets
from timeflow.lib.version import VERSION

KEPT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "sdk")
OF_A_FRAME = ("filename", "module", "function", "lineno")
OF_CONTEXT = ("request_id", "task", "task_id", "errand")


def start() -> None:
    """Raises `ValueError` for a DSN that is none."""
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=f"timeflow@{VERSION}",
        # None of those that read requests, arguments of tasks or variables.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, sentry_logs_level=None), DedupeIntegration(), AtexitIntegration()],
        before_send=scrubbed,
        include_local_variables=False,
        include_source_context=False,
        send_default_pii=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        server_name="",
    )


def scrubbed(event: Event, _hint: Hint) -> Event:
    """The event with nothing but what is listed here."""
    context = structlog.contextvars.get_contextvars()
    told: dict[str, Any] = {name: event[name] for name in KEPT if name in event}  # type: ignore[literal-required]
    told["message"] = _cut(str((event.get("logentry") or {}).get("message") or ""))
    told["tags"] = {name: str(context[name]) for name in OF_CONTEXT if name in context}
    if "user" in context:
        told["user"] = {"id": context["user"]}
    if errors := (event.get("exception") or {}).get("values"):
        told["exception"] = {"values": [_error(error) for error in errors]}
    return told  # type: ignore[return-value]


def _error(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "value": _cut(error.get("value") or ""),
        "stacktrace": {"frames": [{name: frame.get(name) for name in OF_A_FRAME} for frame in frames]},
    }


def _cut(words: str) -> str:
    """Up to the first quotation, as in the log."""
    return without_secrets(QUOTATION.sub("…", words))
