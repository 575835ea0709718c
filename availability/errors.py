"""What availability refuses."""

from timeflow.lib.errors import Conflict, Invalid


class EndsBeforeItStarts(Invalid):
    code = "ends_before_it_starts"
    detail = "It ends before it starts."


class NotEditable(Conflict):
    code = "not_editable"
    detail = "This event comes from another calendar; change it there."


class CalendarStays(Conflict):
    code = "calendar_stays"
    detail = "This is the calendar for events that you make here; it cannot be removed. You can hide it."


class FileRefused(Invalid):
    """An uploaded calendar has problems; nothing of it was kept. `extra["problems"]` lists what and where."""

    code = "file_refused"
    detail = "Nothing was imported: the file has problems."
