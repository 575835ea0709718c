"""What the week needs of the other side, so that it can be played against any provider."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.models import Connection
from availability.models import Calendar


@dataclass(frozen=True, order=True)
class Seen:
    """One occurrence as somebody sees it: half-open [start, end)."""

    title: str
    start: datetime
    end: datetime


class Side(Protocol):
    connection: Connection

    def clock(self) -> datetime: ...

    def later(self, minutes: float) -> None: ...

    def hear(self) -> None:
        """Whatever the provider has to tell has come, as far as it tells at all."""
        ...

    def add(self, title: str, start: datetime, minutes: int, rule: str = "") -> str:
        """A person's own event, a series with an RRULE; its id."""
        ...

    def rename(self, event: str, title: str) -> None: ...

    def move(self, event: str, hours: float) -> None: ...

    def delete(self, event: str) -> None: ...

    def detach(self, series: str, start: datetime, hours: float) -> None:
        """Move the occurrence that begins at `start`, and it alone."""
        ...

    def cancel(self, series: str, start: datetime) -> None: ...

    def twins(self) -> dict[str, tuple[str, Seen]]:
        """What TimeFlow wrote there: by its mark the id and what is seen."""
        ...

    def move_twin(self, event: str, hours: float) -> None: ...

    def delete_twin(self, event: str) -> None: ...

    def own(self, start: datetime, end: datetime) -> list[Seen]:
        """Occurrences of what the person has in their own calendar, in order."""
        ...

    def calendars(self) -> tuple[Calendar, Calendar]:
        """The person's own, and the one that receives blocks."""
        ...

    @property
    def troubles(self) -> Sequence[Callable[[], None]]:
        """What can go wrong between the sides; each makes it happen once."""
        ...

    def mend(self) -> None: ...
