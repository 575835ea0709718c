"""What availability refuses."""

from collections.abc import Iterable, Mapping

from timeflow.lib.errors import Conflict, Invalid, Refusal


class EndsBeforeItStarts(Invalid):
    code = "ends_before_it_starts"
    detail = "It ends before it starts."


class NotEditable(Conflict):
    code = "not_editable"
    detail = "This event comes from another calendar; change it there."


class CalendarStays(Conflict):
    code = "calendar_stays"
    detail = "This is the calendar for events that you make here; it cannot be removed. You can hide it."


class NeedsPermission(Refusal):
    """The grant does not reach so far; the provider has to ask the person once more."""

    status = 403
    code = "needs_permission"
    detail = "TimeFlow may write only into the calendar that it made; permit it to write into your others first."


class FileRefused(Invalid):
    """An uploaded file has problems; nothing of it was kept. `extra["problems"]` lists what and where."""

    code = "file_refused"
    detail = "Nothing was imported: the file has problems."

    @classmethod
    def because(cls, problems: Iterable[Mapping[str, object]]) -> "FileRefused":
        """Each problem has `line`, `reason` and what else tells where it is."""
        listed = [dict(problem) for problem in problems]
        first = f"Line {listed[0]['line']}: {listed[0]['reason']}"
        return cls(fields={"file": [first]}, problems=listed)

    @property
    def problems(self) -> list[dict[str, object]]:
        """What is wrong and where, in the order of the file's lines."""
        problems = self.extra["problems"]
        assert isinstance(problems, list)  # noqa: S101 - `because` put it there
        return problems
