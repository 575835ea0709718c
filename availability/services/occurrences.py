"""What imported calendars and events that repeat share: their occurrences are kept as rows for a window of time."""

from datetime import timedelta
from typing import Any

from availability.domain import ics

BACK = timedelta(days=31)
AHEAD = timedelta(days=200)
"""A plan reaches 26 weeks ahead at most; the rest is room between two turns of the beat."""


FIELDS = (
    "title", "location", "notes", "starts_at", "ends_at", "is_all_day", "starts_on", "ends_on", "is_busy",
    "is_tentative", "is_private",
)  # fmt: skip
"""The fields of a row that an occurrence tells."""


def fields_of(occurrence: ics.Occurrence) -> dict[str, Any]:
    """What an occurrence says, as fields of its row."""
    return {
        "title": occurrence.title or "Untitled",
        "location": occurrence.location,
        "notes": occurrence.description,
        "starts_at": occurrence.starts_at,
        "ends_at": occurrence.ends_at,
        "is_all_day": occurrence.is_all_day,
        "starts_on": occurrence.starts_on,
        "ends_on": occurrence.ends_on,
        "is_busy": occurrence.is_busy,
        "is_tentative": occurrence.is_tentative,
        "is_private": occurrence.is_private,
    }
