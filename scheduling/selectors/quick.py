"""What a task typed as one line would become."""

from datetime import datetime

from accounts.models import User
from accounts.selectors.zones import zone_at, zone_on
from scheduling.domain.grammar import QuickEntry, parse

SHORTEST_TO_SPLIT = 60


def quick_entry(user: User, text: str, now: datetime) -> QuickEntry:
    """The line read against the person's date, zone, first weekday and clock."""
    tz = zone_at(zone_on(user), now)
    return parse(text, today=now.astimezone(tz).date(), tz=tz, week_start=user.week_start, clock=user.clock)


def task_fields(entry: QuickEntry) -> dict[str, object]:
    """The fields that `create_task` takes, without labels; what was not said is left out."""
    fields: dict[str, object] = {"title": entry.title}
    for name, moment in (("due", entry.due), ("earliest", entry.earliest)):
        if moment is not None:
            fields[f"{name}_at" if isinstance(moment, datetime) else f"{name}_on"] = moment
    said = {
        "minutes": entry.minutes,
        "priority": entry.priority,
        "preferred": entry.preferred,
        "rrule": entry.recurrence,
        # Less than two of the usual shortest blocks cannot be split, whatever was asked.
        "is_splittable": entry.is_splittable and (entry.minutes or 0) >= SHORTEST_TO_SPLIT,
    }
    return fields | {name: value for name, value in said.items() if value}
