"""Keeping a large calendar in step: `python -m benchmarks.calendars` prints a table.

The stand-in for Google holds it, in the same process. What is timed is the whole step of a worker: calls, reading,
expanding, writing. On the database of DATABASE_URL, or a SQLite file that is gone afterwards.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.measuring import table

EMAIL = "alice@google.test"
SERIES_EACH = 20
"""Of so many events one is a weekly series."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "timeflow.settings", "DATA_DIR": folder, "LOG_LEVEL": "WARNING"}
        _measured(asked.events, folder)


def _measured(events: int, folder: str) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from celery import current_app  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415

    from timeflow.fakes.google import Google, running_google  # noqa: PLC0415

    current_app.conf.update(broker_url="memory://", broker_transport_options={})
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        # Not that of a test suite that runs meanwhile.
        settings.DATABASES["default"]["TEST"]["NAME"] = f"{folder}/bench.sqlite3"
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with running_google(Google()) as google:
            settings.GOOGLE_URL = google.url
            settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = google.client_id, google.client_secret
            print(table(["", "seconds", "queries", "calls", "rows of events", "MB more"], _rows(google, events)))
    finally:
        teardown_databases(databases, verbosity=0)


def _rows(google: Any, events: int) -> list[tuple[object, ...]]:
    from accounts.models import User  # noqa: PLC0415
    from availability.tests.at_google import AtGoogle  # noqa: PLC0415

    user = User.objects.create_user("bench@example.com")
    there = AtGoogle(google, user, datetime.now(UTC))
    there.look_around()
    ids = _fill(google, there.start, events)
    rows = [_timed(f"the first time: {events:,} events", google, there.step)]
    rows.append(_timed("nothing is new", google, there.step))
    google.change_event(EMAIL, ids[len(ids) // 2], {"summary": "Changed"})
    rows.append(_timed("one event changed", google, there.step))
    google.change_event(EMAIL, ids[0], {"summary": "Changed series"})
    rows.append(_timed("one series changed", google, there.step))
    google.expire_sync_tokens()
    rows.append(_timed("everything is read anew, nothing changed", google, there.step))
    return rows


def _fill(google: Any, start: datetime, events: int) -> list[str]:
    ids = []
    for number in range(events):
        begins = start + timedelta(minutes=30 * (number % 8_000)) - timedelta(days=30)
        times = {
            edge: {"dateTime": at.isoformat(), "timeZone": "Europe/Berlin"}
            for edge, at in (("start", begins), ("end", begins + timedelta(minutes=30)))
        }
        series = {"recurrence": ["RRULE:FREQ=WEEKLY"]} if number % SERIES_EACH == 0 else {}
        text = {"summary": f"Event {number}", "description": "What it is about. " * 10}
        ids.append(google.add_event(EMAIL, text | times | series)["id"])
    return ids


def _timed(what: str, google: Any, step: Callable[[], object]) -> tuple[object, ...]:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from availability.models import Event  # noqa: PLC0415

    google.forget()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        step()
        seconds = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return what, f"{seconds:.2f}", len(queries), google.calls.total(), f"{Event.objects.count():,}", f"{grown:.0f}"


if __name__ == "__main__":
    main()
