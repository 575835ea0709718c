"""A series that changes from one occurrence on: it ends before that one, and another series begins with it."""

from datetime import timedelta
from typing import Any

from timeflow.fakes.google.events import Events
from timeflow.fakes.google.exchange import invalid
from timeflow.fakes.google.moments import Moment
from timeflow.fakes.google.resources import as_body, merged
from timeflow.fakes.google.store import Event


def split_series(events: Events, event_id: str, change: dict[str, Any]) -> Event:
    """The new series, with `change` in it. `event_id`: of an occurrence. Raises `Refused`."""
    first = events.get(event_id)
    if "recurringEventId" not in first.fields:
        raise invalid("The event is not recurring.")
    series = events.get(first.fields["recurringEventId"])
    begins = first.fields["originalStartTime"]
    before = len(list(events.occurrences(series, begins.instant(events.calendar.zone), with_cancelled=True)))
    old, rest = zip(*(_halves(line, begins, before) for line in series.fields["recurrence"]), strict=True)
    place = {"start": begins.shown("UTC"), "end": begins.moved(series.end.since(series.start)).shown("UTC")}
    body = merged({**as_body(series), **place, "recurrence": list(rest)}, change)
    events.patch(series.id, {"recurrence": list(old)})
    return events.insert_as(f"{series.id}_R{begins.name().rstrip('Z')}", body)


def _halves(line: str, begins: Moment, before: int) -> tuple[str, str]:
    """What a line of the rule says before and from then on; exceptions and additions count in both."""
    name, _, value = line.partition(":")
    if name != "RRULE":
        return line, line
    parts, step = value.split(";"), timedelta(days=1) if begins.day else timedelta(seconds=1)
    endless = [part for part in parts if not part.startswith(("COUNT=", "UNTIL="))]
    rest = [f"COUNT={int(part[6:]) - before}" if part.startswith("COUNT=") else part for part in parts]
    end = f"UNTIL={begins.moved(-step).name()}"
    return f"RRULE:{';'.join([*endless, end])}", f"RRULE:{';'.join(rest)}"
