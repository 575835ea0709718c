"""What is told to servers of others, only where the environment names one: errors to Sentry, traces by OpenTelemetry.

Their packages are no part of TimeFlow's own; `requirements-extras.txt` has them. What goes out is listed, not what
stays.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

INSTALL = "python -m pip install --require-hashes -r requirements-extras.txt"


def start() -> None:
    """Raises `ImproperlyConfigured` where a variable is set and its packages are missing, or it is no address."""
    if settings.SENTRY_DSN:
        _start("sentry", "SENTRY_DSN")
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        _start("tracing", "OTEL_EXPORTER_OTLP_ENDPOINT")


def _start(module: str, variable: str) -> None:
    try:
        if module == "sentry":
            from timeflow.lib.reporting import sentry as reporter  # noqa: PLC0415
        else:
            from timeflow.lib.reporting import tracing as reporter  # type: ignore[no-redef]  # noqa: PLC0415
    except ImportError as error:
        raise ImproperlyConfigured(f"{variable} is set, but its packages are not here. {INSTALL}") from error
    try:
        reporter.start()
    except ValueError as error:
        raise ImproperlyConfigured(f"{variable} is not an address that can be told anything.") from error
