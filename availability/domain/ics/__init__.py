"""iCalendar files (.ics) as the calendars of the world write them.

`read` turns bytes into series and a list of what is wrong with the rest; `expand` turns series into occurrences within
a window. Recurrence is `recurring_ical_events`'s and parsing `icalendar`'s; here stand the limits, the zones, the words
for problems, and what an occurrence means to TimeFlow.
"""

from availability.domain.ics.expanding import (
    MAX_OCCURRENCES,
    Expansion,
    Occurrence,
    expand,
    is_cancelled,
    is_past,
    is_recurring,
)
from availability.domain.ics.lines import MAX_EVENTS, Problem
from availability.domain.ics.reading import CalendarFile, Series, read, stored, wrapped

__all__ = [
    "MAX_EVENTS",
    "MAX_OCCURRENCES",
    "CalendarFile",
    "Expansion",
    "Occurrence",
    "Problem",
    "Series",
    "expand",
    "is_cancelled",
    "is_past",
    "is_recurring",
    "read",
    "stored",
    "wrapped",
]
