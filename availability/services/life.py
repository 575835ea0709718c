"""What availability keeps of a person, and their calendars as a file that others can read."""

import uuid

from availability.domain.ics.writing import Entry, write
from availability.models import (
    Calendar,
    Channel,
    Copy,
    DateOverride,
    Event,
    Mirror,
    OverrideHours,
    RemoteItem,
    Series,
    WorkingHours,
)
from timeflow.lib.lifecycle import Archive, Part, Table, page_by_page

PLACE = "says to its provider alone how far it was read"


class AvailabilityPart(Part):
    tables = (
        Table(Channel, "connection__user", about="how providers tell of changes, until it ends by itself"),
        Table(Copy, "user", "written_blocks", "planned blocks as they stand in a calendar elsewhere"),
        Table(RemoteItem, "calendar__user", about="what calendars elsewhere said; series and events hold it, too"),
        Table(
            Mirror,
            "user",
            "calendars_elsewhere",
            "calendars of your accounts: which you follow, and how well they were read",
            without={"token": PLACE, "page": PLACE},
        ),
        Table(OverrideHours, "override__user", "date_override_hours", "the hours of dates that have their own"),
        Table(DateOverride, "user", "date_overrides", "which dates have hours of their own"),
        Table(WorkingHours, "user", "working_hours", "when you work in a week"),
        Table(Event, "user", "events", "everything that has a time, each occurrence by itself"),
        Table(Series, "calendar__user", "series", "what repeats, word for word as its source says it"),
        Table(Calendar, "user", "calendars", "where events come from"),
    )

    def export(self, user_id: uuid.UUID, archive: Archive) -> None:
        super().export(user_id, archive)
        about = "all events and planned blocks, for any calendar program"
        series = page_by_page(Series.objects.filter(calendar__user=user_id).values("pk", "ics"))
        alone = page_by_page(Event.objects.of(user_id).filter(series=None).values("pk", *Entry.__annotations__))
        entries = (Entry(**{name: row[name] for name in Entry.__annotations__}) for row in alone)
        archive.add("calendar.ics", about, write((row["ics"] for row in series), entries, archive.now))
