"""What can be seen without asking anybody: debugging in public, a folder that cannot be written."""

import tempfile
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from timeflow.lib.checks import START
from timeflow.lib.databases import POSTGRES


@register(START)
def check_debugging(**_: Any) -> list[CheckMessage]:
    hosts = [host for host in settings.ALLOWED_HOSTS if not _is_loopback(host)]
    if not settings.DEBUG or not (hosts or settings.IS_PUBLIC):
        return []
    whom = f"whoever reaches {hosts[0]}" if hosts else "everybody"
    return [Error(f"DEBUG is on and shows {whom} how TimeFlow works inside.", hint="Unset DEBUG.", id="start.E001")]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


@register(START)
def check_folder(**_: Any) -> list[CheckMessage]:
    """The folder of SQLite and of the queue's files. Servers that have neither may do without it."""
    if settings.DATABASES["default"]["ENGINE"] == POSTGRES and settings.REDIS_URL:
        return []
    folder = settings.VAR_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"1")
    except OSError as error:
        hint = "Mount a volume there that this user may write to, and that has room."
        return [Error(f"{folder} cannot be written: {error.strerror}.", hint=hint, id="start.E002")]
    return []
