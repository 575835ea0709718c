"""What a web process, a worker and beat look at before they begin."""

import logging

from django.core.checks import CheckMessage, run_checks
from django.core.checks.messages import ERROR
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

from timeflow.lib.checks import START
from timeflow.lib.databases import in_words
from timeflow.lib.starting import StartRefused

log = logging.getLogger(__name__)


def look_around() -> None:
    """Log what is to be watched. Raises `StartRefused` for what would stay wrong.

    A database that is away is no reason not to start: it comes back, and until then `/readyz` says so.
    """
    databases = [DEFAULT_DB_ALIAS]
    try:
        connection.ensure_connection()
    except OperationalError as error:
        log.error(in_words(error))
        databases = []
    found = run_checks(tags=[START], databases=databases)
    # Whoever is forked from here must not share them.
    connections.close_all()
    if refused := [sentence(message) for message in found if message.level >= ERROR]:
        raise StartRefused(" ".join(refused))
    for message in found:
        log.warning(sentence(message))


def sentence(message: CheckMessage) -> str:
    """What is wrong and what to do."""
    return f"{message.msg} {message.hint or ''}".strip()
