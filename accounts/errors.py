"""What accounts refuse."""

from timeflow.lib.errors import Invalid


class UnknownTimeZone(Invalid):
    code = "unknown_time_zone"
    detail = "That is not a time zone. Pick one such as Europe/Berlin."
